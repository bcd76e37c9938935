package organization

import (
	"context"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/language"
)

// Status of an organization.
type Status string

// An organization is active or suspended as a whole.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
)

// Kind tells the organizations that are there to be managed from the one that manages them.
type Kind string

// The kinds. There is at most one vendor; its users are the operators.
const (
	Client Kind = "client"
	Vendor Kind = "vendor"
)

// Actors is what those are who log in to an organization of the kind.
func (k Kind) Actors() access.ActorKind {
	if k == Vendor {
		return access.KindOperator
	}
	return access.KindUser
}

// Organization is one client of the vendor, or the vendor.
type Organization struct {
	ID          string
	Kind        Kind
	Name        string
	Status      Status
	TrialEndsAt *time.Time // nil where it is not on trial
}

// Open reports whether its people get in: it is not suspended, and no trial of it
// is over. A trial ends at its very instant, on every node; whoever writes the
// suspension down later changes nothing for them.
func (o Organization) Open(now time.Time) bool {
	return o.Status == Active && (o.TrialEndsAt == nil || now.Before(*o.TrialEndsAt))
}

// Closed is the opposite of Open as a condition on the table organizations as o;
// now is the placeholder of the moment.
func Closed(now string) string {
	return `(o.status = 'suspended' OR coalesce(o.trial_ends_at <= ` + now + `, false))`
}

// Roles are the ids of an organization's built-in roles.
type Roles struct {
	Administrator string
	Member        string
}

// Create makes an active organization with its built-in roles.
// Faults: those of CheckName; Conflict, of a second vendor.
func Create(ctx context.Context, tx *db.Tx, kind Kind, name string) (Organization, Roles, error) {
	if err := CheckName(name); err != nil {
		return Organization{}, Roles{}, err
	}
	o := Organization{ID: id.New("org"), Kind: kind, Name: strings.TrimSpace(name), Status: Active}
	if _, err := tx.Exec(ctx, `INSERT INTO organizations (id, kind, name, name_key, status, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		o.ID, string(o.Kind), o.Name, language.Fold(o.Name), string(o.Status), tx.Now); err != nil {
		return Organization{}, Roles{}, err
	}
	roles := Roles{Administrator: id.New("rol"), Member: id.New("rol")}
	for _, r := range []struct{ id, name string }{{roles.Administrator, string(access.RoleAdministrator)}, {roles.Member, string(access.RoleMember)}} {
		if _, err := tx.Exec(ctx, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
			VALUES ($1, $2, $3, $4, $5, '', $6)`, o.ID, r.id, strings.ToUpper(r.name[:1])+r.name[1:], r.name, r.name, tx.Now); err != nil {
			return Organization{}, Roles{}, err
		}
	}
	return o, roles, nil
}

func scan(row db.Row) (Organization, error) {
	var o Organization
	err := row.Scan(&o.ID, &o.Kind, &o.Name, &o.Status, &o.TrialEndsAt)
	return o, err
}

const columns = `SELECT id, kind, name, status, trial_ends_at FROM organizations `

// Get returns one organization, of either kind. Fault: db.ErrNoRow.
func Get(ctx context.Context, tx *db.Tx, organizationID string) (Organization, error) {
	return scan(tx.QueryRow(ctx, columns+`WHERE id = $1`, organizationID))
}

// List returns the clients, oldest first.
func List(ctx context.Context, tx *db.Tx) ([]Organization, error) {
	return db.Collect(ctx, tx, scan, columns+`WHERE kind = 'client' ORDER BY created_at, id`)
}

// OfVendor returns the vendor. Fault: db.ErrNoRow, before the first operator is invited.
func OfVendor(ctx context.Context, tx *db.Tx) (Organization, error) {
	return scan(tx.QueryRow(ctx, columns+`WHERE kind = 'vendor'`))
}
