package role

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

// Refusals about a role as a whole.
var (
	ErrNotFound = fault.New(fault.NotFound, "role.not_found")
	ErrBuiltIn  = fault.New(fault.Conflict, "role.built_in") // Params: Role
	ErrChanged  = fault.New(fault.Conflict, "role.changed")
)

// Role is a role of an organization.
type Role struct {
	ID          string
	Name        string
	Description string
	Kind        access.RoleKind
	Permissions access.Permissions
	Users       int // who have it, invited and suspended ones too
}

// Revision changes with everything that an edit of the role can change.
func (r Role) Revision() string {
	h := sha256.New()
	for _, s := range []string{r.Name, r.Description, r.Permissions.Stored()} {
		h.Write([]byte(s))
		h.Write([]byte{0}) // no text holds it
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Options are what a Service stands on.
type Options struct {
	DB      *db.DB
	Modules access.Modules
}

// Service looks after the roles. Each exported method is one complete act or look.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// List returns the roles of the actor's organization: the built-in ones, then its
// own, oldest first. Fault: access.ErrForbidden.
func (s *Service) List(ctx context.Context, actor access.Actor) (roles []Role, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		roles, err = list(ctx, tx, actor.OrganizationID)
		return err
	})
	return roles, err
}

func list(ctx context.Context, tx *db.Tx, organizationID string) ([]Role, error) {
	roles, err := db.Collect(ctx, tx, scan, columns+`WHERE organization_id = $1 ORDER BY kind = 'own', kind, created_at, id`, organizationID)
	if err != nil {
		return nil, err
	}
	users, err := usersOf(ctx, tx, organizationID)
	for i := range roles {
		roles[i].Users = users[roles[i].ID]
	}
	return roles, err
}

const columns = `SELECT id, name, description, kind, permissions FROM roles `

func scan(row db.Row) (Role, error) {
	var r Role
	var stored string
	err := row.Scan(&r.ID, &r.Name, &r.Description, &r.Kind, &stored)
	r.Permissions = access.OfRole(r.Kind, stored)
	return r, err
}

// usersOf counts the users of each role, from the counts that the directory keeps.
func usersOf(ctx context.Context, tx *db.Tx, organizationID string) (map[string]int, error) {
	users := map[string]int{}
	err := db.Each(ctx, tx, func(row db.Row) error {
		var id string
		var n int
		err := row.Scan(&id, &n)
		users[id] += n
		return err
	}, `SELECT role_id, users FROM user_counts WHERE organization_id = $1`, organizationID)
	return users, err
}

// among finds a role of the organization. Another organization's is answered like
// one that does not exist. Fault: ErrNotFound.
func among(roles []Role, roleID string) (Role, error) {
	i := slices.IndexFunc(roles, func(r Role) bool { return r.ID == roleID })
	if i < 0 {
		return Role{}, ErrNotFound
	}
	return roles[i], nil
}

// hold begins an act on the roles of the actor's organization. Until the transaction
// ends no other act there begins, so that nobody gets or gives one meanwhile.
//
// Faults: those of session.Authorize.
func hold(ctx context.Context, tx *db.Tx, actor access.Actor) (access.Actor, []Role, error) {
	actor, err := session.Authorize(ctx, tx, actor, access.RolesEdit)
	if err != nil {
		return access.Actor{}, nil, err
	}
	roles, err := list(ctx, tx, actor.OrganizationID)
	return actor, roles, err
}

func foldedName(r Role) string { return language.Fold(r.Name) }

func target(r Role) audit.Target { return audit.Target{Kind: "role", ID: r.ID, Name: r.Name} }
