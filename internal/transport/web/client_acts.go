package web

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"idkit/internal/domain/client"
	"idkit/internal/domain/invitation"
	"idkit/internal/transport/web/page"
)

// backToClients is the list that the client's page was opened from.
func (r *request) backToClients() string {
	return page.ClientList(cmp.Or(r.value("back"), r.URL.Query().Get("back")))
}

// clientAct is what the window of an act on the client begins with.
func (r *request) clientAct(c client.Client, problem string) page.ClientAct {
	return page.ClientAct{ID: c.ID, Name: c.Name, Back: r.backToClients(), Problem: problem}
}

// toClient leads to the client's page with what the act did.
func (r *request) toClient(key string, values map[string]any) error {
	r.setFlash(flash{Key: key, Values: values})
	return r.redirect(page.ClientHref(r.PathValue("id"), "", r.backToClients()))
}

// clientStale leads to the client's page, as it is now, where there is nothing left
// to do: somebody else was quicker. Any other refusal is returned.
func (r *request) clientStale(err error) error {
	for _, over := range []error{client.ErrChangedMeanwhile, client.ErrNoTrial, client.ErrTrialOver, invitation.ErrLiving} {
		if errors.Is(err, over) {
			return r.staleAt(err, page.ClientHref(r.PathValue("id"), "", r.backToClients()))
		}
	}
	return err
}

// clientRefused is clientStale for an act whose window is shown again with any
// other refusal.
func (r *request) clientRefused(err error, show func(status int, p problem) error) error {
	if err = r.clientStale(err); err == nil {
		return nil
	}
	return r.formRefused(err, show)
}

func (r *request) clientDetails() error {
	found, err := r.portrait()
	if err != nil {
		return err
	}
	return r.showClientDetails(http.StatusOK, problem{}, found, client.Details{Name: found.Name, Country: found.Country, Category: found.Category})
}

func (r *request) showClientDetails(status int, p problem, found client.Portrait, d client.Details) error {
	categories, err := r.categoryOptions()
	if err != nil {
		return err
	}
	return r.show(status, page.ClientDetails{
		ClientAct: r.clientAct(found.Client, p.Text), Countries: r.countryOptions(), Categories: categories,
		Organization: page.Field{Value: d.Name, Error: p.Fields["organization"]}, Country: page.Field{Value: d.Country, Error: p.Fields["country"]},
		Category: page.Field{Value: d.Category, Error: p.Fields["category"]},
	})
}

func (r *request) postClientDetails() error {
	typed := client.Details{Name: r.value("organization"), Country: r.value("country"), Category: r.value("category")}
	c, err := r.front.Clients.ChangeDetails(r.Context(), r.current.Actor, r.PathValue("id"), typed)
	if err != nil {
		return r.clientRefused(err, func(status int, p problem) error {
			found, err := r.portrait()
			if err != nil {
				return err
			}
			return r.showClientDetails(status, p, found, typed)
		})
	}
	return r.toClient("web.client.changed", map[string]any{"Name": c.Name})
}

// clientStatus offers the one step that is possible.
func (r *request) clientStatus() error { return r.showClientStatus(http.StatusOK, problem{}) }

func (r *request) showClientStatus(status int, p problem) error {
	found, err := r.portrait()
	if err != nil {
		return err
	}
	view := page.ClientStatus{
		ClientAct: r.clientAct(found.Client, p.Text), To: page.StatusSuspended, Users: found.Users.Active,
		Reason: r.typed(p, "reason"),
	}
	if found.Client.Suspension != nil {
		view.To, view.Suspension = page.StatusActive, clientSuspension(found.Client.Suspension)
	}
	return r.show(status, view)
}

// postClientStatus takes the step that the window offered, and no other.
func (r *request) postClientStatus() error {
	ctx, actor, id := r.Context(), r.current.Actor, r.PathValue("id")
	switch page.Status(r.value("status")) {
	case page.StatusSuspended:
		c, err := r.front.Clients.Suspend(ctx, actor, id, r.value("reason"))
		if err != nil {
			return r.clientRefused(err, r.showClientStatus)
		}
		r.setFlash(flash{
			Key: "web.client.suspended", Values: map[string]any{"Name": c.Name},
			Action: "web.user.undo", Href: page.ClientHref(id, "status", ""),
			Fields: []string{"status", string(page.StatusActive), "since", page.Since(c.Suspension.At)},
		})
		return r.redirect(page.ClientHref(id, "", r.backToClients()))
	case page.StatusActive:
		c, err := r.front.Clients.Reactivate(ctx, actor, id, since(r.value("since")))
		if err != nil {
			return r.clientRefused(err, r.showClientStatus)
		}
		if c.Trial != nil {
			return r.toClient("web.client.on_trial", map[string]any{"Name": c.Name})
		}
		return r.toClient("web.client.active", map[string]any{"Name": c.Name})
	}
	return errUnreadable
}

// onTrial reads the client of a window that is about its trial. Fault: client.ErrNoTrial.
func (r *request) onTrial() (client.Portrait, error) {
	found, err := r.portrait()
	if err == nil && found.Trial == nil {
		err = client.ErrNoTrial
	}
	return found, err
}

// trialStands says whether a trial is over, and whether somebody has suspended the
// client for another reason.
func trialStands(c client.Client, now time.Time) (over, suspended bool) {
	return !now.Before(c.Trial.EndsAt), c.Suspension != nil && c.Suspension.Because == client.ByVendor
}

func (r *request) extendTrial() error { return r.showExtendTrial(http.StatusOK, problem{}) }

func (r *request) showExtendTrial(status int, p problem) error {
	found, err := r.onTrial()
	if err != nil {
		return r.clientStale(err)
	}
	view := page.ExtendTrial{
		ClientAct: r.clientAct(found.Client, p.Text), Ends: found.Trial.EndsAt, TrialEnds: r.typed(p, "trial_ends"),
	}
	view.Over, view.Suspended = trialStands(found.Client, r.front.Now())
	return r.show(status, view)
}

func (r *request) postExtendTrial() error {
	c, err := r.front.Clients.ExtendTrial(r.Context(), r.current.Actor, r.PathValue("id"), r.value("trial_ends"))
	if err != nil {
		return r.clientRefused(err, r.showExtendTrial)
	}
	return r.toClient("web.client.trial_extended", map[string]any{"Name": c.Name, "Day": r.speaker().Day(c.Trial.EndsAt)})
}

func (r *request) activateClient() error { return r.showActivateClient(http.StatusOK, problem{}) }

func (r *request) showActivateClient(status int, p problem) error {
	found, err := r.onTrial()
	if err != nil {
		return r.clientStale(err)
	}
	view := page.ActivateClient{ClientAct: r.clientAct(found.Client, p.Text), Ends: found.Trial.EndsAt}
	view.Over, view.Suspended = trialStands(found.Client, r.front.Now())
	return r.show(status, view)
}

func (r *request) postActivateClient() error {
	c, err := r.front.Clients.Activate(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.clientRefused(err, r.showActivateClient)
	}
	if c.Suspension != nil {
		return r.toClient("web.client.still_suspended", map[string]any{"Name": c.Name})
	}
	return r.toClient("web.client.activated", map[string]any{"Name": c.Name})
}

// unjoined reads the client of a window that is about its first invitation.
// Fault: invitation.ErrLiving.
func (r *request) unjoined() (client.Portrait, error) {
	found, err := r.portrait()
	if err == nil && found.First == nil {
		err = invitation.ErrLiving
	}
	return found, err
}

func (r *request) resendFirst() error { return r.showResendFirst(http.StatusOK, problem{}) }

func (r *request) showResendFirst(status int, p problem) error {
	found, err := r.unjoined()
	if err != nil {
		return r.clientStale(err)
	}
	return r.show(status, page.ResendFirst{ClientAct: r.clientAct(found.Client, p.Text), Email: found.First.User.Email})
}

func (r *request) postResendFirst() error {
	first, err := r.front.Clients.ResendInvitation(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.clientRefused(err, r.showResendFirst)
	}
	return r.toClient("web.client.resent", map[string]any{"Email": first.Email})
}

func (r *request) correctFirst() error {
	found, err := r.unjoined()
	if err != nil {
		return r.clientStale(err)
	}
	first := found.First.User
	return r.show(http.StatusOK, page.CorrectFirst{
		ClientAct: r.clientAct(found.Client, ""),
		FirstName: page.Field{Value: first.FirstName}, LastName: page.Field{Value: first.LastName}, Email: page.Field{Value: first.Email},
	})
}

func (r *request) postCorrectFirst() error {
	first, err := r.front.Clients.CorrectInvitation(r.Context(), r.current.Actor, r.PathValue("id"), invitation.FirstAdministrator{
		FirstName: r.value("first_name"), LastName: r.value("last_name"), Email: r.value("email"),
	})
	if err != nil {
		return r.clientRefused(err, r.showCorrectFirst)
	}
	return r.toClient("web.client.resent", map[string]any{"Email": first.Email})
}

func (r *request) showCorrectFirst(status int, p problem) error {
	found, err := r.portrait()
	if err != nil {
		return err
	}
	return r.show(status, page.CorrectFirst{
		ClientAct: r.clientAct(found.Client, p.Text), FirstName: r.typed(p, "first_name"), LastName: r.typed(p, "last_name"), Email: r.typed(p, "email"),
	})
}
