package recovery

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Objection is what the link of a letter shows to a user of the organization.
type Objection struct {
	Recovery
	Organization string // name
	User         user.User
}

// OpenObjection reads what a link to object is about, also after the end of the
// recovery. Looking changes nothing. Faults: credential.ErrLink….
func (s *Service) OpenObjection(ctx context.Context, token string) (o Objection, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, organization.Client, linkObjection, token)
		if err != nil {
			return err
		}
		o, err = objectionOf(ctx, tx, link)
		if err == nil && o.State == Waiting {
			err = link.Err()
		}
		return err
	})
	return o, err
}

// objectionOf reads the recovery of a link, and whose link it is. Somebody who is
// no user any more has no say. Faults: credential.ErrLinkExpired, credential.ErrLinkVoided.
func objectionOf(ctx context.Context, tx *db.Tx, link credential.Link) (Objection, error) {
	r, err := find(ctx, tx, link.OrganizationID, link.SubjectID)
	if err != nil {
		return Objection{}, err
	}
	letter, err := mail.Find(ctx, tx, link.LetterID)
	if errors.Is(err, db.ErrNoRow) {
		return Objection{}, credential.ErrLinkExpired
	}
	if err != nil {
		return Objection{}, err
	}
	u, err := user.Find(ctx, tx, link.OrganizationID, letter.Data[keptUser])
	if errors.Is(err, user.ErrNotFound) {
		return Objection{}, credential.ErrLinkVoided
	}
	if err != nil {
		return Objection{}, err
	}
	o, err := organization.Get(ctx, tx, link.OrganizationID)
	return Objection{Recovery: r, Organization: o.Name, User: u}, err
}

// Object is one user's no, by the link in any of their letters, which ends the
// recovery at once. It needs no log-in, because whoever lost theirs has a say too.
// Faults: credential.ErrLink…, ErrOver.
func (s *Service) Object(ctx context.Context, token string, origin access.Origin) (o Objection, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, organization.Client, linkObjection, token)
		if err != nil {
			return err
		}
		if err := audit.Hold(ctx, tx, link.OrganizationID); err != nil {
			return err
		}
		if o, err = objectionOf(ctx, tx, link); err != nil {
			return err
		}
		if o.State != Waiting {
			return ErrOver
		}
		if _, err := credential.UseLink(ctx, tx, organization.Client, linkObjection, token); err != nil {
			return err
		}
		if err := s.end(ctx, tx, &o.Recovery, Objected, o.User.Name()); err != nil {
			return err
		}
		objector := access.Visitor(origin)
		objector.UserID, objector.Name = o.User.ID, o.User.Name()
		return audit.Record(ctx, tx, objector, audit.Event{OrganizationID: o.OrganizationID, Action: actionObjected, Target: o.target()})
	})
	return o, err
}
