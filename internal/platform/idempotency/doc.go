// Package idempotency remembers which requests were carried out, so that a
// double click, a reload or a retry does nothing twice. It knows a request only
// by its key and its outcome by a text; what either means is the caller's.
package idempotency
