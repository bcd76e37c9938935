package credential

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// LinkPurpose says what a link opens. A link never opens anything else.
type LinkPurpose string

// The purposes.
const (
	LinkInvitation    LinkPurpose = "invitation"
	LinkPasswordReset LinkPurpose = "password_reset"
)

// LinkState says whether a link works, and if not, why.
type LinkState string

// The states. All but the first and the second are stored as the reason of the end.
const (
	LinkLive      LinkState = "live"
	LinkExpired   LinkState = "expired"   // its time ran out
	LinkUsed      LinkState = "used"      // it did what it is for
	LinkReplaced  LinkState = "replaced"  // a newer one was sent
	LinkWithdrawn LinkState = "withdrawn" // somebody took it back
	LinkVoided    LinkState = "voided"    // something changed that ends all links, such as the password
)

// Refusals of links. A link that did exist is told apart from one that did not:
// only its owner has ever had it.
var (
	ErrLinkUnknown   = fault.New(fault.NotFound, "credential.link_unknown")
	ErrLinkExpired   = fault.New(fault.Expired, "credential.link_expired")
	ErrLinkUsed      = fault.New(fault.Expired, "credential.link_used")
	ErrLinkReplaced  = fault.New(fault.Expired, "credential.link_replaced")
	ErrLinkWithdrawn = fault.New(fault.Expired, "credential.link_withdrawn")
	ErrLinkVoided    = fault.New(fault.Expired, "credential.link_voided")
)

// errLinkIncomplete is a mistake of ours: such a link could match too much.
var errLinkIncomplete = errors.New("credential: a link needs a kind, a purpose, a subject and an address")

// NewLink describes a link to make.
type NewLink struct {
	Kind           organization.Kind // for whose people it is; nobody else finds it
	Purpose        LinkPurpose
	OrganizationID string // may be empty
	SubjectID      string // of whom or what
	Address        string // it is sent to, and so proves
	LetterID       string // that carries it; empty where it is not mailed
	Lifetime       time.Duration
}

// Link is a stored link, without its token.
type Link struct {
	Purpose        LinkPurpose
	OrganizationID string
	SubjectID      string
	Address        string
	LetterID       string
	CreatedAt      time.Time
	ExpiresAt      time.Time
	EndedAt        *time.Time // nil unless used, replaced, withdrawn or voided
	state          LinkState
}

// LinkURL builds the address of a page with the token of a link. The base is the
// configured one, and never what a request was sent to.
func LinkURL(base *url.URL, path string, token secret.Token) string {
	u := base.JoinPath(path)
	u.RawQuery = url.Values{"token": {token.Reveal()}}.Encode()
	return u.String()
}

// State is the state at the time of reading.
func (l Link) State() LinkState { return l.state }

// refusals are what the states of dead links are answered with.
var refusals = map[LinkState]*fault.Fault{
	LinkExpired:   ErrLinkExpired,
	LinkUsed:      ErrLinkUsed,
	LinkReplaced:  ErrLinkReplaced,
	LinkWithdrawn: ErrLinkWithdrawn,
	LinkVoided:    ErrLinkVoided,
}

// Err is nil for a live link, and otherwise the fault of its state.
func (s LinkState) Err() error {
	if refusal, dead := refusals[s]; dead {
		return refusal
	}
	return nil
}

// Err is nil for a live link, and otherwise the fault of its state.
func (l Link) Err() error { return l.state.Err() }

// StateOf returns the state that a refusal of a link stands for; empty for any
// other error, ErrLinkUnknown included.
func StateOf(refusal error) LinkState {
	for state, of := range refusals {
		if errors.Is(refusal, of) {
			return state
		}
	}
	return ""
}

// MintLink makes a link of 256 random bits, of which the database keeps a
// SHA-256 digest. Earlier links go on working: EndLinks ends them where a new
// one replaces the old, which a second try to deliver the same letter does not.
func MintLink(ctx context.Context, tx *db.Tx, link NewLink) (token secret.Token, expiresAt time.Time, err error) {
	if link.Kind == "" || link.Purpose == "" || link.SubjectID == "" || link.Address == "" || link.Lifetime <= 0 {
		return secret.Token{}, time.Time{}, errLinkIncomplete
	}
	token, expiresAt = secret.NewToken(), tx.Now.Add(link.Lifetime)
	_, err = tx.Exec(ctx, `
		INSERT INTO links (token_hash, kind, purpose, organization_id, subject_id, address, letter_id, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		token.Hash(), string(link.Kind), string(link.Purpose), link.OrganizationID, link.SubjectID, link.Address, link.LetterID, tx.Now, expiresAt)
	return token, expiresAt, err
}

// FindLink reads a link, live or not, from the text of its token; ask State or
// Err whether it works. Fault: ErrLinkUnknown, also for another purpose's link,
// and for one to the people of the other kind of organization.
func FindLink(ctx context.Context, tx *db.Tx, kind organization.Kind, purpose LinkPurpose, token string) (Link, error) {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return Link{}, ErrLinkUnknown
	}
	var link Link
	var because *string
	err = tx.QueryRow(ctx, `
		SELECT purpose, organization_id, subject_id, address, letter_id, created_at, expires_at, ended_at, ended_because
		FROM links WHERE token_hash = $1 AND purpose = $2 AND kind = $3`, parsed.Hash(), string(purpose), string(kind)).
		Scan(&link.Purpose, &link.OrganizationID, &link.SubjectID, &link.Address, &link.LetterID,
			&link.CreatedAt, &link.ExpiresAt, &link.EndedAt, &because)
	if errors.Is(err, db.ErrNoRow) {
		return Link{}, ErrLinkUnknown
	}
	switch {
	case because != nil:
		link.state = LinkState(*because)
	case tx.Now.Before(link.ExpiresAt):
		link.state = LinkLive
	default:
		link.state = LinkExpired
	}
	return link, err
}

// UseLink uses a live link up; its State is then LinkUsed. Of parallel tries
// exactly one succeeds. With the fault of a dead link the link itself comes
// along, for the page that says what became of it.
//
// Faults: ErrLinkUnknown, ErrLinkExpired, ErrLinkUsed, ErrLinkReplaced,
// ErrLinkWithdrawn, ErrLinkVoided.
func UseLink(ctx context.Context, tx *db.Tx, kind organization.Kind, purpose LinkPurpose, token string) (Link, error) {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return Link{}, ErrLinkUnknown
	}
	won, err := tx.Exec(ctx, `
		UPDATE links SET ended_at = $1, ended_because = 'used'
		WHERE token_hash = $2 AND purpose = $3 AND kind = $4 AND ended_at IS NULL AND expires_at > $1`,
		tx.Now, parsed.Hash(), string(purpose), string(kind))
	if err != nil {
		return Link{}, err
	}
	link, err := FindLink(ctx, tx, kind, purpose, token)
	if err != nil || won == 1 {
		return link, err
	}
	return link, cmp.Or(link.Err(), error(ErrLinkUsed))
}

// EndLinks ends the live links of one purpose and subject: LinkReplaced,
// LinkWithdrawn or LinkVoided.
func EndLinks(ctx context.Context, tx *db.Tx, purpose LinkPurpose, subjectID string, because LinkState) error {
	_, err := tx.Exec(ctx, `
		UPDATE links SET ended_at = $1, ended_because = $2
		WHERE subject_id = $3 AND purpose = $4 AND ended_at IS NULL`,
		tx.Now, string(because), subjectID, string(purpose))
	return err
}

// EndAllLinksOf voids every live link of a subject, whatever its purpose: after
// a change of password, email, second factor or status.
func EndAllLinksOf(ctx context.Context, tx *db.Tx, subjectID string) error {
	_, err := tx.Exec(ctx, `
		UPDATE links SET ended_at = $1, ended_because = $2 WHERE subject_id = $3 AND ended_at IS NULL`,
		tx.Now, string(LinkVoided), subjectID)
	return err
}

// EndLinksFrom voids the live links that an organization made for a subject, and
// leaves those of others.
func EndLinksFrom(ctx context.Context, tx *db.Tx, organizationID, subjectID string) error {
	_, err := tx.Exec(ctx, `
		UPDATE links SET ended_at = $1, ended_because = $2 WHERE subject_id = $3 AND organization_id = $4 AND ended_at IS NULL`,
		tx.Now, string(LinkVoided), subjectID, organizationID)
	return err
}

// linkRetention is how long a dead link is told apart from one that never was.
const linkRetention = 30 * 24 * time.Hour

// PruneLinks forgets links 30 days after the end of their lifetime, whatever
// became of them; FindLink answers ErrLinkUnknown from then on.
func PruneLinks(ctx context.Context, d *db.DB) error {
	return d.Prune(ctx, db.Aged{Table: "links", Since: "expires_at"}, linkRetention)
}
