// Package blocklist owns the list of passwords that are too well known to be
// used: how it is stored, folded and asked. It does not know who asks, and not
// which lengths are allowed; credential.Passwords decides that.
//
// The list is a binary fuse filter (Graf and Lemire 2022) over about 300,000
// entries with 16-bit fingerprints: a listed password is always found, another
// one is taken for listed once in 65,536 times. README.md says what is in it
// and where it comes from; generate.go makes it.
package blocklist
