package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// HoldTrails is audit.Hold for the organizations of an account, and any others.
// Whatever touches the sessions, the password or the second factor of an account
// begins with it: administrators do the same to them under the trail of theirs.
func HoldTrails(ctx context.Context, tx *db.Tx, accountID string, others ...string) error {
	members, err := MembersOf(ctx, tx, accountID)
	if err != nil {
		return err
	}
	for _, m := range members {
		others = append(others, m.OrganizationID)
	}
	return audit.Hold(ctx, tx, others...)
}

// RecordEverywhere writes an act on an account to the trail of each of its
// organizations, always in the same order, so that two writers never wait for
// each other. Its target is the person there.
func RecordEverywhere(ctx context.Context, tx *db.Tx, members []Membership, actor access.Actor, event audit.Event) error {
	inOrder := slices.SortedFunc(slices.Values(members), func(a, b Membership) int {
		return strings.Compare(a.OrganizationID, b.OrganizationID)
	})
	for _, m := range inOrder {
		event.OrganizationID = m.OrganizationID
		if actor.UserID != "" { // no trail names somebody of another organization
			actor.OrganizationID, actor.UserID, actor.Name = m.OrganizationID, m.UserID, m.FullName
		}
		event.Target = audit.Target{Kind: "user", ID: m.UserID, Name: m.FullName}
		if err := audit.Record(ctx, tx, actor, event); err != nil {
			return err
		}
	}
	return nil
}

// StrangerTarget stands for an address that nobody has here: a digest, because
// people type passwords into the wrong field.
func StrangerTarget(emailKey string) audit.Target {
	sum := sha256.Sum256([]byte(emailKey))
	return audit.Target{Kind: "address", ID: hex.EncodeToString(sum[:8])}
}
