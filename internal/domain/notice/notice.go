package notice

import (
	"context"
	"net/url"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Options are what a Service stands on.
type Options struct {
	Outbox        *mail.Outbox
	RecoveryCodes *credential.RecoveryCodes
	BaseURL       *url.URL // links are built from it and from nothing else
}

// Service sends notices and writes them when they are handed over.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Notice is a letter about something that was done.
type Notice struct {
	Kind           mail.Kind
	OrganizationID string // in which it was done; empty where nobody was logged in
	SubjectID      string // the account, the user, or the change of address
	Address        string
	Language       string
	Organization   string            // name, empty as OrganizationID
	FirstName      string            // for the greeting, may be empty
	Who            string            // did it, may be empty
	NewAddress     string            // of a change of address; masked for any other mailbox
	Values         map[string]string // what else the sentences of the kind say, by the names they use, such as "Role"
	Origin         access.Origin
}

// ToOwner is a notice to the owner of the session about what was just done there.
func ToOwner(current session.Current, kind mail.Kind) Notice {
	return Notice{
		Kind: kind, OrganizationID: current.Actor.OrganizationID, SubjectID: current.Actor.AccountID, Address: current.Email,
		Language: current.Language, Organization: current.OrganizationName, FirstName: current.FirstName,
		Who: current.Actor.Name, Origin: current.Actor.Origin,
	}
}

// ToUser is a notice to a user about what somebody else did to them, in the
// language of their account. Who did it is named as "Who" and as "Administrator".
func ToUser(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, kind mail.Kind) (Notice, error) {
	n := Notice{
		Kind: kind, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: u.Email, FirstName: u.FirstName,
		Who: actor.Name, Origin: actor.Origin,
	}
	err := tx.QueryRow(ctx, `SELECT o.name, COALESCE(a.language, '') FROM organizations o LEFT JOIN accounts a ON a.id = $2 WHERE o.id = $1`,
		u.OrganizationID, u.AccountID).Scan(&n.Organization, &n.Language)
	return n, err
}

// What a notice keeps until its hand-over, beside its Values, whose names start
// with a capital.
const (
	keptOrganization = "organization"
	keptFirstName    = "first_name"
	keptWho          = "who"
	keptNewAddress   = "new_address"
	keptUserAgent    = "user_agent"
)

// Enqueue puts a notice into the outbox. It leaves when the transaction commits.
func (s *Service) Enqueue(ctx context.Context, tx *db.Tx, n Notice) error {
	kept := map[string]string{
		keptOrganization: n.Organization,
		keptFirstName:    n.FirstName,
		keptWho:          n.Who,
		keptNewAddress:   n.NewAddress,
		keptUserAgent:    n.Origin.Bounded().UserAgent,
	}
	for name, value := range n.Values {
		kept[name] = value
	}
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: n.Kind, OrganizationID: n.OrganizationID, SubjectID: n.SubjectID, Address: n.Address, Language: n.Language, Data: kept,
	})
	return err
}
