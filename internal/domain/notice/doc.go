// Package notice owns the letters that tell somebody what was done to their
// account, or to their access to an organization: by themselves, by an
// administrator, or by whoever sat at their browser. A notice is enqueued in the
// transaction of the act, and says who did it, when, and from where.
//
// It does not own letters that ask for something, such as an invitation or a
// link to choose a password (invitation, account), nor decide who is told.
package notice
