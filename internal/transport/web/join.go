package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// join shows the page that an invitation's mail leads to.
func (r *request) join() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/join")
	}
	opened, err := r.front.Invitations.Open(r.Context(), r.cookie(cookieLink))
	if errors.Is(err, credential.ErrLinkUnknown) {
		return r.show(http.StatusGone, page.JoinEnded{End: page.LinkUnknown})
	}
	if err != nil {
		return err
	}
	return r.showInvitation(http.StatusOK, opened, problem{})
}

// showInvitation shows an invitation as it stands for whoever looks at it.
func (r *request) showInvitation(status int, o invitation.Opened, p problem) error {
	if o.State != credential.LinkLive {
		return r.show(http.StatusGone, page.JoinEnded{End: linkEnd(o.State), EndedAt: o.EndedAt, Inviter: o.InviterName})
	}
	mine := r.current != nil && r.current.Actor.AccountID == o.AccountID
	switch {
	case r.current != nil && !mine:
		return r.show(status, page.WrongAccount{
			Purpose: page.PurposeInvitation, LinkEmail: o.Email, CurrentEmail: r.current.Email, Continue: "/join/switch", Stay: "/",
		})
	case mine:
		return r.show(status, page.JoinConfirm{Organization: o.OrganizationName, Role: o.RoleName, Email: o.Email})
	case o.AccountID != "":
		return r.show(status, page.JoinExisting{Organization: o.OrganizationName, Role: o.RoleName, Email: o.Email})
	}
	return r.show(status, page.Join{
		Step: page.Step{Number: 1, Of: stepsOfSetup}, Organization: o.OrganizationName, Role: o.RoleName, Email: o.Email,
		Problem: p.Text, Password: page.Field{Error: p.Fields["password"]}, MinLength: o.MinLength,
	})
}

// postJoin sets the password of a new account or, for somebody who has one,
// adds the organization to it.
func (r *request) postJoin() error {
	r.hideReferrer()
	token := r.cookie(cookieLink)
	if r.current != nil {
		return r.joinAs(token)
	}
	joined, err := r.front.Invitations.Join(r.Context(), token, r.secretValue("password"), r.origin)
	if err == nil {
		r.dropCookie(cookieLink)
		r.setCookie(cookieBrowser, joined.KnownBrowser, browserMemory)
		r.startSession(joined.Session.Token)
		return r.redirect("/protect")
	}
	if isLinkFault(err) || errors.Is(err, invitation.ErrAccountExists) {
		return r.join()
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	opened, err := r.front.Invitations.Open(r.Context(), token)
	if err != nil {
		return err
	}
	return r.showInvitation(p.Status, opened, p)
}

func (r *request) joinAs(token string) error {
	started, err := r.front.Invitations.JoinAs(r.Context(), *r.current, token)
	if isLinkFault(err) || errors.Is(err, invitation.ErrNotYourInvitation) {
		return r.join()
	}
	if err != nil {
		return err
	}
	r.dropCookie(cookieLink)
	r.startSession(started.Token)
	r.setFlash(flash{Key: "web.joined"})
	return r.redirect("/")
}

// postJoinAgain is "Ask for a new invitation"; the reply is the same whatever
// became of it.
func (r *request) postJoinAgain() error {
	r.hideReferrer()
	if err := r.front.Invitations.AskAgain(r.Context(), r.cookie(cookieLink), r.origin); err != nil && !fault.IsKind(err, fault.NotFound) {
		return err
	}
	return r.show(http.StatusOK, page.JoinAsked{})
}

// postJoinSwitch logs the present account out and keeps the invitation.
func (r *request) postJoinSwitch() error { return r.leaveFor("/join") }
