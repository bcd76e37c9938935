// Package id makes the identifiers of rows: a prefix that says of what, and a
// time-ordered UUID (RFC 9562, version 7). An id is a name, never a secret;
// secrets are made by package secret.
package id
