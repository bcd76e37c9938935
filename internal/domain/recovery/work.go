package recovery

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/job"
)

// Job does what is due. Any number of them, in any number of processes, may work
// on one database.
func (s *Service) Job() job.Job {
	return job.Job{Name: "recoveries cannot be worked off", Log: s.Log, Pause: lookEvery, Bell: s.bell, Work: s.Work}
}

// Work does what is due now: batches of letters, ends, invitations.
func (s *Service) Work(ctx context.Context) error {
	type open struct{ organizationID, recoveryID string }
	var all []open
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = db.Collect(ctx, tx, func(row db.Row) (o open, err error) {
			err = row.Scan(&o.organizationID, &o.recoveryID)
			return o, err
		},
			`SELECT organization_id, id FROM recoveries WHERE letters_over = $1 ORDER BY started_at, id`, false)
		return err
	})
	for _, o := range all { // trouble with one keeps no other waiting
		err = errors.Join(err, s.advance(ctx, o.organizationID, o.recoveryID))
	}
	return err
}

// advance takes one recovery as far as it goes now.
func (s *Service) advance(ctx context.Context, organizationID, recoveryID string) (err error) {
	settled := context.WithoutCancel(ctx) // a step that has begun is brought to its end
	for more := true; more && err == nil && ctx.Err() == nil; {
		err = s.DB.Write(settled, func(tx *db.Tx) (err error) {
			more, err = s.step(settled, tx, organizationID, recoveryID)
			return err
		})
	}
	return err
}

// step takes a recovery one step further, and reports whether there is more to do
// now. It is a transaction of its own: killed in the middle, or done by two
// processes at once, each step still happens once.
func (s *Service) step(ctx context.Context, tx *db.Tx, organizationID, recoveryID string) (more bool, err error) {
	if err := audit.Hold(ctx, tx, organizationID); err != nil {
		return false, err
	}
	r, err := find(ctx, tx, organizationID, recoveryID)
	if err != nil || r.letters.over {
		return false, err
	}
	if r.State == Waiting {
		if ended, err := s.decide(ctx, tx, &r); err != nil || ended {
			return ended, err
		}
	}
	switch l := r.letters; {
	case l.queued == nil:
		return true, s.queueLetters(ctx, tx, r)
	case r.State != Waiting:
		_, err = tx.Exec(ctx, `UPDATE recoveries SET letters_over = $3 WHERE organization_id = $1 AND id = $2`, organizationID, recoveryID, true)
		return false, err
	case l.toldAt == nil:
		return false, s.countDay(ctx, tx, r)
	case !tx.Now.Before(l.toldAt.Add(day)):
		_, err = tx.Exec(ctx, `UPDATE recoveries SET round = round + 1, round_began_at = $3, told_up_to = '', letter_at = $3, queued_at = NULL, told_at = NULL
			WHERE organization_id = $1 AND id = $2`, organizationID, recoveryID, tx.Now)
		return true, err
	}
	return false, nil
}

// decide ends a recovery that waits, if there is a reason to: the first one that
// stands against the invitation counts.
func (s *Service) decide(ctx context.Context, tx *db.Tx, r *Recovery) (ended bool, err error) {
	stands, err := standing(ctx, tx, *r)
	if err != nil {
		return false, err
	}
	if !stands {
		return true, s.endByItself(ctx, tx, r, Void, "", actionVoid)
	}
	name, err := administratorSince(ctx, tx, r.OrganizationID, r.StartedAt)
	switch {
	case err != nil:
		return false, err
	case name != "":
		return true, s.endByItself(ctx, tx, r, Returned, name, actionReturned)
	case !tx.Now.Before(r.LapsesAt):
		return true, s.endByItself(ctx, tx, r, Lapsed, "", actionLapsed)
	case r.ApprovedAt == nil || r.OpensAt == nil || tx.Now.Before(*r.OpensAt):
		return false, nil
	}
	return true, s.invite(ctx, tx, r)
}

// standing reports whether all is still there that a recovery stands on: an
// active client, and the right of both operators.
func standing(ctx context.Context, tx *db.Tx, r Recovery) (bool, error) {
	client, err := organization.Get(ctx, tx, r.OrganizationID)
	if err != nil || !client.Open(tx.Now) {
		return false, err
	}
	stands, err := stillOperator(ctx, tx, r.vendorID, r.StarterID)
	if err == nil && stands && r.ApproverID != "" {
		stands, err = stillOperator(ctx, tx, r.vendorID, r.ApproverID)
	}
	return stands, err
}

func (s *Service) endByItself(ctx context.Context, tx *db.Tx, r *Recovery, state State, by string, action audit.Action) error {
	if err := s.end(ctx, tx, r, state, by); err != nil {
		return err
	}
	event := audit.Event{OrganizationID: r.OrganizationID, Action: action, Target: r.target()}
	if by != "" {
		event.Details = map[string]string{"administrator": by}
	}
	return audit.Record(ctx, tx, access.Installation(access.Origin{}), event)
}

// invite sends the one invitation that all this is about. It is the
// installation's, as that of the first Administrator, so that it does not end
// with anybody at the vendor.
func (s *Service) invite(ctx context.Context, tx *db.Tx, r *Recovery) error {
	inviter := access.InstallationAt(r.OrganizationID)
	role, err := user.AdministratorRole(ctx, tx, r.OrganizationID)
	if err != nil {
		return err
	}
	invitee, err := s.Invitations.InviteWithin(ctx, tx, inviter, invitation.Draft{
		FirstName: r.FirstName, LastName: r.LastName, Email: r.Email, RoleID: role.ID,
	})
	if errors.Is(err, invitation.ErrEmailTaken) || fault.IsKind(err, fault.TooMany) { // of that mailbox, by somebody else's invitations
		return s.endByItself(ctx, tx, r, Void, "", actionVoid)
	}
	if err != nil {
		return err
	}
	if err := s.end(ctx, tx, r, Invited, ""); err != nil {
		return err
	}
	return audit.Record(ctx, tx, inviter, audit.Event{
		Action: actionInvited, Target: user.Target(invitee),
		Details: map[string]string{"email": r.Email, "asked_by": r.Starter, "approved_by": r.Approver},
	})
}
