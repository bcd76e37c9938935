package client

import (
	"context"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// trialLimit is how far ahead a trial may end: further is a slip of the pen.
const trialLimit = 2 * 366 * 24 * time.Hour

// reminders are how long before the end of a trial its client's Administrators are told.
var reminders = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour}

// Refusals about trials.
var (
	ErrTrialEndMissing = fault.New(fault.Invalid, "client.trial_end_missing")
	ErrTrialEndPast    = fault.New(fault.Invalid, "client.trial_end_past")
	ErrTrialEndFar     = fault.New(fault.Invalid, "client.trial_end_far")
	// ErrNoTrial is the answer to an act on a trial that is over in another way:
	// the client was made active meanwhile.
	ErrNoTrial = fault.New(fault.Conflict, "client.no_trial")
)

const (
	actionTrialExtended audit.Action = "organization.trial_extended"
	actionTrialEnded    audit.Action = "organization.trial_ended"
	actionActivated     audit.Action = "organization.activated"
)

// ParseDay reads the last day of a trial, "2026-12-31", and returns the moment at
// which it ends: the last second of that day, UTC. Fault: ErrTrialEndMissing.
func ParseDay(typed string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(typed))
	if err != nil {
		return time.Time{}, ErrTrialEndMissing
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), nil
}

// checkTrial judges the last day of a trial that begins now.
func checkTrial(bad *person.Fields, now time.Time, typed string) TrialPeriod {
	end, err := ParseDay(typed)
	_ = bad.Collect("trial_ends", err) // ParseDay returns nothing but refusals
	switch {
	case err != nil:
	case !now.Before(end):
		bad.Add("trial_ends", ErrTrialEndPast)
	case end.Sub(now) > trialLimit:
		bad.Add("trial_ends", ErrTrialEndFar)
	}
	return TrialPeriod{StartedAt: now, EndsAt: end}
}

func (t TrialPeriod) store(ctx context.Context, tx *db.Tx, clientID string) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET trial_started_at = $2, trial_ends_at = $3, trial_due_at = $4 WHERE id = $1`,
		clientID, t.StartedAt, t.EndsAt, t.nextDue(tx.Now))
	return err
}

// nextDue is when the trial is looked at next: for the next reminder, or its end.
func (t TrialPeriod) nextDue(now time.Time) time.Time {
	for _, lead := range reminders {
		if at := t.EndsAt.Add(-lead); now.Before(at) {
			return at
		}
	}
	return t.EndsAt
}

// ExtendTrial gives a trial another last day. A client that the end of its trial
// has suspended gets in again; one that somebody has suspended stays so.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow; field
// trial_ends; ErrNoTrial.
func (s *Service) ExtendTrial(ctx context.Context, actor access.Actor, clientID, lastDay string) (c Client, err error) {
	return s.changeTrial(ctx, actor, clientID, func(tx *db.Tx, before Client) (trialChange, error) {
		var bad person.Fields
		trial := checkTrial(&bad, tx.Now, lastDay)
		trial.StartedAt = before.Trial.StartedAt
		if err := bad.Fault(); err != nil {
			return trialChange{}, err
		}
		return trialChange{actionTrialExtended, mail.KindTrialExtended, map[string]string{
			"trial_ends_from": spokenTime(before.Trial.EndsAt), "trial_ends_to": spokenTime(trial.EndsAt),
		}}, trial.store(ctx, tx, clientID)
	})
}

// Activate ends a trial by making the client active for good. A client that the
// end of its trial has suspended gets in again; one that somebody has suspended
// stays so.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow; ErrNoTrial.
func (s *Service) Activate(ctx context.Context, actor access.Actor, clientID string) (Client, error) {
	return s.changeTrial(ctx, actor, clientID, func(tx *db.Tx, before Client) (trialChange, error) {
		_, err := tx.Exec(ctx, `UPDATE organizations SET trial_started_at = NULL, trial_ends_at = NULL, trial_due_at = NULL WHERE id = $1`, clientID)
		return trialChange{actionActivated, mail.KindClientActivated, map[string]string{"trial_ends": spokenTime(before.Trial.EndsAt)}}, err
	})
}

// trialChange is how a change of a trial is told.
type trialChange struct {
	action  audit.Action
	letter  mail.Kind
	details map[string]string
}

// changeTrial is what every change of a trial has around it.
func (s *Service) changeTrial(ctx context.Context, actor access.Actor, clientID string, change func(*db.Tx, Client) (trialChange, error)) (c Client, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return Client{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		before, actor, err := subject(ctx, tx, actor, clientID)
		if err != nil {
			return err
		}
		if before.Trial == nil {
			return ErrNoTrial
		}
		told, err := change(tx, before)
		if err != nil {
			return err
		}
		if before.Suspension != nil && before.Suspension.Because == ByTrialEnd {
			if err := release(ctx, tx, clientID); err != nil {
				return err
			}
		}
		if c, err = find(ctx, tx, clientID); err != nil {
			return err
		}
		if c.Suspension == nil { // who is kept out all the same is told of nothing
			if err := s.tell(ctx, tx, actor, c, told.letter); err != nil {
				return err
			}
		}
		return record(ctx, tx, actor, c, told.action, told.details)
	})
	return c, err
}

// spokenTime writes a moment into the trail.
func spokenTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
