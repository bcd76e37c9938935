package credential_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/secret"
)

func newRecovery(t testing.TB) *credential.RecoveryCodes {
	return credential.NewRecoveryCodes(keyring(t, secret.NewKey()))
}

func (p place) issue(t testing.TB, recovery *credential.RecoveryCodes) credential.RecoverySheet {
	t.Helper()
	var sheet credential.RecoverySheet
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		sheet, err = recovery.Issue(ctx, tx, p.account)
		return err
	})
	return sheet
}

func (p place) useCode(t testing.TB, recovery *credential.RecoveryCodes, typed string) (left int, err error) {
	t.Helper()
	err = p.try(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		left, err = recovery.Use(ctx, tx, p.account, typed)
		return err
	})
	return left, err
}

func (p place) sheet(t testing.TB, recovery *credential.RecoveryCodes) (sheet credential.RecoverySheet, err error) {
	t.Helper()
	err = p.try(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		sheet, err = recovery.Sheet(ctx, tx, p.account)
		return err
	})
	return sheet, err
}

func TestRecoveryCodesAreTenOfSixGroups(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	form := regexp.MustCompile(`^([2-9A-HJKMNP-Z]{4}-){5}[2-9A-HJKMNP-Z]{4}$`)
	seen := map[string]bool{}
	for _, code := range p.issue(t, recovery).Codes {
		if !form.MatchString(code.Reveal()) || seen[code.Reveal()] {
			t.Errorf("code %q", code.Reveal())
		}
		seen[code.Reveal()] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d codes", len(seen))
	}
}

func TestARecoveryCodeWorksOnceHoweverItIsTyped(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	codes := p.issue(t, recovery).Codes
	for i, spell := range []func(string) string{
		func(s string) string { return s },
		strings.ToLower,
		func(s string) string { return strings.ReplaceAll(s, "-", "") },
		func(s string) string { return "  " + strings.ReplaceAll(s, "-", " ") + "\n" },
		func(s string) string { return strings.ReplaceAll(s, "-", "–") },
	} {
		left, err := p.useCode(t, recovery, spell(codes[i].Reveal()))
		if err != nil || left != 9-i {
			t.Errorf("code %d: %d left: %v", i+1, left, err)
		}
		_, err = p.useCode(t, recovery, codes[i].Reveal())
		wantFault(t, err, credential.ErrRecoveryCodeWrong)
	}
}

func TestWrongRecoveryCodes(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	_, err := p.useCode(t, recovery, "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2")
	wantFault(t, err, credential.ErrRecoveryCodeWrong) // no codes at all
	code := p.issue(t, recovery).Codes[0].Reveal()
	_, err = p.useCode(t, recovery, " - ")
	wantFault(t, err, credential.ErrRecoveryCodeMissing)
	for _, typed := range []string{code[1:], code + "A", "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2", "123456", strings.Repeat("A", 1000)} {
		_, err = p.useCode(t, recovery, typed)
		wantFault(t, err, credential.ErrRecoveryCodeWrong)
	}
}

func TestAnotherAccountsRecoveryCodeIsWrong(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	code := p.issue(t, recovery).Codes[0].Reveal()
	other := p
	other.account = p.newAccount(t)
	other.issue(t, recovery)
	_, err := other.useCode(t, recovery, code)
	wantFault(t, err, credential.ErrRecoveryCodeWrong)
	// Not even with the stored row copied over: the digest binds the account.
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO recovery_codes (account_id, code_hash, created_at)
			SELECT $1, code_hash, created_at FROM recovery_codes WHERE account_id = $2`, other.account, p.account)
		return err
	})
	_, err = other.useCode(t, recovery, code)
	wantFault(t, err, credential.ErrRecoveryCodeWrong)
}

func TestSheetIsReadableUntilConfirmed(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	_, err := p.sheet(t, recovery)
	wantFault(t, err, credential.ErrNoRecoverySheet)
	issued := p.issue(t, recovery)
	shown, err := p.sheet(t, recovery)
	if err != nil || fmt.Sprint(reveal(shown)) != fmt.Sprint(reveal(issued)) || !shown.CreatedAt.Equal(issued.CreatedAt) {
		t.Errorf("a reload shows other codes: %v", err)
	}
	for range 2 {
		p.write(t, func(ctx context.Context, tx *db.Tx) error { return recovery.Confirm(ctx, tx, p.account) })
	}
	_, err = p.sheet(t, recovery)
	wantFault(t, err, credential.ErrNoRecoverySheet)
	if left, err := p.useCode(t, recovery, issued.Codes[9].Reveal()); err != nil || left != 9 {
		t.Errorf("after confirming: %d left: %v", left, err)
	}
}

func TestANewSetVoidsTheOld(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	old, next := p.issue(t, recovery), p.issue(t, recovery)
	_, err := p.useCode(t, recovery, old.Codes[0].Reveal())
	wantFault(t, err, credential.ErrRecoveryCodeWrong)
	if left, err := p.useCode(t, recovery, next.Codes[0].Reveal()); err != nil || left != 9 {
		t.Errorf("%d left: %v", left, err)
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return recovery.Remove(ctx, tx, p.account) })
	_, err = p.useCode(t, recovery, next.Codes[1].Reveal())
	wantFault(t, err, credential.ErrRecoveryCodeWrong)
}

func TestRecoveryCodesSurviveKeyRotation(t *testing.T) {
	p := newPlace(t)
	first, second := secret.NewKey(), secret.NewKey()
	codes := p.issue(t, credential.NewRecoveryCodes(keyring(t, first))).Codes
	rotated := credential.NewRecoveryCodes(keyring(t, second+","+first))
	if _, err := p.useCode(t, rotated, codes[0].Reveal()); err != nil {
		t.Error(err)
	}
	if _, err := p.sheet(t, rotated); err != nil {
		t.Error(err)
	}
}

func TestNoRecoveryCodeIsStoredInClear(t *testing.T) {
	p, recovery := newPlace(t), newRecovery(t)
	code := strings.ReplaceAll(p.issue(t, recovery).Codes[0].Reveal(), "-", "")
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		stored, err := db.Values[[]byte](ctx, tx, `
			SELECT code_hash FROM recovery_codes UNION ALL SELECT codes_sealed FROM recovery_code_sheets`)
		for _, value := range stored {
			if strings.Contains(string(value), code) {
				t.Error("a code is readable in the database")
			}
		}
		if len(stored) != 11 {
			t.Errorf("%d values", len(stored))
		}
		return err
	})
}

func TestRaceForARecoveryCode(t *testing.T) {
	p, nodes := racePlace(t)
	recovery := newRecovery(t)
	var codes []secret.Redacted
	for range dbtest.RaceRounds() {
		if len(codes) == 0 {
			codes = p.issue(t, recovery).Codes
		}
		code := codes[0].Reveal()
		codes = codes[1:]
		race(t, nodes, func(ctx context.Context, tx *db.Tx) error {
			_, err := recovery.Use(ctx, tx, p.account, code)
			return err
		}, credential.ErrRecoveryCodeWrong)
	}
}

func reveal(sheet credential.RecoverySheet) (codes []string) {
	for _, code := range sheet.Codes {
		codes = append(codes, code.Reveal())
	}
	return codes
}
