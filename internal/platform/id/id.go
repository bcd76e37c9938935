package id

import (
	"encoding/base32"

	"github.com/google/uuid"
)

// The order-preserving alphabet keeps ids sorted by time as text, on every engine.
var encoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// New returns a fresh id such as "usr_06bk2v…". It panics where the operating
// system has no randomness to give, which nothing could go on without.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + encoding.EncodeToString(u[:])
}
