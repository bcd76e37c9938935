package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// claim leases the letters that have been due the longest, or returns none when nothing is due.
func (d *Dispatcher) claim(ctx context.Context) ([]Letter, error) {
	d.claiming.Lock()
	defer d.claiming.Unlock()
	for {
		due, err := d.anyDue(ctx)
		if err != nil || !due {
			return nil, err
		}
		// Another process may get there first; then look again.
		letters, err := d.lease(ctx)
		if err != nil || len(letters) > 0 {
			return letters, err
		}
	}
}

// notHeld is true while letters may leave; see BeginEpoch.
const notHeld = `NOT EXISTS (SELECT 1 FROM mail_holds)`

// anyDue spares an idle lane the writing transaction.
func (d *Dispatcher) anyDue(ctx context.Context) (bool, error) {
	due := true
	err := d.db.Read(ctx, func(tx *db.Tx) error {
		var one int
		err := tx.QueryRow(ctx, `SELECT 1 FROM letters WHERE state = 'queued' AND due_at <= $1 AND `+notHeld+` LIMIT 1`, tx.Now).Scan(&one)
		if errors.Is(err, db.ErrNoRow) {
			due, err = false, nil
		}
		return err
	})
	return due, err
}

func (d *Dispatcher) lease(ctx context.Context) (letters []Letter, err error) {
	lease := id.New("lse")
	err = d.db.Write(ctx, func(tx *db.Tx) error {
		letters, err = db.Collect(ctx, tx, scanLetter, `UPDATE letters SET lease = $1, due_at = $2
			WHERE state = 'queued' AND due_at <= $3 AND `+notHeld+` AND id IN
				(SELECT id FROM letters WHERE state = 'queued' AND due_at <= $3 ORDER BY due_at, id LIMIT $4)
			RETURNING id, kind, organization_id, subject_id, address, language, data, message_id, attempts, created_at, give_up_at, letterhead`,
			lease, tx.Now.Add(leaseTime), tx.Now, claimSize)
		return err
	})
	for i := range letters {
		letters[i].lease, letters[i].Brand = lease, d.senders[letters[i].front].Letterhead.Brand
	}
	slices.SortFunc(letters, func(a, b Letter) int { return cmp.Compare(a.ID, b.ID) }) // the engines return them in any order
	return letters, err
}

func scanLetter(row db.Row) (Letter, error) {
	var l Letter
	var kind, data, front string
	if err := row.Scan(&l.ID, &kind, &l.OrganizationID, &l.SubjectID, &l.Address, &l.Language, &data,
		&l.messageID, &l.attempts, &l.CreatedAt, &l.giveUpAt, &front); err != nil {
		return l, err
	}
	l.Kind, l.front = Kind(kind), Front(front)
	return l, json.Unmarshal([]byte(data), &l.Data)
}

// renew makes the lease of one letter last for its hand-over, or finds it lost.
func renew(ctx context.Context, tx *db.Tx, l Letter) error {
	rows, err := tx.Exec(ctx, `UPDATE letters SET due_at = $3 WHERE id = $1 AND lease = $2 AND state = 'queued'`,
		l.ID, l.lease, tx.Now.Add(leaseTime))
	if err == nil && rows == 0 {
		err = errTaken
	}
	return err
}

// release gives letters back untouched.
func (d *Dispatcher) release(ctx context.Context, letters []Letter) error {
	if len(letters) == 0 {
		return nil
	}
	return d.db.Write(ctx, func(tx *db.Tx) error {
		for _, l := range letters {
			if _, err := tx.Exec(ctx, `UPDATE letters SET lease = '', due_at = $3 WHERE id = $1 AND lease = $2 AND state = 'queued'`,
				l.ID, l.lease, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
}
