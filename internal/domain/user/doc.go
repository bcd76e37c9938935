// Package user owns the person in an organization: their row with names, address,
// role and status there, and the roles that there are to give.
//
// It does not own the log-in (account), how somebody becomes a user (invitation),
// what people do for themselves (profile), or what administrators do to one of
// them (administration).
package user
