// Package credential owns what proves that a person is that person: passwords,
// time-based codes (TOTP), recovery codes, codes that are read out, and mailed
// one-time links. It knows how each is made, stored, compared and used up, and
// nothing about who may ask and how often (access, attempt), who is told (notice),
// or which sessions end with it (session).
//
// Nothing here is stored in a form that could be used: passwords are Argon2id
// hashes over a keyed digest, recovery codes are keyed digests, link tokens are
// SHA-256 digests, and TOTP seeds are sealed under a key outside the database.
//
// Everything that works once (a time step, a recovery code, a link, an
// enrolment) is used up by one conditional statement whose row count decides.
// Of any number of parallel tries exactly one succeeds, on either engine.
package credential
