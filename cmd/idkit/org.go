package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"idkit/internal/app"
	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

type orgCreate struct {
	Name      string `required:"" help:"Name of the organization."`
	Country   string `help:"Its country, as two letters such as AU."`
	Category  string `help:"What kind of client it is, in a word of your own."`
	TrialEnds string `placeholder:"2026-12-31" help:"Last day of its trial, UTC; leave out where it is active without an end."`
	FirstName string `required:"" help:"First name of its first Administrator."`
	LastName  string `help:"Last name; leave out where the person has one name."`
	Email     string `required:"" help:"Email address of its first Administrator."`
	PrintLink bool   `help:"Print the invitation link as well as mailing it."`
}

// host is who acts on the command line.
var host = access.Installation(access.Origin{})

func (o orgCreate) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		made, err := a.Clients().Create(ctx, host, client.Draft{
			Details: client.Details{Name: o.Name, Country: strings.ToUpper(o.Country), Category: o.Category},
			OnTrial: o.TrialEnds != "", TrialEnds: o.TrialEnds,
			FirstName: o.FirstName, LastName: o.LastName, Email: o.Email, PrintLink: o.PrintLink,
		})
		if err != nil {
			return spoken(err)
		}
		fmt.Fprintf(e.stdout, "%s  %s\n", made.Client.ID, made.Client.Name)
		fmt.Fprintf(e.stdout, "%s  %s <%s>, invited\n", made.First.ID, made.First.Name(), made.First.Email)
		if o.PrintLink {
			fmt.Fprintln(e.stdout, made.Link.URL)
		}
		return nil
	})
}

type orgList struct{}

func (orgList) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		all, err := a.Clients().All(ctx, host)
		for _, c := range all {
			e.printClient(c)
		}
		return err
	})
}

func (e environment) printClient(c client.Client) {
	fmt.Fprintf(e.stdout, "%s  %-9s  %s\n", c.ID, c.Standing(), c.Name)
}

type orgSuspend struct {
	ID     string `arg:"" help:"Id of the organization, from idkit org list."`
	Reason string `help:"Why; its Administrators read it."`
}

func (o orgSuspend) Run(ctx context.Context, e environment) error {
	return e.changeStatus(ctx, o.ID, func(clients *client.Service) (client.Client, error) {
		return clients.Suspend(ctx, host, o.ID, o.Reason)
	})
}

type orgReactivate struct {
	ID string `arg:"" help:"Id of the organization, from idkit org list."`
}

func (o orgReactivate) Run(ctx context.Context, e environment) error {
	return e.changeStatus(ctx, o.ID, func(clients *client.Service) (client.Client, error) {
		return clients.Reactivate(ctx, host, o.ID, time.Time{})
	})
}

// changeStatus prints how an organization stands after an act. One that stands so
// already is no failure: a script may run twice.
func (e environment) changeStatus(ctx context.Context, organizationID string, act func(*client.Service) (client.Client, error)) error {
	return e.with(ctx, func(a *app.App) error {
		c, err := act(a.Clients())
		if errors.Is(err, client.ErrChangedMeanwhile) {
			var p client.Portrait
			p, err = a.Clients().Portrait(ctx, host, organizationID)
			c = p.Client
		}
		if fault.IsKind(err, fault.NotFound) {
			return fmt.Errorf("there is no organization %s; see idkit org list", organizationID)
		}
		if err != nil {
			return spoken(err)
		}
		e.printClient(c)
		return nil
	})
}

// flagOf names the flag of a field that is called otherwise on pages.
var flagOf = map[string]string{
	"organization": "--name", "first_name": "--first-name", "last_name": "--last-name", "email": "--email",
	"country": "--country", "category": "--category", "trial_ends": "--trial-ends", "reason": "--reason", "as": "--as",
}

// spoken turns a refusal into its sentences, as a page would show them.
func spoken(err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	catalogue, loadErr := language.Load()
	if loadErr != nil {
		return err
	}
	speaker := catalogue.Speaker()
	refused := []fault.Field{{Code: f.Code, Params: f.Params}}
	if len(f.Fields) > 0 {
		refused = f.Fields
	}
	text := "nothing was changed:"
	for _, field := range refused {
		sentence, sayErr := speaker.SayWith("fault."+field.Code, field.Params)
		if sayErr != nil {
			return err
		}
		text += "\n "
		if flag := flagOf[field.Name]; flag != "" {
			text += " " + flag + ":"
		}
		text += " " + sentence
	}
	return errors.New(text)
}
