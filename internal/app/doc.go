// Package app puts the parts together and runs them: it is the only place that
// knows all of them. It decides nothing itself.
package app
