// Package throttle owns counters of tries: how many of a key are let through,
// and how long the next one waits. The counters live in the database, so that
// every node and every restart sees the same ones. It does not know what is
// tried, nor which keys and numbers make sense: the caller names both.
//
// A try is counted before it is carried out, in a transaction of its own. So a
// request that fails, is cut off or runs beside a thousand others has counted
// already; only a success gives its own try back. Whatever is refused counts
// nothing and costs one read.
//
// Limits hold in every window of their length, wherever it begins: the instants
// of the recent tries are kept, not a number that starts anew at the hour.
package throttle
