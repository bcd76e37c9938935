package signin

import (
	"cmp"
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// linkDisown is the link of the letter about a new device.
const linkDisown credential.LinkPurpose = "disown_session"

// DisownLifetime is how long "This was not me" works, from the hand-over of its letter.
const DisownLifetime = 7 * 24 * time.Hour

// Disowned is the session that somebody says was not theirs.
type Disowned struct {
	Email   string // of the account, for the eyes of whoever reads the mailbox: masked unless it is that one
	Session session.Listed
	login   account.Login
}

// LookAtDisown reads what a link of "This was not me" is about. It changes
// nothing. Faults: credential.ErrLink….
func (s *Service) LookAtDisown(ctx context.Context, token string) (d Disowned, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkDisown, token)
		if err != nil {
			return err
		}
		if err := link.Err(); err != nil {
			return err
		}
		d, err = disowned(ctx, tx, link)
		return err
	})
	return d, err
}

// Disown ends the session of the letter and every half log-in of its account.
// The password is as known to a stranger as before, so its owner is sent a link
// for a new one. It needs no log-in, and gives nobody anything.
// Faults: credential.ErrLink….
func (s *Service) Disown(ctx context.Context, token string, origin access.Origin) (d Disowned, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkDisown, token)
		if err := cmp.Or(err, link.Err()); err != nil {
			return err
		}
		if d, err = disowned(ctx, tx, link); err != nil {
			return err
		}
		if err := account.HoldTrails(ctx, tx, d.login.AccountID, d.Session.OrganizationID); err != nil {
			return err
		}
		if _, err := credential.UseLink(ctx, tx, s.Kind, linkDisown, token); err != nil {
			return err
		}
		if err := s.Accounts.SendReset(ctx, tx, d.login); err != nil {
			return err
		}
		if err := session.EndHalves(ctx, tx, d.Session.AccountID); err != nil {
			return err
		}
		if err := session.End(ctx, tx, d.Session.ID, session.Disowned); err != nil {
			return err
		}
		members, err := account.MembersOf(ctx, tx, d.login.AccountID)
		if err != nil {
			return err
		}
		if err := recordEverywhere(ctx, tx, members, actionResetRequested, origin); err != nil {
			return err
		}
		return audit.Record(ctx, tx, access.Visitor(origin), audit.Event{
			OrganizationID: d.Session.OrganizationID, Action: actionDisowned,
			Target:  audit.Target{Kind: "user", ID: d.Session.UserID, Name: d.Session.UserName},
			Details: map[string]string{"session": d.Session.ID},
		})
	})
	return d, err
}

// disowned reads the session of a link; one whose row is gone is long over.
func disowned(ctx context.Context, tx *db.Tx, link credential.Link) (Disowned, error) {
	listed, err := session.Find(ctx, tx, link.SubjectID)
	if errors.Is(err, db.ErrNoRow) {
		return Disowned{}, credential.ErrLinkExpired
	}
	if err != nil {
		return Disowned{}, err
	}
	login, err := account.GetLogin(ctx, tx, listed.AccountID)
	d := Disowned{Email: login.Email, Session: listed, login: login}
	if link.Address != login.Email { // the address was changed since
		d.Email = person.Masked(login.Email)
	}
	return d, err
}
