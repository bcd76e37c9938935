package web

import (
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/mail"
	"idkit/internal/transport/web/page"
)

// client shows everything about one client that is the vendor's to see.
func (r *request) client() error {
	p, err := r.portrait()
	if err != nil {
		return err
	}
	view := page.Client{
		ID: p.ID, Name: p.Name, Country: r.country(p.Country), Category: p.Category, Back: r.URL.Query().Get("back"),
		Standing: page.ClientTab(p.Standing()), Created: p.CreatedAt, Suspension: clientSuspension(p.Suspension),
		Users: page.ClientUsers{
			Active: p.Users.Active, Invited: p.Users.Invited, Suspended: p.Users.Suspended, SecondFactor: p.Users.SecondFactor,
		},
		MayEdit: r.current.Actor.Permissions.Has(access.ClientsEdit),
	}
	if p.LastActiveAt != nil {
		view.LastActivity = *p.LastActiveAt
	}
	if p.Trial != nil {
		view.Trial = &page.ClientTrial{Start: p.Trial.StartedAt, End: p.Trial.EndsAt, DaysLeft: r.daysUntil(p.Trial.EndsAt)}
	}
	if p.First != nil {
		view.First = r.firstAdministrator(*p.First)
	}
	recoveries, err := r.lookAtRecovery()
	if err != nil {
		return err
	}
	if n := recoveries.Recovery; n != nil {
		view.Recovery = &page.ClientRecovery{State: stateOf(*n), Waits: n.State == recovery.Waiting, Person: n.Invitee(), Earliest: n.Earliest()}
	}
	for _, e := range p.Happenings {
		view.Happenings = append(view.Happenings, r.happening(e))
	}
	return r.show(http.StatusOK, view)
}

// portrait reads the client of the address.
func (r *request) portrait() (client.Portrait, error) {
	return r.front.Clients.Portrait(r.Context(), r.current.Actor, r.PathValue("id"))
}

func clientSuspension(s *client.Suspension) *page.ClientSuspension {
	if s == nil {
		return nil
	}
	return &page.ClientSuspension{At: s.At, By: s.By, Reason: s.Reason, TrialOver: s.Because == client.ByTrialEnd}
}

// firstAdministrator says how the first invitation stands.
func (r *request) firstAdministrator(f client.FirstInvitation) *page.FirstAdministrator {
	var delivery mail.Delivery
	if f.Delivery != nil {
		delivery = *f.Delivery
	}
	shown := &page.FirstAdministrator{UserRow: r.invitedRow(f.User, delivery, f.Delivery != nil)}
	if f.Delivery != nil {
		shown.Delivery = deliveryOf(delivery)
	}
	if ends := f.User.Invitation.ExpiresAt; ends != nil {
		shown.EndsAt = *ends
	}
	return shown
}
