// Package secret owns everything unguessable: random tokens and their hashes,
// the keyring that seals, signs and authenticates, and a text type that never
// prints. It does not know what a token opens or where a sealed value rests.
//
// All keys derive (HKDF, RFC 5869) from root keys that live outside the
// database; each sealed or signed value names the root key it was made with,
// so that keys can be rotated while old values stay readable.
package secret
