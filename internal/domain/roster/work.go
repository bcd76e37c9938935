package roster

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/job"
)

const (
	// batchSize is how many rows one transaction invites: enough to share the cost
	// of a commit, and few enough that nobody else waits long for the trail.
	batchSize = 50
	// turn is how many batches of one import are sent before others that are due
	// get theirs: a small one does not wait for the end of a large one.
	turn = 10
	// leaseTime is how long an import belongs to the worker that claimed it, from
	// its last batch; another worker goes on after that.
	leaseTime = 10 * time.Second
	// idlePause is how long an idle worker waits before it looks again, for rests
	// and leases that end and for imports that other processes started.
	idlePause = 2 * time.Second
	// troublePause is how long a worker waits after the database failed it.
	troublePause = 5 * time.Second
	// dailyLimit is how many people an organization imports in any 24 hours.
	dailyLimit = 10_000
	// letterPause is between two letters of an import, so that a reset link that
	// somebody waits for does not stand behind ten thousand invitations.
	letterPause = 100 * time.Millisecond
)

// ErrTooOften says that an address was invited, and the invitation withdrawn, too
// often within a day.
var ErrTooOften = fault.New(fault.TooMany, "roster.too_often")

// Job sends what is due. Any number of them, in any number of processes, may work
// on one database.
func (s *Service) Job() job.Job {
	return job.Job{
		Name: "imports cannot be worked off", Log: s.Log, Pause: idlePause, TroublePause: troublePause, Bell: s.bell,
		Work: func(ctx context.Context) error {
			_, err := s.SendDue(ctx)
			return err
		},
	}
}

// SendDue works until no import is due, and returns how many rows it dealt with.
func (s *Service) SendDue(ctx context.Context) (rows int, err error) {
	for ctx.Err() == nil {
		c, err := s.claim(ctx)
		if err != nil && ctx.Err() != nil {
			break // the look at what is due was cut off
		}
		if err != nil || c == nil {
			return rows, err
		}
		done, err := s.work(ctx, *c)
		rows += done
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// claimed is an import that belongs to this worker while the lease is in its row.
type claimed struct{ organizationID, importID, lease string }

const due = `state = 'sending' AND due_at <= $1`

// claim leases the import that has been due the longest; nil when none is.
func (s *Service) claim(ctx context.Context) (c *claimed, err error) {
	var next claimed
	scan := func(row db.Row) error { return row.Scan(&next.organizationID, &next.importID) }
	err = s.DB.Read(ctx, func(tx *db.Tx) error { // spares an idle worker the writing transaction
		return scan(tx.QueryRow(ctx, `SELECT organization_id, id FROM imports WHERE `+due+` ORDER BY due_at, id LIMIT 1`, tx.Now))
	})
	if err == nil {
		next.lease = id.New("lse")
		ctx := context.WithoutCancel(ctx) // a lease that was written is given back, not forgotten
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			return scan(tx.QueryRow(ctx, `UPDATE imports SET lease = $2, due_at = $3
				WHERE `+due+` AND organization_id = $4 AND id = $5 RETURNING organization_id, id`,
				tx.Now, next.lease, tx.Now.Add(leaseTime), next.organizationID, next.importID))
		})
	}
	if errors.Is(err, db.ErrNoRow) {
		return nil, nil // nothing is due, or another worker was quicker
	}
	return &next, err
}

// errTaken means that the lease is lost: the import was paused or ended, or
// another worker has it.
var errTaken = errors.New("roster: the import is no longer ours")

// work sends one batch after the other until the import ends or rests, its turn
// is over or the context ends; then it gives the import back for whoever is next.
func (s *Service) work(ctx context.Context, c claimed) (rows int, err error) {
	settled := context.WithoutCancel(ctx) // what has begun is brought to its end
	for batches, more := 0, true; more; batches++ {
		if ctx.Err() != nil || batches == turn {
			return rows, s.release(settled, c)
		}
		var done int
		err := s.DB.Write(settled, func(tx *db.Tx) (err error) {
			done, more, err = s.batch(settled, tx, c)
			return err
		})
		switch {
		case errors.Is(err, errTaken):
			return rows, nil
		case db.ConflictOn(err, "users.organization_id", "users.email_key"):
			continue // somebody invited one of them by hand at this moment: look again
		case err != nil:
			return rows, err
		}
		rows += done
	}
	return rows, nil
}

func (s *Service) release(ctx context.Context, c claimed) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE imports SET lease = '', due_at = $4 WHERE organization_id = $1 AND id = $2 AND lease = $3`,
			c.organizationID, c.importID, c.lease, tx.Now)
		return err
	})
}

// batch invites the next rows, with their letters and audit events and the note
// of what became of each, in one transaction. It reports whether there is more
// to do now. Error: errTaken.
func (s *Service) batch(ctx context.Context, tx *db.Tx, c claimed) (done int, more bool, err error) {
	i, err := c.hold(ctx, tx)
	if err != nil {
		return 0, false, err
	}
	importer, lost, err := i.importer(ctx, tx)
	if err != nil {
		return 0, false, err
	}
	if lost != "" {
		return 0, false, i.endByItself(ctx, tx, Stopped, lost)
	}
	room, until, err := i.roomToday(ctx, tx)
	if err != nil {
		return 0, false, err
	}
	if room == 0 {
		return 0, false, i.rest(ctx, tx, until)
	}
	rows, err := i.rows(ctx, tx, Waiting, min(batchSize, room))
	if err != nil {
		return 0, false, err
	}
	for _, row := range rows {
		if err := s.invite(ctx, tx, importer, &i, row); err != nil {
			return 0, false, err
		}
	}
	return len(rows), i.Invited+i.Failed < i.ToInvite, i.advance(ctx, tx, importer)
}

// hold takes the import for the transaction and makes its lease last for the
// next one. Acts on it, and on its importer, wait. Error: errTaken.
func (c claimed) hold(ctx context.Context, tx *db.Tx) (Import, error) {
	if err := audit.Hold(ctx, tx, c.organizationID); err != nil {
		return Import{}, err
	}
	held, err := tx.Exec(ctx, `UPDATE imports SET due_at = $4, rests_until = NULL WHERE organization_id = $1 AND id = $2 AND lease = $3 AND state = 'sending'`,
		c.organizationID, c.importID, c.lease, tx.Now.Add(leaseTime))
	if err == nil && held == 0 {
		err = errTaken
	}
	if err != nil {
		return Import{}, err
	}
	return find(ctx, tx, c.organizationID, c.importID)
}

// rest gives the import back until there is room for more.
func (i Import) rest(ctx context.Context, tx *db.Tx, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET lease = '', due_at = $3, rests_until = $3 WHERE organization_id = $1 AND id = $2`,
		i.OrganizationID, i.ID, until)
	return err
}

// importer is the actor of the invitations with what they hold now; lost says how
// they lost the right to send them.
func (i Import) importer(ctx context.Context, tx *db.Tx) (actor access.Actor, lost Cause, err error) {
	u, err := user.Find(ctx, tx, i.OrganizationID, i.ImporterID)
	if errors.Is(err, user.ErrNotFound) {
		return access.Actor{}, ImporterDeleted, nil
	}
	if err != nil {
		return access.Actor{}, "", err
	}
	o, err := organization.Get(ctx, tx, i.OrganizationID)
	if err != nil {
		return access.Actor{}, "", err
	}
	actor = access.Actor{
		Kind: access.KindUser, OrganizationID: i.OrganizationID, UserID: u.ID, AccountID: u.AccountID, Name: u.Name(),
		Permissions: u.Permissions, Origin: i.origin,
	}
	switch {
	case !o.Open(tx.Now):
		lost = OrganizationSuspended
	case u.Status != user.Active:
		lost = ImporterSuspended
	case !actor.Permissions.Has(access.UsersInvite):
		lost = ImporterDemoted
	}
	return actor, lost, nil
}

// roomToday is how many people the organization may still import now, and from
// when on there is room again.
func (i Import) roomToday(ctx context.Context, tx *db.Tx) (room int, until time.Time, err error) {
	day := tx.Now.Add(-24 * time.Hour)
	var today int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM import_rows WHERE organization_id = $1 AND invited_at > $2`, i.OrganizationID, day).Scan(&today)
	if err != nil || today < dailyLimit {
		return dailyLimit - today, time.Time{}, err
	}
	err = tx.QueryRow(ctx, `SELECT invited_at FROM import_rows WHERE organization_id = $1 AND invited_at > $2 ORDER BY invited_at LIMIT 1`,
		i.OrganizationID, day).Scan(&until)
	return 0, until.Add(24 * time.Hour), err
}

// invite invites one row, or notes why that cannot be done after all.
func (s *Service) invite(ctx context.Context, tx *db.Tx, importer access.Actor, i *Import, row Row) error {
	at := i.letterAt.Add(letterPause)
	if at.Before(tx.Now) {
		at = tx.Now
	}
	u, err := s.Invitations.InviteWithin(ctx, tx, importer, invitation.Draft{
		FirstName: row.FirstName, LastName: row.LastName, Email: row.Email, RoleID: row.roleID, NotBefore: at,
	})
	if err == nil {
		i.Invited, i.letterAt = i.Invited+1, at
		_, err = tx.Exec(ctx, `UPDATE import_rows SET outcome = 'invited', user_id = $4, invited_at = $5 WHERE organization_id = $1 AND import_id = $2 AND position = $3`,
			i.OrganizationID, i.ID, row.position, u.ID, tx.Now)
		return err
	}
	reasons := reasonsOf(err)
	if len(reasons) == 0 {
		return err
	}
	faults, err := json.Marshal(reasons)
	if err != nil {
		return err
	}
	i.Failed++
	_, err = tx.Exec(ctx, `UPDATE import_rows SET outcome = 'failed', faults = $4 WHERE organization_id = $1 AND import_id = $2 AND position = $3`,
		i.OrganizationID, i.ID, row.position, string(faults))
	return err
}

// reasonsOf is why a row cannot be invited; empty for an error that says nothing
// about the row.
func reasonsOf(err error) []fault.Field {
	refusal, ok := fault.Of(err)
	switch {
	case errors.Is(err, invitation.ErrEmailTaken):
		return []fault.Field{refusal.At("email")}
	case ok && refusal.Kind == fault.TooMany:
		return []fault.Field{ErrTooOften.At("email")}
	case ok && refusal.Kind == fault.Invalid:
		return refusal.Fields
	}
	return nil
}

// advance writes how far the import has come, and ends it after its last row.
func (i Import) advance(ctx context.Context, tx *db.Tx, importer access.Actor) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET invited = $3, failed = $4, letter_at = $5 WHERE organization_id = $1 AND id = $2`,
		i.OrganizationID, i.ID, i.Invited, i.Failed, i.letterAt)
	if err != nil || i.Invited+i.Failed < i.ToInvite {
		return err
	}
	if err := i.end(ctx, tx, Finished, ""); err != nil {
		return err
	}
	return i.note(ctx, tx, importer, actionFinished, i.progress())
}
