// Package access owns who may do what: the actor of an act, the permissions,
// and what the built-in roles hold. It does not know how an actor proved who
// they are (session, signin) nor what an act does.
package access
