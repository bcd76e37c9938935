package settings

import (
	"context"
	"errors"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

const actionAuditHeadChanged audit.Action = "settings.audit_head_changed"

// headPause is how far apart the mailed heads of a trail are.
const headPause = 24 * time.Hour

// headAddresses bounds how often another address is chosen: each is written to at once.
var headAddresses = throttle.Rule{Short: throttle.Window{Max: 10, Length: time.Hour}}

// AuditHead is where the head of the trail is mailed.
type AuditHead struct {
	Address string         // empty for nowhere
	Next    time.Time      // when the next one leaves
	Last    *mail.Delivery // what became of the last one, nil when there is none
}

// AuditHead returns where the head of the trail of the actor's organization is
// mailed every day. Fault: access.ErrForbidden.
func (s *Service) AuditHead(ctx context.Context, actor access.Actor) (h AuditHead, err error) {
	if err := actor.Require(access.SettingsView); err != nil {
		return AuditHead{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		var next *time.Time
		if err := tx.QueryRow(ctx, `SELECT audit_head_address, audit_head_due_at FROM organizations WHERE id = $1`, actor.OrganizationID).
			Scan(&h.Address, &next); err != nil {
			return err
		}
		if next != nil {
			h.Next = *next
		}
		if h.Address == "" {
			return nil
		}
		last, err := s.Outbox.Latest(ctx, tx, mail.KindAuditHead, actor.OrganizationID)
		if errors.Is(err, db.ErrNoRow) {
			return nil
		}
		h.Last = &last
		return err
	})
	return h, err
}

// SendAuditHead lets the head of the trail be mailed to that address every day,
// the first one at once: whoever gets it sees that the address is right. The
// empty address ends it. The address before it is told, so that nobody takes the
// witness away in silence. It needs a fresh proof.
//
// Faults: profile.ErrConfirmFirst; those of session.Authorize; field address;
// throttled; ErrUnchanged.
func (s *Service) SendAuditHead(ctx context.Context, current session.Current, address string) error {
	var to string
	if typed := strings.TrimSpace(address); typed != "" {
		email, err := person.ParseEmail(typed)
		if f, ok := fault.Of(err); ok {
			return fault.InvalidFields(f.At("address"))
		}
		to = email.Address
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if !profile.Fresh(current, tx.Now) {
			return profile.ErrConfirmFirst
		}
		actor, err := session.Authorize(ctx, tx, current.Actor, access.SettingsEdit)
		if err != nil {
			return err
		}
		var before, language string
		if err := tx.QueryRow(ctx, `SELECT audit_head_address, audit_head_language FROM organizations WHERE id = $1`, actor.OrganizationID).
			Scan(&before, &language); err != nil {
			return err
		}
		if before == to {
			return ErrUnchanged
		}
		if _, err := throttle.Count(ctx, tx, throttle.Claim{Key: "audit head:" + actor.OrganizationID, Rule: headAddresses}); err != nil {
			return err
		}
		if err := s.sendHead(ctx, tx, actor.OrganizationID, to, current.Language); err != nil {
			return err
		}
		if err := s.tellFormer(ctx, tx, former{current, before, language, to}); err != nil {
			return err
		}
		about, err := target(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		details := map[string]string{}
		noteChange(details, "audit_head_address", before, to)
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionAuditHeadChanged, Target: about, Details: details})
	})
}

// sendHead stores the address and, if there is one, sends the first head to it.
func (s *Service) sendHead(ctx context.Context, tx *db.Tx, organizationID, to, language string) error {
	var due *time.Time
	if next := tx.Now.Add(headPause); to != "" {
		due = &next
	}
	_, err := tx.Exec(ctx, `UPDATE organizations SET audit_head_address = $2, audit_head_language = $3, audit_head_due_at = $4 WHERE id = $1`,
		organizationID, to, language, due)
	if err != nil || to == "" {
		return err
	}
	return s.enqueueHead(ctx, tx, organizationID, to, language)
}

// former is an address to which the head was mailed until now.
type former struct {
	current           session.Current // who changed it
	address, language string
	to                string // where the head goes now, empty for nowhere
}

// tellFormer writes to whoever got the head until now, if somebody did.
func (s *Service) tellFormer(ctx context.Context, tx *db.Tx, f former) error {
	if f.address == "" {
		return nil
	}
	n := notice.ToOwner(f.current, mail.KindAuditHeadMoved)
	if f.to == "" {
		n.Kind = mail.KindAuditHeadEnded
	}
	n.SubjectID, n.Address, n.Language, n.FirstName, n.NewAddress = n.OrganizationID, f.address, f.language, "", f.to
	return s.Notices.Enqueue(ctx, tx, n)
}

func (s *Service) enqueueHead(ctx context.Context, tx *db.Tx, organizationID, to, language string) error {
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindAuditHead, OrganizationID: organizationID, SubjectID: organizationID, Address: to, Language: language,
	})
	return err
}

// MailHeads sends the heads that are due and returns how many. Each organization's
// leaves once a day, however many nodes ask; days that were missed are not made up.
func (s *Service) MailHeads(ctx context.Context) (sent int, err error) {
	type due struct {
		organizationID, to, language string
		at                           time.Time
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		sent = 0
		all, err := db.Collect(ctx, tx, func(row db.Row) (d due, err error) {
			err = row.Scan(&d.organizationID, &d.to, &d.language, &d.at)
			return d, err
		}, `SELECT id, audit_head_address, audit_head_language, audit_head_due_at FROM organizations WHERE audit_head_due_at <= $1 ORDER BY id LIMIT 500`, tx.Now)
		if err != nil {
			return err
		}
		for _, d := range all {
			missed := tx.Now.Sub(d.at) / headPause
			mine, err := tx.Exec(ctx, `UPDATE organizations SET audit_head_due_at = $3 WHERE id = $1 AND audit_head_due_at = $2`,
				d.organizationID, d.at, d.at.Add((missed+1)*headPause))
			if err != nil {
				return err
			}
			if mine == 0 {
				continue
			}
			if err := s.enqueueHead(ctx, tx, d.organizationID, d.to, d.language); err != nil {
				return err
			}
			sent++
		}
		return nil
	})
	return sent, err
}
