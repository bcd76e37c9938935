// Package settings owns what the administrators of an organization lay down for
// its people: who needs a second factor and from when, how long passwords,
// sessions and invitations must or may be, how the portal and the letters look,
// and where the head of the trail is mailed every day. It also sends the test mail.
//
// A requirement of a second factor tells those who have none:
//
//	ChangeSecurity ──▶ notice ──(Tell: some people at a time)──▶ told ──▶ 3 days before: reminder ──▶ told
//
// It does not own where the rules bite: the row and what follows from it are
// organization.Policy, which session, account and invitation ask on every request.
package settings
