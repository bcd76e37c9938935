package administration_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
)

// email is where letters to an actor go.
func (p *place) email(t testing.TB, actor access.Actor) string {
	t.Helper()
	return p.Text(t, `SELECT email FROM accounts WHERE id = $1`, actor.AccountID)
}

func TestASecondAdministratorServesWhereTheMailboxIsLost(t *testing.T) {
	p := newPlace(t)
	priya := p.protected(t, "Priya", access.RoleMember)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersResetPassword)
	wei, ada := p.enter(t, helper).actor(t), p.administrator(t)
	b := p.enter(t, priya)
	_, err := p.AskToResetFactor(t.Context(), wei, priya.user)
	domaintest.MustNot(t, err)
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "Wei Shah, administrator of Northwind, asked") || !strings.Contains(letter, "Until then nothing changes") {
		t.Errorf("the user is told: %s", letter)
	}
	if letter := p.lastLetter(t, p.email(t, ada)); !strings.Contains(letter, "Wei Shah asked to reset the two-factor authentication of Priya Shah in Northwind") ||
		!strings.Contains(letter, "https://id.example/users/"+priya.user+"/second-factor") || !strings.Contains(letter, "24 November 2026") {
		t.Errorf("the other Administrator is told: %s", letter)
	}
	if len(p.letters(t, helper.email)) != 0 {
		t.Error("who asked is asked")
	}
	view, err := p.SecondFactorReset(t.Context(), ada, priya.user)
	if err != nil || view.Open == nil || view.Open.WaitsFor != administration.WaitsForApproval || view.Open.CodeProven || !view.MayApprove {
		t.Errorf("the page of who may approve says %+v, %v", view, err)
	}
	if view, err = p.SecondFactorReset(t.Context(), wei, priya.user); err != nil || view.MayApprove || view.Open == nil || view.Open.AskedByID != wei.UserID {
		t.Errorf("the page of who asked says %+v, %v", view, err)
	}
	b.actor(t)
	out, err := p.ApproveFactorReset(t.Context(), ada, priya.user)
	domaintest.MustNot(t, err)
	if !out.Done || out.Ended.Sessions != 1 {
		t.Errorf("the outcome is %+v", out)
	}
	_, err = b.current(t)
	domaintest.Refused(t, err, session.ErrEnded)
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "Wei Shah asked to reset it for IDKit, and Sam Shah approved") {
		t.Errorf("the notice says: %s", letter)
	}
	p.setsUpAgain(t, priya)
	events := p.events(t, p.Northwind, "second_factor.reset_approved")
	if len(events) != 1 || events[0].Details != `{"asked_by":"Wei Shah","code_read":"false","invitations":"0","links":"0","sessions":"1"}` {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
}

func TestAnAdministratorsSecondFactorAlwaysTakesTwo(t *testing.T) {
	p := newPlace(t)
	boss := p.protected(t, "Priya", access.RoleAdministrator)
	sam := p.administrator(t)
	_, err := p.SendFactorCode(t.Context(), sam, boss.user)
	domaintest.Refused(t, err, administration.ErrNobodyApproves)
	_, err = p.AskToResetFactor(t.Context(), sam, boss.user)
	domaintest.Refused(t, err, administration.ErrNobodyApproves)
	view, err := p.SecondFactorReset(t.Context(), sam, boss.user)
	domaintest.Refused(t, err, administration.ErrNobodyApproves)
	if view.User.ID != boss.user || !view.NeedsApproval {
		t.Errorf("the page says %+v", view)
	}

	ada := p.administrator(t)
	out, err := p.ConfirmFactorCode(t.Context(), sam, boss.user, p.sendCode(t, sam, boss))
	domaintest.MustNot(t, err)
	if out.Done || !p.factorOn(t, boss) {
		t.Errorf("the code alone was enough: %+v", out)
	}
	if letter := p.lastLetter(t, boss.email); !strings.Contains(letter, "Until then nothing changes") {
		t.Errorf("the Administrator is told: %s", letter)
	}
	_, err = p.ApproveFactorReset(t.Context(), sam, boss.user)
	domaintest.Refused(t, err, administration.ErrOwnRequest)
	_, err = p.ApproveFactorReset(t.Context(), p.enter(t, boss).actor(t), boss.user)
	domaintest.Refused(t, err, administration.ErrOwnAccess)
	view, err = p.SecondFactorReset(t.Context(), ada, boss.user)
	if err != nil || view.Open == nil || !view.Open.CodeProven || !view.MayApprove {
		t.Errorf("the page of who may approve says %+v, %v", view, err)
	}
	_, err = p.ApproveFactorReset(t.Context(), ada, boss.user)
	domaintest.MustNot(t, err)
	if p.factorOn(t, boss) {
		t.Error("two Administrators and a code were not enough")
	}
	p.setsUpAgain(t, boss)
}

func TestWhoMayNotApprove(t *testing.T) {
	p := newPlace(t)
	priya := p.protected(t, "Priya", access.RoleMember)
	helper := p.person(t, "Wei", access.RoleMember)
	everything := access.BuiltIn().All()
	p.ownRole(t, helper, everything...) // and no Administrator all the same
	wei, sam, ada, eve := p.enter(t, helper).actor(t), p.administrator(t), p.administrator(t), p.administrator(t)
	_, err := p.ApproveFactorReset(t.Context(), ada, priya.user)
	domaintest.Refused(t, err, administration.ErrFactorResetGone) // nobody asked
	p.sendCode(t, sam, priya)
	_, err = p.ApproveFactorReset(t.Context(), ada, priya.user)
	domaintest.Refused(t, err, administration.ErrFactorResetGone) // a code is waited for, no approval
	_, err = p.AskToResetFactor(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	_, _, err = p.Suspend(t.Context(), ada, eve.UserID, "")
	domaintest.MustNot(t, err)
	for _, c := range []struct {
		what  string
		actor access.Actor
		want  *fault.Fault
	}{
		{"who asked", sam, administration.ErrOwnRequest},
		{"no Administrator", wei, access.ErrForbidden},
		{"a suspended Administrator", eve, session.ErrSuspended},
		{"whom it is about", p.enter(t, priya).actor(t), access.ErrForbidden},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := p.ApproveFactorReset(t.Context(), c.actor, priya.user)
			domaintest.Refused(t, err, c.want)
			_, err = p.RefuseFactorReset(t.Context(), c.actor, priya.user, "")
			domaintest.Refused(t, err, c.want)
		})
	}
	err = p.WithdrawFactorReset(t.Context(), ada, priya.user)
	domaintest.Refused(t, err, administration.ErrFactorResetGone) // it is not hers to withdraw
	if !p.factorOn(t, priya) {
		t.Error("the second factor is gone")
	}
	p.Clock.Advance(administration.ApprovalLifetime)
	_, err = p.ApproveFactorReset(t.Context(), p.again(t, ada), priya.user)
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
}

// Who asked could else agree with themselves, by a second account that they invite meanwhile.
func TestAttackerApprovesWithAnAccountMadeForIt(t *testing.T) {
	p := newPlace(t)
	boss := p.protected(t, "Priya", access.RoleAdministrator)
	sam, ada := p.administrator(t), p.administrator(t)
	promoted := p.person(t, "Wei", access.RoleMember)
	_, err := p.AskToResetFactor(t.Context(), sam, boss.user)
	domaintest.MustNot(t, err)
	p.Exec(t, `UPDATE users SET role_id = (SELECT role_id FROM users WHERE id = $2) WHERE id = $1`, promoted.user, sam.UserID)
	for what, later := range map[string]access.Actor{"invited": p.administrator(t), "promoted": p.enter(t, promoted).actor(t)} {
		_, err = p.ApproveFactorReset(t.Context(), later, boss.user)
		domaintest.Refused(t, err, administration.ErrNotAsked)
		_, err = p.RefuseFactorReset(t.Context(), later, boss.user, "")
		domaintest.Refused(t, err, administration.ErrNotAsked)
		if view, err := p.SecondFactorReset(t.Context(), later, boss.user); err != nil || view.MayApprove {
			t.Errorf("the page of an Administrator %s meanwhile says %+v, %v", what, view, err)
		}
	}
	if !p.factorOn(t, boss) {
		t.Error("the second factor is gone")
	}
	_, err = p.ApproveFactorReset(t.Context(), ada, boss.user)
	domaintest.MustNot(t, err)
	if letter := p.lastLetter(t, p.email(t, sam)); !strings.Contains(letter, "You asked to reset the two-factor authentication of Priya Shah in Northwind") {
		t.Errorf("who asked is told: %s", letter)
	}
}

// An edit of a role meets none of the acts here, and takes the request with the
// right to make it all the same.
func TestARequestNeedsTheRightOfWhoAskedToTheEnd(t *testing.T) {
	for what, left := range map[string]string{"to reset": "users.access users.view settings.access settings.view", "over the user": "users.access users.reset_password"} {
		t.Run(what, func(t *testing.T) {
			p := newPlace(t)
			priya := p.protected(t, "Priya", access.RoleMember)
			p.ownRole(t, priya, access.SettingsView)
			helper, ada := p.person(t, "Wei", access.RoleMember), p.administrator(t)
			p.ownRole(t, helper, access.UsersResetPassword, access.SettingsView)
			_, err := p.AskToResetFactor(t.Context(), p.enter(t, helper).actor(t), priya.user)
			domaintest.MustNot(t, err)
			p.Exec(t, `UPDATE roles SET permissions = $2 WHERE id = (SELECT role_id FROM users WHERE id = $1)`, helper.user, left)
			_, err = p.ApproveFactorReset(t.Context(), ada, priya.user)
			domaintest.Refused(t, err, administration.ErrFactorResetGone)
			if !p.factorOn(t, priya) {
				t.Error("the second factor is gone")
			}
		})
	}
}

func TestARefusalEndsTheRequestAndKeepsTheReason(t *testing.T) {
	p := newPlace(t)
	priya := p.protected(t, "Priya", access.RoleMember)
	sam, ada := p.administrator(t), p.administrator(t)
	_, err := p.AskToResetFactor(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	_, err = p.RefuseFactorReset(t.Context(), ada, priya.user, strings.Repeat("x", person.ReasonLimit+1))
	domaintest.Refused(t, err, person.ErrReasonTooLong)
	_, err = p.RefuseFactorReset(t.Context(), ada, priya.user, " Priya did not ask ")
	domaintest.MustNot(t, err)
	_, err = p.ApproveFactorReset(t.Context(), ada, priya.user)
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
	events := p.events(t, p.Northwind, "second_factor.reset_refused")
	if len(events) != 1 || events[0].Details != `{"asked_by":"Sam Shah","reason":"Priya did not ask"}` || !p.factorOn(t, priya) {
		t.Errorf("the trail says %+v", events)
	}
}
