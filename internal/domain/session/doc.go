// Package session owns what a browser holds to prove who uses it: the session
// of one user of one organization, the half log-in whose password is proven and
// whose next step is not, and the mark by which a browser is known to an
// account. It does not know how somebody proves who they are (signin), nor what
// they may do (access).
//
// A session is checked at one place, Authenticate, which reads status, role and
// organization anew for every request. Its row outlives its end by some days,
// so that its page can say why, and "This was not me" still finds it.
//
// Whoever changes a password, a second factor, an address or a status calls the
// End function for it in the same transaction, after the change itself: a
// log-in that is just under way either waits for that change and is then
// refused, or is ended with the rest.
package session
