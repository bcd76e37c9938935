package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"idkit/internal/platform/secret"
)

const pepperPurpose = "password"

// PasswordOptions says how passwords are hashed.
type PasswordOptions struct {
	Keyring *secret.Keyring // required: holds the pepper
	Argon2  Argon2          // zero: DefaultArgon2
}

// Passwords judges, hashes and verifies passwords. Make one for the whole
// program: it also bounds how many are hashed at a time. Hash and Verify take
// long, so they never belong inside a transaction. It is safe for concurrent use.
type Passwords struct {
	keyring *secret.Keyring
	argon2  Argon2
	gate    *gate
}

// NewPasswords refuses Argon2 costs below the floor and above the caps.
func NewPasswords(options PasswordOptions) (*Passwords, error) {
	if options.Keyring == nil {
		return nil, errors.New("passwords need a keyring")
	}
	if options.Argon2 == (Argon2{}) {
		options.Argon2 = DefaultArgon2
	}
	if err := options.Argon2.sufficient(); err != nil {
		return nil, err
	}
	return &Passwords{
		keyring: options.Keyring,
		argon2:  options.Argon2,
		gate:    newGate(options.Argon2),
	}, nil
}

// Hash returns the text to store for a password that Check has accepted.
// Faults: ErrPasswordMissing, ErrPasswordTooLong, ErrBusy.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", ErrPasswordMissing
	}
	if len(password) > maxPasswordBytes {
		return "", ErrPasswordTooLong.With("Maximum", MaxPasswordLength)
	}
	hash := passwordHash{Argon2: p.argon2, keyID: p.keyring.CurrentKeyID()}
	_, _ = rand.Read(hash.salt[:])
	tag, err := p.derive(ctx, hash, password)
	if err != nil {
		return "", err
	}
	hash.tag = [tagBytes]byte(tag)
	return hash.String(), nil
}

// Chosen is a new password as its account keeps it.
type Chosen struct {
	Hash  string
	Short bool // see Short
}

// Choose is Hash for a new password. Faults: as Hash.
func (p *Passwords) Choose(ctx context.Context, password string) (Chosen, error) {
	hash, err := p.Hash(ctx, password)
	return Chosen{hash, Short(password)}, err
}

// MatchesNothing returns a text to store for an account that no password opens:
// its tag is random and not computed from anything. Verify takes as long with it
// as with any other. It computes nothing, so it may stand inside a transaction.
func (p *Passwords) MatchesNothing() string {
	hash := passwordHash{Argon2: p.argon2, keyID: p.keyring.CurrentKeyID()}
	_, _ = rand.Read(hash.salt[:])
	_, _ = rand.Read(hash.tag[:])
	return hash.String()
}

// Verify compares a password, as typed, with a stored text. After a success,
// needsRehash says that the text was made with other costs or an older key and
// should be replaced by a new Hash. Fault: ErrBusy.
func (p *Passwords) Verify(ctx context.Context, stored, password string) (ok, needsRehash bool, err error) {
	hash, err := parsePasswordHash(stored)
	if err != nil {
		return false, false, err
	}
	ok, err = p.matches(ctx, hash, password)
	return ok, ok && (hash.Argon2 != p.argon2 || hash.keyID != p.keyring.CurrentKeyID()), err
}

// VerifyNobody does the work of Verify for an address without an account, so
// that the time taken does not tell the two apart. Fault: ErrBusy.
func (p *Passwords) VerifyNobody(ctx context.Context, password string) error {
	nobody := passwordHash{Argon2: p.argon2, keyID: p.keyring.CurrentKeyID()}
	_, err := p.matches(ctx, nobody, password)
	return err
}

// matches refuses without work what Hash can never have accepted; that depends
// on the password alone, so it tells nothing about the account.
func (p *Passwords) matches(ctx context.Context, hash passwordHash, password string) (bool, error) {
	if password == "" || len(password) > maxPasswordBytes {
		return false, nil
	}
	tag, err := p.derive(ctx, hash, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(tag, hash.tag[:]) == 1, nil
}

// derive is Argon2id over HMAC-SHA-256(pepper, NFC(password)): without the key,
// which is not in the database, a stolen table cannot even be guessed at (NIST
// SP 800-63B-4, 3.1.1.2).
func (p *Passwords) derive(ctx context.Context, hash passwordHash, password string) ([]byte, error) {
	digest, err := p.keyring.MAC(hash.keyID, pepperPurpose, norm.NFC.Bytes([]byte(password)))
	if err != nil {
		return nil, fmt.Errorf("password hash made under key %s: %w", hash.keyID, err)
	}
	leave, err := p.gate.enter(ctx, hash.Argon2)
	if err != nil {
		return nil, err
	}
	defer leave()
	return argon2.IDKey(digest, hash.salt[:], hash.Passes, hash.MemoryKiB, hash.Threads, tagBytes), nil
}
