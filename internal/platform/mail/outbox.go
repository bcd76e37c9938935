package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/job"
)

// Budget is how long the delivery of a letter is tried. A letter older than
// that, because mail was not set up, still gets one attempt.
const Budget = 72 * time.Hour

// Front is whose people a letter is for. It decides under which letterhead the
// letter leaves, and where its link leads.
type Front string

// The fronts of an installation.
const (
	ToClients Front = "client" // people of client organizations, at the portal
	ToVendor  Front = "vendor" // operators, at their console
)

// OutboxOptions say where the letters lead and how they leave.
type OutboxOptions struct {
	BaseURL   string    // its host is the right-hand side of every Message-ID
	Deliverer Deliverer // nil: mail is not set up, letters wait
}

// Outbox is the queue of letters. It is safe for concurrent use.
type Outbox struct {
	front     Front
	domain    string
	deliverer Deliverer
	bell      job.Bell // of the lanes of this process; other processes look by themselves
}

// NewOutbox returns the queue, for letters to clients. The base URL must be a
// valid one; package config sees to it.
func NewOutbox(o OutboxOptions) *Outbox {
	return &Outbox{front: ToClients, domain: domainOf(o.BaseURL), deliverer: o.Deliverer, bell: job.NewBell(lanes)}
}

// To is the same queue, for the letters of another front.
func (o *Outbox) To(front Front, baseURL string) *Outbox {
	return &Outbox{front: front, domain: domainOf(baseURL), deliverer: o.deliverer, bell: o.bell}
}

func domainOf(baseURL string) string {
	domain := "localhost"
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		domain = u.Hostname()
	}
	if net.ParseIP(domain) != nil {
		domain = "[" + domain + "]"
	}
	return domain
}

// Ready reports whether mail is set up. Letters wait while it is not.
func (o *Outbox) Ready() bool { return o.deliverer != nil }

// Server names where letters go, such as "smtp.example.com:587"; empty when mail is not set up.
func (o *Outbox) Server() string {
	if o.deliverer == nil {
		return ""
	}
	return o.deliverer.Server()
}

// NewLetter describes a letter to send.
type NewLetter struct {
	Kind           Kind
	OrganizationID string            // may be empty
	SubjectID      string            // what it is about: a user, an account, a session
	Address        string            // the one recipient, without a name
	Language       string            // of the recipient; the default language where empty
	Data           map[string]string // for the composer; no secrets
	NotBefore      time.Time         // when it may leave; at once where zero
}

// Enqueue puts a letter into the outbox as part of a transaction and wakes the
// dispatcher once it has committed.
func (o *Outbox) Enqueue(ctx context.Context, tx *db.Tx, n NewLetter) (letterID string, err error) {
	if err := checkAddress(n.Address); err != nil {
		return "", err
	}
	data, err := json.Marshal(n.Data)
	if err != nil {
		return "", err
	}
	letterID = id.New("ltr")
	due := tx.Now
	if n.NotBefore.After(due) {
		due = n.NotBefore
	}
	_, err = tx.Exec(ctx, `INSERT INTO letters (id, organization_id, kind, subject_id, address, language, data, message_id,
			state, attempts, created_at, due_at, give_up_at, lease, reply, letterhead)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, $9, $10, $11, '', '', $12)`,
		letterID, n.OrganizationID, string(n.Kind), n.SubjectID, n.Address, n.Language, string(data),
		"<"+letterID+"@"+o.domain+">", tx.Now, due, due.Add(Budget), string(o.front))
	if err != nil {
		return "", err
	}
	tx.AfterCommit(o.bell.Ring)
	return letterID, nil
}

// checkAddress refuses whatever is not exactly one address as it will stand on the envelope.
func checkAddress(address string) error {
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Address != address || clean(address, len(address)) != address {
		return fmt.Errorf("mail: %q is not one plain address", address)
	}
	return nil
}

// Find returns a letter, whatever has become of it. Fault: db.ErrNoRow.
func Find(ctx context.Context, tx *db.Tx, letterID string) (Letter, error) {
	return scanLetter(tx.QueryRow(ctx, `SELECT id, kind, organization_id, subject_id, address, language, data, message_id, attempts, created_at, give_up_at, letterhead
		FROM letters WHERE id = $1`, letterID))
}

// Withdraw takes a letter back that has not been sent yet. One that is just
// being handed over may still arrive: end the link it carries too.
func (o *Outbox) Withdraw(ctx context.Context, tx *db.Tx, letterID string) error {
	_, err := tx.Exec(ctx, `UPDATE letters SET state = 'withdrawn', ended_at = $2, lease = '' WHERE id = $1 AND state = 'queued'`,
		letterID, tx.Now)
	return err
}
