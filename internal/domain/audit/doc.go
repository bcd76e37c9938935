// Package audit owns the trail of what happened: one event per act, written in
// the act's own transaction, numbered and hash-chained per organization so that
// a changed, removed, swapped, added or cut-off line shows. A failed write fails
// the act. It is searched, shown and exported here as well. It does not know which
// acts there are: each names its own action beside its rule, and it decides nothing.
//
// Verify compares a trail with itself. Whoever may write to every table can cut
// lines off and set the head back to match, or compute the whole chain anew:
// such a trail is whole in itself. Only a head (number and hash) that was kept
// elsewhere before shows it, by no longer being that line's.
package audit
