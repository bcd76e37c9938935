package web

import (
	"net/http"
	"strconv"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
	"idkit/internal/transport/web/page"
)

// users shows the list. All of its state stands in the address.
func (r *request) users() error {
	q := page.ParseUserQuery(r.URL.Query())
	number, _ := strconv.Atoi(q.Cursor) // nonsense is the first page
	list, err := r.portal.Accounts.List(r.Context(), r.current.Actor, account.ListQuery{
		Search: q.Search, Status: user.Status(q.Filter), Page: number,
	})
	if err != nil {
		return err
	}
	view := page.Users{
		Query: q, MayInvite: r.current.Actor.Permissions.Has(access.UsersInvite),
		Counts: page.UserCounts{All: list.Counts.All(), Active: list.Counts.Active, Invited: list.Counts.Invited, Suspended: list.Counts.Suspended},
		Page:   pageOf(q, list),
	}
	for _, u := range list.Users {
		delivery, known := list.Deliveries[letterOf(u)]
		view.Rows = append(view.Rows, r.userRow(u, delivery, known))
	}
	_, notAddress := person.ParseEmail(q.Search)
	view.SearchIsAddress = notAddress == nil
	return r.show(http.StatusOK, view)
}

// pageOf says which part of the list is shown and where the others are.
func pageOf(q page.UserQuery, list account.UserList) page.Page {
	last := max(1, (list.Total+account.PageSize-1)/account.PageSize)
	shown := page.Page{
		Total: list.Total,
		First: min(list.Total, (list.Page-1)*account.PageSize+1), Last: min(list.Total, list.Page*account.PageSize),
	}
	for _, n := range page.PageNumbers(list.Page, last) {
		link := page.PageLink{Number: n, Href: q.At(strconv.Itoa(n)).Href(), Current: n == list.Page}
		shown.Links = append(shown.Links, link)
		switch n {
		case list.Page - 1:
			shown.Previous = link.Href
		case list.Page + 1:
			shown.Next = link.Href
		}
	}
	return shown
}

func letterOf(u user.User) string {
	if u.Invitation == nil {
		return ""
	}
	return u.Invitation.LetterID
}

// userRow says how a person stands, with the state of their invitation.
func (r *request) userRow(u user.User, delivery mail.Delivery, known bool) page.UserRow {
	row := page.UserRow{
		ID: u.ID, Name: u.Name(), Email: u.Email, You: u.ID == r.current.Actor.UserID, Role: u.RoleName,
		State: page.UserState(u.Status), SecondFactor: u.SecondFactorOn,
	}
	if u.LastActiveAt != nil {
		row.LastActive = *u.LastActiveAt
	}
	if u.Invitation == nil {
		return row
	}
	may := r.current.Actor.Permissions.Has(access.UsersInvite)
	row.MayResend, row.MayCopyLink, row.MayWithdraw = may, may, may
	now := r.portal.Now()
	switch {
	case known && delivery.State == mail.Undeliverable:
		row.State, row.Detail = page.StateInviteUndelivered, delivery.Reply
	case u.Invitation.Expired(now):
		row.State = page.StateInviteExpired
	case u.Invitation.ExpiresAt != nil:
		row.DaysLeft = int((u.Invitation.ExpiresAt.Sub(now) + 24*time.Hour - 1) / (24 * time.Hour))
	default: // the days count from the delivery, which is still to come
		row.DaysLeft = int(account.InvitationLifetime / (24 * time.Hour))
	}
	return row
}

func (r *request) user() error {
	p, err := r.portal.Accounts.Get(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	var delivery mail.Delivery
	if p.Delivery != nil {
		delivery = *p.Delivery
	}
	view := page.User{UserRow: r.userRow(p.User, delivery, p.Delivery != nil), Sessions: p.Sessions}
	if i := p.User.Invitation; i != nil {
		view.InvitedBy, view.InvitedAt = i.InviterName, i.CreatedAt
		if i.ExpiresAt != nil {
			view.EndsAt = *i.ExpiresAt
		}
		if p.Delivery != nil {
			view.Delivery = deliveryOf(delivery)
		}
	}
	for _, e := range p.Happenings {
		view.Happenings = append(view.Happenings, r.happening(e))
	}
	return r.show(http.StatusOK, view)
}

// deliveryOf says how far a mail got.
func deliveryOf(d mail.Delivery) *page.Delivery {
	shown := &page.Delivery{At: d.EndedAt, NextTry: d.NextAttempt, Answer: d.Reply}
	switch {
	case d.Waiting:
		shown.State = page.DeliveryNoMail
	case d.State == mail.Sent:
		shown.State = page.DeliverySent
	case d.State == mail.Undeliverable, d.State == mail.Withdrawn:
		shown.State = page.DeliveryFailed
	case d.Attempts > 0:
		shown.State = page.DeliveryRetrying
	default:
		shown.State = page.DeliveryWaiting
	}
	return shown
}

// happening speaks one line of the trail.
func (r *request) happening(e audit.Entry) page.Happening {
	values := map[string]any{"Actor": e.ActorName, "Target": e.Target.Name}
	if e.ActorName == "" {
		values["Actor"] = r.say("audit.somebody")
	}
	sentence, err := r.speaker().SayWith("audit."+string(e.Action), values)
	if err != nil {
		r.portal.Log.Error("sentence missing", "key", "audit."+string(e.Action), "error", err)
		sentence = string(e.Action)
	}
	return page.Happening{At: e.At, Text: sentence, Origin: r.originWords(e.Origin)}
}

// originWords is where an act came from: the address and the device in words.
func (r *request) originWords(o access.Origin) string {
	if o.UserAgent == "" {
		return o.Address
	}
	device, err := session.Device(r.speaker(), o.UserAgent)
	if err != nil {
		r.portal.Log.Error("sentence missing", "error", err)
	}
	return o.Address + " · " + device
}
