package main

import (
	"context"
	"errors"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/domain/operator"
	"idkit/internal/domain/user"
)

type operatorInvite struct {
	FirstName string `required:"" help:"First name."`
	LastName  string `help:"Last name; leave out where the person has one name."`
	Email     string `required:"" help:"Email address. It is a log-in of the console's own, also where a client has a user with it."`
	PrintLink bool   `help:"Print the invitation link as well as mailing it."`
}

var errNoConsole = errors.New("there is no operator's console: set IDKIT_OPERATOR_LISTEN first")

func (o operatorInvite) Run(ctx context.Context, e environment) error {
	if !e.config.OperatorConsole() {
		return errNoConsole
	}
	return e.with(ctx, func(a *app.App) error {
		invitee, link, err := a.Operators().Invite(ctx, operator.NewOperator{
			FirstName: o.FirstName, LastName: o.LastName, Email: o.Email, PrintLink: o.PrintLink,
		})
		if err != nil {
			return spoken(err)
		}
		e.printOperator(invitee)
		if o.PrintLink {
			fmt.Fprintln(e.stdout, link.URL)
		}
		return nil
	})
}

type operatorList struct{}

func (operatorList) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		all, err := a.Operators().List(ctx)
		for _, u := range all {
			e.printOperator(u)
		}
		return err
	})
}

type operatorSuspend struct {
	Email string `arg:"" help:"Email address of the operator, from idkit operator list."`
}

func (o operatorSuspend) Run(ctx context.Context, e environment) error {
	return e.actOnOperator(ctx, func(s *operator.Service) (user.User, error) { return s.Suspend(ctx, o.Email) }, user.Suspended)
}

type operatorReactivate struct {
	Email string `arg:"" help:"Email address of the operator, from idkit operator list."`
}

func (o operatorReactivate) Run(ctx context.Context, e environment) error {
	return e.actOnOperator(ctx, func(s *operator.Service) (user.User, error) { return s.Reactivate(ctx, o.Email) }, user.Active)
}

// actOnOperator prints how an operator stands after an act.
func (e environment) actOnOperator(ctx context.Context, act func(*operator.Service) (user.User, error), becomes user.Status) error {
	return e.with(ctx, func(a *app.App) error {
		u, err := act(a.Operators())
		if err != nil {
			return spoken(err)
		}
		u.Status = becomes
		e.printOperator(u)
		return nil
	})
}

func (e environment) printOperator(u user.User) {
	fmt.Fprintf(e.stdout, "%s  %-9s  %s <%s>\n", u.ID, u.Status, u.Name(), u.Email)
}
