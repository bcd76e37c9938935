// Package role owns the roles of an organization: which there are, how many users
// have each, and what Administrators do to them.
//
//	Review ──▶ what an edit gives and takes, and from how many ──▶ Edit
//
// Edit carries out exactly what was reviewed: it names the revision that the
// review stood on, and is refused when the role is another one by then.
//
// It does not own what there is to hold (access), nor the giving of a role to
// somebody (administration, invitation, roster), which all take it from user.RoleToGive.
package role
