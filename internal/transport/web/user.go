package web

import (
	"net/http"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
	"idkit/internal/transport/web/page"
)

// user shows everything about one user.
func (r *request) user() error {
	p, err := r.front.Administration.Portrait(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	var delivery mail.Delivery
	if p.Delivery != nil {
		delivery = *p.Delivery
	}
	view := page.User{
		UserRow: r.userRow(p.User, p.Standing, delivery, p.Delivery != nil), Back: page.WayToList(r.URL.Query().Get("back")),
		Suspension: suspensionOf(p.Suspension), Sessions: p.Ends.Sessions, Grants: r.grants(p.Grants),
		LastAdministrator: p.LastAdministrator, HoldsMore: p.HoldsMore, RoleHref: page.RoleExplained(p.User.RoleID),
	}
	if view.State == page.StateLocked {
		for _, l := range p.Locks {
			if !l.Lifts() {
				view.Limits = append(view.Limits, page.Lock{Of: page.LockOf(l.Of), Until: l.Until})
			}
		}
	}
	if i := p.User.Invitation; i != nil {
		view.InvitedBy, view.InvitedAt = i.InviterName, i.CreatedAt
		if i.ExpiresAt != nil {
			view.EndsAt = *i.ExpiresAt
		}
		if p.Delivery != nil {
			view.Delivery = deliveryOf(delivery)
		}
	}
	if reset := p.Reset; reset != nil {
		view.FactorReset = &page.FactorReset{
			Wait: page.FactorResetWait(reset.WaitsFor), By: reset.AskedBy, Until: reset.EndsAt, Mine: p.ResetSecondFactor && r.mayFinish(*reset),
		}
	}
	for _, e := range p.Happenings {
		view.Happenings = append(view.Happenings, r.happening(e))
	}
	if r.current.Actor.Permissions.Has(access.AuditView) {
		view.AuditHref = page.AuditOf(p.User.ID, p.User.CreatedAt)
	}
	return r.show(http.StatusOK, view)
}

// userRow says how a person stands, with the state of their invitation or lock,
// and what the viewer may do to them.
func (r *request) userRow(u user.User, st administration.Standing, delivery mail.Delivery, known bool) page.UserRow {
	row := page.UserRow{
		ID: u.ID, Name: u.Name(), Email: u.Email, You: st.Yourself, Role: u.RoleName,
		State: page.UserState(u.Status), SecondFactor: u.SecondFactorOn,
		MayResetPassword: st.ResetPassword, MayChangeStatus: st.ChangeStatus, MayChangeRole: st.ChangeRole, MayChangeName: st.ChangeName,
		MayResend: st.Resend, MayCopyLink: st.CopyLink, MayWithdraw: st.Withdraw, MayResetSecondFactor: st.ResetSecondFactor,
		MayUnlock: st.Unlock, MayLogOut: st.LogOut, MayLock: st.Lock, MayDelete: st.Delete,
	}
	if u.LastActiveAt != nil {
		row.LastActive = *u.LastActiveAt
	}
	if u.Status == user.Active && len(st.Locks) > 0 {
		row.State, row.Until = page.StateLocked, lockedUntil(st.Locks)
	}
	return r.withInvitation(row, u, delivery, known)
}

// invitedRow is an invited person with the state of their invitation.
func (r *request) invitedRow(u user.User, delivery mail.Delivery, known bool) page.UserRow {
	return r.withInvitation(page.UserRow{ID: u.ID, Name: u.Name(), Email: u.Email, State: page.UserState(u.Status)}, u, delivery, known)
}

// withInvitation adds how the invitation of an invited person stands.
func (r *request) withInvitation(row page.UserRow, u user.User, delivery mail.Delivery, known bool) page.UserRow {
	if u.Invitation == nil {
		return row
	}
	now := r.front.Now()
	switch {
	case known && delivery.State == mail.Undeliverable:
		row.State, row.Detail = page.StateInviteUndelivered, delivery.Reply
	case u.Invitation.Expired(now):
		row.State = page.StateInviteExpired
	case u.Invitation.ExpiresAt != nil:
		row.DaysLeft = days(u.Invitation.ExpiresAt.Sub(now))
	default: // the days count from the delivery, which is still to come
		row.DaysLeft = days(r.current.Policy.Invitation)
	}
	return row
}

// days counts every day that has begun.
func days(d time.Duration) int { return int((d + 24*time.Hour - 1) / (24 * time.Hour)) }

// lockedUntil is when the last of the locks ends; zero where one of them does not end by itself.
func lockedUntil(locks []attempt.Lock) (last time.Time) {
	for _, l := range locks {
		if l.Until.IsZero() {
			return time.Time{}
		}
		if l.Until.After(last) {
			last = l.Until
		}
	}
	return last
}

func suspensionOf(s *administration.Suspension) *page.Suspension {
	if s == nil {
		return nil
	}
	return &page.Suspension{By: s.By, At: s.At, Reason: s.Reason}
}

// grants says in words why somebody can do what they can do.
func (r *request) grants(grants []administration.Grant) (spoken []page.Grant) {
	for _, g := range grants {
		module, permission := r.permissionWords(g.Permission)
		spoken = append(spoken, page.Grant{Module: module, Permission: permission, Role: g.Role})
	}
	return spoken
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
	return page.Happening{At: e.At, Text: r.sentence(e), Origin: r.originWords(e.Origin)}
}

// originWords is where an act came from: the address and the device in words.
func (r *request) originWords(o access.Origin) string {
	if device := r.deviceWords(o); device != "" {
		return o.Address + " · " + device
	}
	return o.Address
}
