package access

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"idkit/internal/platform/fault"
)

// ActorKind tells what sort of actor acts.
type ActorKind string

// The kinds of actor.
const (
	KindUser         ActorKind = "user"         // somebody logged in to the portal
	KindOperator     ActorKind = "operator"     // somebody of the vendor, logged in to the console
	KindInstallation ActorKind = "installation" // the program itself: first set-up, command line, mail
	KindVisitor      ActorKind = "visitor"      // somebody not logged in: a log-in attempt, the owner of a mailed link
)

// Origin says where an act came from; the audit trail keeps it.
type Origin struct {
	Address   string // the client's IP address as far as trusted proxies tell it
	UserAgent string
	RequestID string
}

// userAgentLimit bounds, in bytes, what a caller may have us keep.
const userAgentLimit = 256

// Bounded is the origin as it may be stored: the caller's text cut at the limit,
// and without characters that nobody sees or that no engine stores.
func (o Origin) Bounded() Origin {
	if len(o.UserAgent) > userAgentLimit {
		o.UserAgent = o.UserAgent[:userAgentLimit]
	}
	o.UserAgent = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, o.UserAgent)
	return o
}

// Actor is who does something, read fresh from the database for each request.
type Actor struct {
	Kind           ActorKind
	OrganizationID string
	UserID         string
	AccountID      string
	SessionID      string
	Name           string // the full name as the audit trail shows it
	Permissions    Permissions
	Origin         Origin
}

// ErrForbidden is the answer to an actor who lacks the permission.
var ErrForbidden = fault.New(fault.Forbidden, "access.forbidden")

// Require refuses an actor who lacks the permission. Fault: ErrForbidden.
func (a Actor) Require(p Permission) error {
	if !a.Permissions.Has(p) {
		return ErrForbidden
	}
	return nil
}

// RequireOperator refuses whoever is not an operator with the permission. It is
// the door of every act that takes the id of another organization: a permission
// alone, however complete a client's Administrator holds them, opens none.
// Fault: ErrForbidden.
func (a Actor) RequireOperator(p Permission) error {
	if a.Kind != KindOperator {
		return ErrForbidden
	}
	return a.Require(p)
}

// Of is an operator as the trail of a client names them: "Ada Okafor (IDKit)".
func (a Actor) Of(vendor string) Actor {
	a.Name += " (" + vendor + ")"
	return a
}

// Visitor is an actor whom nobody knows yet.
func Visitor(origin Origin) Actor { return Actor{Kind: KindVisitor, Origin: origin} }

// Installation is the program acting by itself, or by the command line of its host.
func Installation(origin Origin) Actor {
	return Actor{Kind: KindInstallation, Name: "IDKit", Origin: origin}
}

// InstallationAt is the program acting within an organization, with every right there.
func InstallationAt(organizationID string) Actor {
	a := Installation(Origin{})
	a.OrganizationID, a.Permissions = organizationID, OfRole(RoleAdministrator, "")
	return a
}
