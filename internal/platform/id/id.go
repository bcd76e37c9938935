package id

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// The order-preserving alphabet keeps ids sorted by time as text, on every engine.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// encodedLength is what 16 bytes take in base 32.
const encodedLength = 26

// New returns a fresh id such as "usr_06bk2v…". It panics where the operating
// system has no randomness to give, which nothing could go on without.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + encoding.EncodeToString(u[:])
}

// Valid reports whether s has the form of an id with that prefix.
func Valid(prefix, s string) bool {
	text, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(text) != encodedLength {
		return false
	}
	_, err := encoding.DecodeString(text)
	return err == nil
}
