package main

import (
	"context"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

type orgRecover struct {
	ID        string `arg:"" help:"Id of the organization, from idkit org list."`
	As        string `required:"" help:"Email address of the operator who starts it. Another operator has to approve it."`
	FirstName string `required:"" help:"First name of the Administrator to invite."`
	LastName  string `help:"Last name; leave out where the person has one name."`
	Email     string `required:"" help:"Email address of the Administrator to invite."`
	Reason    string `required:"" help:"Why. All users of the organization read it."`
}

func (o orgRecover) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		r, err := a.Recoveries().StartByCommand(ctx, o.As, recovery.Draft{
			OrganizationID: o.ID, FirstName: o.FirstName, LastName: o.LastName, Email: o.Email, Reason: o.Reason,
		})
		if fault.IsKind(err, fault.NotFound) {
			return fmt.Errorf("there is no organization %s; see idkit org list", o.ID)
		}
		if err != nil {
			return spoken(err)
		}
		catalogue, err := language.Load()
		if err != nil {
			return err
		}
		say := catalogue.Speaker()
		fmt.Fprintf(e.stdout, "%s  started by %s\n", r.ID, r.Starter)
		fmt.Fprintf(e.stdout, "All users are written to, and any of them can object. Another operator approves it in the console, until %s.\n", say.Moment(r.LapsesAt))
		fmt.Fprintf(e.stdout, "%s <%s> is invited on %s at the earliest.\n", r.Invitee(), r.Email, say.Moment(r.Earliest()))
		return nil
	})
}
