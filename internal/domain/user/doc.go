// Package user owns the person in an organization: their names, address, role
// and status there, and what administrators do to one of them.
//
// It does not own the log-in (account), how somebody becomes a user
// (invitation), or what people do for themselves (profile).
package user
