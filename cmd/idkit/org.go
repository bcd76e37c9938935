package main

import (
	"context"
	"errors"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

type orgCreate struct {
	Name      string `required:"" help:"Name of the organization."`
	FirstName string `required:"" help:"First name of its first Administrator."`
	LastName  string `help:"Last name; leave out where the person has one name."`
	Email     string `required:"" help:"Email address of its first Administrator."`
	PrintLink bool   `help:"Print the invitation link as well as mailing it."`
}

func (o orgCreate) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		user, link, err := a.Invitations().FoundByInvitation(ctx, invitation.NewOrganization{
			Name: o.Name, FirstName: o.FirstName, LastName: o.LastName, Email: o.Email,
		}, o.PrintLink)
		if err != nil {
			return spoken(err)
		}
		fmt.Fprintf(e.stdout, "%s  %s\n", user.OrganizationID, o.Name)
		fmt.Fprintf(e.stdout, "%s  %s <%s>, invited\n", user.ID, user.Name(), user.Email)
		if o.PrintLink {
			fmt.Fprintln(e.stdout, link.URL)
		}
		return nil
	})
}

type orgList struct{}

func (orgList) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		return a.DB().Read(ctx, func(tx *db.Tx) error {
			all, err := organization.List(ctx, tx)
			for _, o := range all {
				fmt.Fprintf(e.stdout, "%s  %-9s  %s\n", o.ID, o.Status, o.Name)
			}
			return err
		})
	})
}

type orgSuspend struct {
	ID string `arg:"" help:"Id of the organization, from idkit org list."`
}

func (o orgSuspend) Run(ctx context.Context, e environment) error {
	return setStatus(ctx, e, o.ID, organization.Suspended)
}

type orgReactivate struct {
	ID string `arg:"" help:"Id of the organization, from idkit org list."`
}

func (o orgReactivate) Run(ctx context.Context, e environment) error {
	return setStatus(ctx, e, o.ID, organization.Active)
}

func setStatus(ctx context.Context, e environment, organizationID string, status organization.Status) error {
	return e.with(ctx, func(a *app.App) error {
		o, err := a.Accounts().SetOrganizationStatus(ctx, organizationID, status)
		if fault.IsKind(err, fault.NotFound) {
			return fmt.Errorf("there is no organization %s; see idkit org list", organizationID)
		}
		if err != nil {
			return spoken(err)
		}
		fmt.Fprintf(e.stdout, "%s  %-9s  %s\n", o.ID, o.Status, o.Name)
		return nil
	})
}

// flagOf names the flag of a field that is called otherwise on pages.
var flagOf = map[string]string{"organization": "--name", "first_name": "--first-name", "last_name": "--last-name", "email": "--email"}

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
