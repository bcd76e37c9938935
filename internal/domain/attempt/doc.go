// Package attempt owns how often somebody may try to prove who they are: the
// keys under which passwords, codes and recovery codes are counted, and the
// numbers for each. Every entrance uses them, so that no entrance is a way
// around the others. It does not look at the secrets themselves (credential)
// and does not keep the counters (platform/throttle).
//
// A password is counted for its account and for the network address it comes
// from. A browser from which the account was logged in to before has a bucket
// of its own instead of both: strangers who guess in the owner's name, or from
// the owner's network, then cannot lock the owner out.
//
// Counters are apart: a right password never clears those of the codes.
package attempt
