package credential_test

import (
	"context"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

func (p place) keyUses(t testing.TB, ring *secret.Keyring) (uses []credential.KeyUse) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		unreadable := 0
		uses, unreadable, err = credential.KeyUses(ctx, tx, ring)
		if unreadable != 0 {
			t.Errorf("%d do not open", unreadable)
		}
		return err
	})
	return uses
}

func passwordsUnder(t testing.TB, ring *secret.Keyring) *credential.Passwords {
	t.Helper()
	p, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring, Argon2: credential.Argon2{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestARotatedKeyIsNeededUntilEverythingHasMoved rotates the secret key as
// docs/operations.md says, and takes the old one away in the end.
func TestARotatedKeyIsNeededUntilEverythingHasMoved(t *testing.T) {
	const password = "violet harbour seven lanterns"
	p := newPlace(t)
	older, newer := secret.NewKey(), secret.NewKey()
	before, both, alone := keyring(t, older), keyring(t, newer+","+older), keyring(t, newer)
	ph := p.enrolled(t, credential.NewSecondFactors(before))
	sheet := p.issue(t, credential.NewRecoveryCodes(before))
	hash, err := passwordsUnder(t, before).Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	store := func(hash string) {
		p.write(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE accounts SET password_hash = $1`, hash)
			return err
		})
	}
	store(hash)
	if uses := p.keyUses(t, before); len(uses) != 1 || uses[0] != (credential.KeyUse{KeyID: before.CurrentKeyID(), Known: true, Passwords: 1, SecondFactors: 1, RecoveryCodes: 10}) {
		t.Errorf("before: %+v", uses)
	}

	// With both keys everything goes on, and moves.
	right, moves, err := passwordsUnder(t, both).Verify(t.Context(), hash, password)
	if err != nil || !right || !moves {
		t.Errorf("with both keys the password is right: %v, to be moved: %v, %v", right, moves, err)
	}
	if hash, err = passwordsUnder(t, both).Hash(t.Context(), password); err != nil {
		t.Fatal(err)
	}
	store(hash)
	p.clock.Advance(time.Minute)
	if err := p.check(t, credential.NewSecondFactors(both), ph.show(t, p.clock.Now())); err != nil {
		t.Errorf("with both keys: %v", err)
	}
	if left, err := p.useCode(t, credential.NewRecoveryCodes(both), sheet.Codes[0].Reveal()); err != nil || left != 9 {
		t.Errorf("with both keys: %d codes left, %v", left, err)
	}
	if uses := p.keyUses(t, alone); len(uses) != 2 || uses[0] != (credential.KeyUse{KeyID: before.CurrentKeyID(), RecoveryCodes: 9}) ||
		uses[1] != (credential.KeyUse{KeyID: alone.CurrentKeyID(), Known: true, Passwords: 1, SecondFactors: 1}) {
		t.Errorf("in between: %+v", uses)
	}

	// The recovery codes are the last that need the old key.
	p.issue(t, credential.NewRecoveryCodes(both))
	if uses := p.keyUses(t, alone); len(uses) != 1 || !uses[0].Known {
		t.Errorf("after new codes: %+v", uses)
	}
	p.clock.Advance(time.Minute)
	if err := p.check(t, credential.NewSecondFactors(alone), ph.show(t, p.clock.Now())); err != nil {
		t.Errorf("without the old key: %v", err)
	}
	if right, _, err := passwordsUnder(t, alone).Verify(t.Context(), hash, password); err != nil || !right {
		t.Errorf("without the old key the password is right: %v, %v", right, err)
	}
}
