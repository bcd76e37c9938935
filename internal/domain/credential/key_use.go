package credential

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// KeyUse says how much of what is stored needs one secret key.
type KeyUse struct {
	KeyID         string
	Known         bool // the keyring has it
	Passwords     int
	SecondFactors int
	RecoveryCodes int // that are not used yet
}

// KeyUses looks at everything that was made with a secret key, the most used key
// first, and opens what is sealed under a known one; unreadable counts what does
// not open, and passwords in a form that nobody wrote.
func KeyUses(ctx context.Context, tx *db.Tx, keyring *secret.Keyring) (uses []KeyUse, unreadable int, err error) {
	byID := map[string]*KeyUse{}
	use := func(keyID string) *KeyUse {
		if byID[keyID] == nil {
			byID[keyID] = &KeyUse{KeyID: keyID, Known: keyring.Has(keyID)}
		}
		return byID[keyID]
	}
	err = each(ctx, tx, `SELECT id, password_hash FROM accounts`, func(_, stored string) error {
		hash, err := parsePasswordHash(stored)
		if err != nil {
			unreadable++
			return nil
		}
		use(hash.keyID).Passwords++
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	err = each(ctx, tx, `SELECT account_id, secret_sealed FROM second_factors`, func(accountID string, sealed []byte) error {
		u := use(secret.SealedUnder(sealed))
		u.SecondFactors++
		if _, err := keyring.Open(sealed, secondFactorPlace(accountID)...); err != nil && u.Known {
			unreadable++
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	err = each(ctx, tx, `SELECT account_id, code_hash FROM recovery_codes WHERE used_at IS NULL`, func(_ string, digest []byte) error {
		use(keyOfDigest(digest)).RecoveryCodes++
		return nil
	})
	total := func(u KeyUse) int { return u.Passwords + u.SecondFactors + u.RecoveryCodes }
	for _, keyID := range slices.Sorted(maps.Keys(byID)) {
		uses = append(uses, *byID[keyID])
	}
	slices.SortStableFunc(uses, func(a, b KeyUse) int { return cmp.Compare(total(b), total(a)) })
	return uses, unreadable, err
}

// each looks at one value of every account, one at a time.
func each[T string | []byte](ctx context.Context, tx *db.Tx, query string, look func(accountID string, value T) error) error {
	return db.Each(ctx, tx, func(row db.Row) error {
		var accountID string
		var value T
		if err := row.Scan(&accountID, &value); err != nil {
			return err
		}
		return look(accountID, value)
	}, query)
}
