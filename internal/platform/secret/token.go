package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
)

// TokenBytes is the size of every random token: 256 bits (ASVS 7.2.3 asks for 128).
const TokenBytes = 32

// Token is a random value that opens something. Only its Hash is ever stored.
type Token struct{ bytes [TokenBytes]byte }

// ErrMalformedToken says that a text has not the exact form of a token.
var ErrMalformedToken = errors.New("secret: malformed token")

// NewToken returns a fresh token from the operating system's randomness.
func NewToken() Token {
	var t Token
	_, _ = rand.Read(t.bytes[:]) // never fails: crypto/rand ends the program instead
	return t
}

// ParseToken reads the text form: exactly 43 base64url characters in canonical form.
func ParseToken(text string) (Token, error) {
	var t Token
	if len(text) != base64.RawURLEncoding.EncodedLen(TokenBytes) {
		return Token{}, ErrMalformedToken
	}
	n, err := base64.RawURLEncoding.Strict().Decode(t.bytes[:], []byte(text))
	if err != nil || n != TokenBytes {
		return Token{}, ErrMalformedToken
	}
	return t, nil
}

// Reveal returns the text form, for the one place that hands the token out.
func (t Token) Reveal() string { return base64.RawURLEncoding.EncodeToString(t.bytes[:]) }

// Hash is what the database keeps: SHA-256, enough for 256 random bits.
func (t Token) Hash() []byte {
	sum := sha256.Sum256(t.bytes[:])
	return sum[:]
}

// String keeps tokens out of logs.
func (t Token) String() string { return redacted }

// GoString keeps tokens out of %#v.
func (t Token) GoString() string { return redacted }
