// Package access owns who may do what: the actor of an act, the modules of the
// installation with their permissions, and what the kinds of roles hold of them.
// It does not know how an actor proved who they are (session, signin), what an
// act does, or which roles an organization has made for itself (role).
package access
