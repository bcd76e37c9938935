package invitation

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// ActionFounded is what the trail calls the making of an organization.
const ActionFounded audit.Action = "organization.founded"

// FirstAdministrator is the first Administrator of an organization, as whoever
// makes it names them.
type FirstAdministrator struct {
	FirstName string
	LastName  string // may be empty
	Email     string
}

// Check collects what is wrong with the fields first_name, last_name and email.
func (a FirstAdministrator) Check(bad *person.Fields) { a.user(bad) }

// user is somebody of that name and address, as far as both are good.
func (a FirstAdministrator) user(bad *person.Fields) (user.User, person.Email) {
	u := user.User{ID: id.New("usr")}
	u.FirstName = bad.Name("first_name", a.FirstName, true)
	u.LastName = bad.Name("last_name", a.LastName, false)
	email := bad.Email("email", a.Email)
	u.Email = email.Address
	return u, email
}

// foundation is an organization that is about to be made with its first Administrator.
type foundation struct {
	name  string
	first user.User
	email person.Email // of first
}

// plan looks at all fields: organization and those of the first Administrator.
func plan(name string, a FirstAdministrator) (foundation, *person.Fields) {
	var bad person.Fields
	_ = bad.Collect("organization", organization.CheckName(name)) // which returns nothing but refusals
	first, email := a.user(&bad)
	return foundation{name, first, email}, &bad
}

// store makes the organization and its first Administrator.
func (f foundation) store(ctx context.Context, tx *db.Tx) (organization.Organization, user.User, error) {
	o, roles, err := organization.Create(ctx, tx, organization.Client, f.name)
	if err != nil {
		return organization.Organization{}, user.User{}, err
	}
	first := f.first
	first.OrganizationID, first.RoleID, first.RoleKind = o.ID, roles.Administrator, access.RoleAdministrator
	return o, first, user.Insert(ctx, tx, first, f.email)
}

// Founding is the line of the trail about a new organization.
func Founding(o organization.Organization, first user.User) audit.Event {
	return audit.Event{
		OrganizationID: o.ID, Action: ActionFounded,
		Target:  audit.Target{Kind: "organization", ID: o.ID, Name: o.Name},
		Details: map[string]string{"administrator": first.Name(), "email": first.Email},
	}
}
