package client

import (
	"context"
	"time"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

// Standing is how a client stands, and the tab of the list that it is in.
type Standing string

// A client on trial is active as well, until the end of it.
const (
	Active    Standing = "active"
	Trial     Standing = "trial"
	Suspended Standing = "suspended"
)

// Cause is why a client is suspended.
type Cause string

// The causes.
const (
	ByVendor   Cause = "vendor" // an operator or the command line did it
	ByTrialEnd Cause = "trial"
)

// Suspension is when, why and by whom a client was suspended.
type Suspension struct {
	At      time.Time
	Because Cause
	By      string // empty where the program did it by itself, or nobody knows any more
	Reason  string // may be empty
}

// TrialPeriod is the time in which a client tries the product out.
type TrialPeriod struct {
	StartedAt time.Time
	EndsAt    time.Time
}

// Client is a client organization as the vendor sees it.
type Client struct {
	ID           string
	Name         string
	Country      string // ISO 3166; may be empty
	Category     string // may be empty
	CreatedAt    time.Time
	LastActiveAt *time.Time   // of any of its users, up to an hour behind; nil: nobody ever was
	Trial        *TrialPeriod // nil where it is not on trial
	Suspension   *Suspension  // nil while its people get in
	nameKey      string
	dueAt        *time.Time // when its trial is looked at next
}

// Standing is how the client stands.
func (c Client) Standing() Standing {
	switch {
	case c.Suspension != nil:
		return Suspended
	case c.Trial != nil:
		return Trial
	}
	return Active
}

// trialOver reports whether there was a trial that has ended.
func (c Client) trialOver(now time.Time) bool { return c.Trial != nil && !now.Before(c.Trial.EndsAt) }

func (c Client) target() audit.Target {
	return audit.Target{Kind: "organization", ID: c.ID, Name: c.Name}
}

const columns = `SELECT o.id, o.name, o.name_key, o.country, o.category, o.created_at, o.last_active_at, o.status,
	o.trial_started_at, o.trial_ends_at, o.trial_due_at, o.suspended_at, o.suspended_because, o.suspended_by, o.suspended_reason
	FROM organizations o WHERE o.kind = 'client'`

// scanAt reads a client as it stands at a moment: one whose trial is over is
// suspended, also before anybody has written that down.
func scanAt(now time.Time) func(db.Row) (Client, error) {
	return func(row db.Row) (c Client, err error) {
		var status organization.Status
		var startedAt, endsAt, suspendedAt *time.Time
		var because *Cause
		var by, reason *string
		err = row.Scan(&c.ID, &c.Name, &c.nameKey, &c.Country, &c.Category, &c.CreatedAt, &c.LastActiveAt, &status,
			&startedAt, &endsAt, &c.dueAt, &suspendedAt, &because, &by, &reason)
		if err != nil {
			return Client{}, err
		}
		if startedAt != nil && endsAt != nil {
			c.Trial = &TrialPeriod{StartedAt: *startedAt, EndsAt: *endsAt}
		}
		switch {
		case suspendedAt != nil && because != nil && by != nil && reason != nil:
			c.Suspension = &Suspension{At: *suspendedAt, Because: *because, By: *by, Reason: *reason}
		case c.trialOver(now):
			c.Suspension = &Suspension{At: *endsAt, Because: ByTrialEnd}
		}
		return c, nil
	}
}

// find returns a client. Fault: db.ErrNoRow, also for the vendor.
func find(ctx context.Context, tx *db.Tx, clientID string) (Client, error) {
	return scanAt(tx.Now)(tx.QueryRow(ctx, columns+` AND o.id = $1`, clientID))
}

// suspend writes a suspension down and reports whether that was a change.
func suspend(ctx context.Context, tx *db.Tx, clientID string, s Suspension) (bool, error) {
	changed, err := tx.Exec(ctx, `UPDATE organizations SET status = 'suspended', suspended_at = $2, suspended_because = $3, suspended_by = $4, suspended_reason = $5
		WHERE id = $1 AND status = 'active'`, clientID, s.At, string(s.Because), s.By, s.Reason)
	return changed == 1, err
}

// release ends a suspension.
func release(ctx context.Context, tx *db.Tx, clientID string) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET status = 'active', suspended_at = NULL, suspended_because = NULL, suspended_by = NULL, suspended_reason = NULL
		WHERE id = $1`, clientID)
	return err
}
