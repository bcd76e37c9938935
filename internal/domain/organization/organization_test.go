package organization_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

func TestNamesOfOrganizations(t *testing.T) {
	for name, want := range map[string]error{
		"Northwind":              nil,
		" Contoso Pty Ltd ":      nil,
		"株式会社":                   nil,
		"می\u200cرود":            nil,
		strings.Repeat("é", 100): nil,
		"7-12 & Söhne <GmbH>":    nil,
		"":                       organization.ErrNameMissing,
		" \t\n":                  organization.ErrNameMissing,
		strings.Repeat("n", 101): organization.ErrNameTooLong,
		"North\nwind":            organization.ErrNameUnreadable,
		"North\x00wind":          organization.ErrNameUnreadable,
		"North\xffwind":          organization.ErrNameUnreadable,
		"\u202edniwhtroN":        organization.ErrNameUnreadable,
		"North\u200bwind":        organization.ErrNameUnreadable,
		"North\u2028wind":        organization.ErrNameUnreadable,
		"\u3164":                 organization.ErrNameUnreadable,
		"\u200d":                 organization.ErrNameUnreadable,
	} {
		if err := organization.CheckName(name); !errors.Is(err, want) {
			t.Errorf("%q is answered with %v, want %v", name, err, want)
		}
	}
}

func TestAnOrganizationIsMadeWithItsBuiltInRoles(t *testing.T) {
	d := dbtest.New(t)
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		first, roles, err := organization.Create(ctx, tx, organization.Client, "  Northwind ")
		if err != nil {
			return err
		}
		if _, _, err := organization.Create(ctx, tx, organization.Client, "Northwind"); err != nil { // names need not be unique
			return err
		}
		if got, err := organization.Get(ctx, tx, first.ID); err != nil || got != first || got.Name != "Northwind" || got.Kind != organization.Client || got.Status != organization.Active {
			t.Errorf("stored is %+v, %v", got, err)
		}
		if _, err := organization.OfVendor(ctx, tx); !fault.IsKind(err, fault.NotFound) {
			t.Errorf("a vendor that nobody made: %v", err)
		}
		vendor, _, err := organization.Create(ctx, tx, organization.Vendor, "IDKit")
		if err != nil {
			return err
		}
		if got, err := organization.OfVendor(ctx, tx); err != nil || got != vendor || got.Kind != organization.Vendor {
			t.Errorf("the vendor is %+v, %v", got, err)
		}
		all, err := organization.List(ctx, tx)
		if err != nil || len(all) != 2 || all[0].ID != first.ID {
			t.Errorf("listed are %+v, %v", all, err)
		}
		for id, kind := range map[string]access.RoleKind{roles.Administrator: access.RoleAdministrator, roles.Member: access.RoleMember} {
			var got string
			if err := tx.QueryRow(ctx, `SELECT kind FROM roles WHERE organization_id = $1 AND id = $2`, first.ID, id).Scan(&got); err != nil || got != string(kind) {
				t.Errorf("role %s is %q, %v", id, got, err)
			}
		}
		_, _, err = organization.Create(ctx, tx, organization.Client, "")
		if !errors.Is(err, organization.ErrNameMissing) {
			t.Errorf("made without a name: %v", err)
		}
		return nil
	})
}

// TestATrialEndsAtItsInstant: the rule in Go and the one in SQL say the same.
func TestATrialEndsAtItsInstant(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	d := dbtest.NewAt(t, func() time.Time { return now })
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, organization.Client, "Northwind")
		if err != nil {
			return err
		}
		for _, at := range []struct {
			status organization.Status
			ends   *time.Time
			open   bool
		}{
			{organization.Active, nil, true},
			{organization.Suspended, nil, false},
			{organization.Active, new(now.Add(time.Microsecond)), true},
			{organization.Active, new(now), false},
			{organization.Active, new(now.Add(-time.Hour)), false},
			{organization.Suspended, new(now.Add(time.Hour)), false},
		} {
			if _, err := tx.Exec(ctx, `UPDATE organizations SET status = $2, trial_ends_at = $3 WHERE id = $1`, o.ID, string(at.status), at.ends); err != nil {
				return err
			}
			var closed bool
			if err := tx.QueryRow(ctx, `SELECT `+organization.Closed("$2")+` FROM organizations o WHERE o.id = $1`, o.ID, now).Scan(&closed); err != nil {
				return err
			}
			got, err := organization.Get(ctx, tx, o.ID)
			if err != nil || got.Open(now) != at.open || closed == at.open {
				t.Errorf("%s until %v: open %v, closed %v, %v", at.status, at.ends, got.Open(now), closed, err)
			}
		}
		return nil
	})
}

func write(t testing.TB, d *db.DB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}
