// Package audit owns the trail of what happened: one event per act, written in
// the act's own transaction, numbered and hash-chained per organization so that
// a changed, removed, swapped or cut-off line shows. A failed write fails the
// act. It does not know which acts there are: each names its own action beside
// its rule, and it decides nothing.
package audit
