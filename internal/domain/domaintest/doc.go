// Package domaintest gives the tests of the domain an installation: a real
// database, real services of every room, a clock that stands still, and a mail
// server that keeps what it takes. Its people are set up the way that the
// program does it, as far as that is not what a test is about.
//
// It owns no test, and nothing but tests imports it.
package domaintest
