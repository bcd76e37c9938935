package role

import (
	"slices"
	"strings"
	"unicode/utf8"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

// Limits, in characters.
const (
	NameLimit        = 60
	DescriptionLimit = 200
)

// Refusals of what was typed and ticked.
var (
	ErrNameMissing           = fault.New(fault.Invalid, "role.name_missing")
	ErrNameTooLong           = fault.New(fault.Invalid, "role.name_too_long")
	ErrNameUnreadable        = fault.New(fault.Invalid, "role.name_unreadable")
	ErrNameTaken             = fault.New(fault.Invalid, "role.name_taken")
	ErrDescriptionTooLong    = fault.New(fault.Invalid, "role.description_too_long")
	ErrDescriptionUnreadable = fault.New(fault.Invalid, "role.description_unreadable")
	ErrUnknownPermission     = fault.New(fault.Invalid, "role.unknown_permission")
	ErrBeyond                = fault.New(fault.Forbidden, "role.beyond")
)

// Draft is a role as somebody wants it.
type Draft struct {
	Name        string
	Description string
	Ticked      []access.Permission // in any order; what is ticked of a module whose access is not counts for nothing
}

// drawn is a draft that was looked at.
type drawn struct {
	name, key, description string
	permissions            access.Permissions
}

// draw looks at a draft of the role of that id, of a new one where it is empty, that
// stands beside the others. Permissions are kept in the order of the modules, so that
// two roles that hold the same are stored the same.
//
// Faults: fields name, description; ErrUnknownPermission; ErrBeyond.
func (s *Service) draw(actor access.Actor, roles []Role, id string, d Draft) (drawn, error) {
	var form person.Fields
	name, description := strings.Join(strings.Fields(d.Name), " "), strings.Join(strings.Fields(d.Description), " ")
	switch {
	case name == "":
		form.Add("name", ErrNameMissing)
	case utf8.RuneCountInString(name) > NameLimit:
		form.Add("name", ErrNameTooLong.With("Limit", NameLimit))
	case !organization.Readable(name) || !organization.Shows(name):
		form.Add("name", ErrNameUnreadable)
	case slices.ContainsFunc(roles, func(r Role) bool { return r.ID != id && foldedName(r) == language.Fold(name) }):
		form.Add("name", ErrNameTaken)
	}
	switch {
	case utf8.RuneCountInString(description) > DescriptionLimit:
		form.Add("description", ErrDescriptionTooLong.With("Limit", DescriptionLimit))
	case !organization.Readable(description):
		form.Add("description", ErrDescriptionUnreadable)
	}
	if err := form.Fault(); err != nil {
		return drawn{}, err
	}
	known := s.Modules.All()
	for _, p := range d.Ticked {
		if !slices.Contains(known, p) {
			return drawn{}, ErrUnknownPermission
		}
	}
	permissions := access.Holding(s.Modules.Of(access.Holding(d.Ticked...))...)
	if !actor.Permissions.Covers(permissions) {
		return drawn{}, ErrBeyond
	}
	return drawn{name, language.Fold(name), description, permissions}, nil
}

// apply is the role as the draft has it.
func (w drawn) apply(r Role) Role {
	r.Name, r.Description, r.Permissions = w.name, w.description, w.permissions
	return r
}
