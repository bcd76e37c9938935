package administration_test

import (
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
)

func TestRequestsAreShownToWhoCanApproveThem(t *testing.T) {
	p := newPlace(t)
	priya, marco := p.protected(t, "Priya", access.RoleMember), p.protected(t, "Marco", access.RoleAdministrator)
	ada, sam := p.administrator(t), p.administrator(t)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersResetPassword)
	wei := p.enter(t, helper).actor(t)
	for _, about := range []*holder{marco, priya} {
		_, err := p.AskToResetFactor(t.Context(), sam, about.user)
		domaintest.MustNot(t, err)
		p.Clock.Advance(time.Second)
	}
	seen := func(actor access.Actor) (ids []string) {
		t.Helper()
		requests, err := p.FactorResetRequests(t.Context(), actor)
		domaintest.MustNot(t, err)
		for _, r := range requests {
			if r.AskedByID != sam.UserID || r.AskedBy == "" || r.EndsAt.IsZero() {
				t.Errorf("it says %+v", r)
			}
			ids = append(ids, r.User.ID)
		}
		return ids
	}
	if got := seen(ada); len(got) != 2 || got[0] != marco.user || got[1] != priya.user {
		t.Errorf("Ada sees %v", got)
	}
	if got := seen(p.enter(t, marco).actor(t)); len(got) != 1 || got[0] != priya.user {
		t.Errorf("whom it is about sees %v", got)
	}
	for who, actor := range map[string]access.Actor{"who asked": sam, "no Administrator": wei} {
		if got := seen(actor); len(got) != 0 {
			t.Errorf("%s sees %v", who, got)
		}
	}
	if _, err := p.FactorResetRequests(t.Context(), p.Member(t).Actor); err == nil {
		t.Error("a member sees requests")
	}
	// What a request stood on is gone.
	p.Exec(t, `UPDATE users SET status = 'suspended', suspended_at = created_at WHERE id = $1`, priya.user)
	if got := seen(ada); len(got) != 1 || got[0] != marco.user {
		t.Errorf("afterwards Ada sees %v", got)
	}
}
