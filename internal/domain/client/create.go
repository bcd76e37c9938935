package client

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// Draft is what a new client is filled in with.
type Draft struct {
	Details
	OnTrial   bool
	TrialEnds string // its last day as ParseDay reads it, where it is on trial
	FirstName string // of the first Administrator
	LastName  string // may be empty
	Email     string
	PrintLink bool // return the link of the invitation as well; for the command line alone
}

// Created is a new client with its first Administrator, who is invited.
type Created struct {
	Client Client
	First  user.User
	Link   invitation.Link // with PrintLink
}

// Create makes a client and invites its first Administrator.
//
// Faults: access.ErrForbidden; those of session.Recheck; fields organization,
// country, category, trial_ends, first_name, last_name, email.
func (s *Service) Create(ctx context.Context, actor access.Actor, n Draft) (made Created, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return Created{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := begin(ctx, tx, actor)
		if err != nil {
			return err
		}
		made, err = s.create(ctx, tx, actor, n)
		return err
	})
	return made, err
}

func (s *Service) create(ctx context.Context, tx *db.Tx, actor access.Actor, n Draft) (made Created, err error) {
	drawn, trial, err := n.check(tx.Now, actor)
	if err != nil {
		return Created{}, err
	}
	o, first, err := s.Invitations.Found(ctx, tx, actor.Name, n.Name, n.first())
	if err != nil {
		return Created{}, err
	}
	made.First = first
	if err := drawn.store(ctx, tx, o.ID); err != nil {
		return Created{}, err
	}
	if trial != nil {
		if err := trial.store(ctx, tx, o.ID); err != nil {
			return Created{}, err
		}
	}
	if n.PrintLink && actor.Kind == access.KindInstallation {
		if made.Link, err = s.Invitations.HandOverFirst(ctx, tx, first); err != nil {
			return Created{}, err
		}
	}
	if made.Client, err = find(ctx, tx, o.ID); err != nil {
		return Created{}, err
	}
	event := invitation.Founding(o, first)
	drawn.tell(event.Details)
	if trial != nil {
		event.Details["trial_ends"] = spokenTime(trial.EndsAt)
	}
	return made, record(ctx, tx, actor, made.Client, event.Action, event.Details)
}

// check looks at every field, those of the first Administrator included, so that
// the form can show all mistakes at once.
func (n Draft) check(now time.Time, actor access.Actor) (Details, *TrialPeriod, error) {
	var bad person.Fields
	drawn := n.Details.check(&bad, actor)
	n.first().Check(&bad)
	if !n.OnTrial {
		return drawn, nil, bad.Fault()
	}
	trial := checkTrial(&bad, now, n.TrialEnds)
	return drawn, &trial, bad.Fault()
}

func (n Draft) first() invitation.FirstAdministrator {
	return invitation.FirstAdministrator{FirstName: n.FirstName, LastName: n.LastName, Email: n.Email}
}
