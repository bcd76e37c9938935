package client_test

import (
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
)

// acts is every act of the room on one client, and the making of another.
func acts(s *client.Service, id string) map[string]func(*testing.T, access.Actor) error {
	return map[string]func(*testing.T, access.Actor) error{
		"Create": func(t *testing.T, a access.Actor) error { _, err := s.Create(t.Context(), a, draft()); return err },
		"ChangeDetails": func(t *testing.T, a access.Actor) error {
			_, err := s.ChangeDetails(t.Context(), a, id, client.Details{Name: "Contoso", Country: "NZ", Category: "x"})
			return err
		},
		"Suspend": func(t *testing.T, a access.Actor) error { _, err := s.Suspend(t.Context(), a, id, ""); return err },
		"Reactivate": func(t *testing.T, a access.Actor) error {
			_, err := s.Reactivate(t.Context(), a, id, time.Time{})
			return err
		},
		"ExtendTrial": func(t *testing.T, a access.Actor) error {
			_, err := s.ExtendTrial(t.Context(), a, id, "2027-01-31")
			return err
		},
		"Activate": func(t *testing.T, a access.Actor) error { _, err := s.Activate(t.Context(), a, id); return err },
		"ResendInvitation": func(t *testing.T, a access.Actor) error {
			_, err := s.ResendInvitation(t.Context(), a, id)
			return err
		},
		"CorrectInvitation": func(t *testing.T, a access.Actor) error {
			_, err := s.CorrectInvitation(t.Context(), a, id, invitation.FirstAdministrator{FirstName: "Lee", Email: "lee@fabrikam.example"})
			return err
		},
	}
}

// TestNobodyButAnOperatorRunsClients: whatever a client's own Administrator holds,
// and whoever else asks, each act is refused and nothing is stored.
func TestNobodyButAnOperatorRunsClients(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	looksOnly := h.Operator(t, access.ClientsView.Access(), access.ClientsView)
	for name, actor := range map[string]access.Actor{
		"an Administrator of another client": h.Administrator(t), "the Administrator of that client": h.joined(t).Must(t).Actor,
		"a Member": h.Member(t).Actor, "a visitor": access.Visitor(domaintest.Origin), "an operator who may only look": looksOnly,
		"an operator without the module": h.Operator(t, access.UsersView.Access(), access.UsersView),
	} {
		before := h.Dump(t)
		for act, carryOut := range acts(h.Clients, id) {
			if err := carryOut(t, actor); !errors.Is(err, access.ErrForbidden) {
				t.Errorf("%s by %s is answered with %v", act, name, err)
			}
		}
		_, listed := h.Clients.List(t.Context(), actor, client.Query{Tab: client.Active})
		_, shown := h.Clients.Portrait(t.Context(), actor, id)
		if looks := actor.UserID == looksOnly.UserID; looks != (listed == nil) || looks != (shown == nil) {
			t.Errorf("%s: the list answers %v, the page %v", name, listed, shown)
		}
		if h.Dump(t) != before {
			t.Errorf("%s changed something", name)
		}
	}
}

// TestTheVendorIsNoClient: no act reaches the operators' own organization, which is
// answered like one that does not exist.
func TestTheVendorIsNoClient(t *testing.T) {
	h := newHouse(t)
	for _, id := range []string{h.AtConsole(t).Northwind, "org_00000000000000000000000000", ""} {
		before, all := h.Dump(t), acts(h.Clients, id)
		delete(all, "Create")
		for act, carryOut := range all {
			if err := carryOut(t, h.ada(t)); !fault.IsKind(err, fault.NotFound) {
				t.Errorf("%s of %q is answered with %v", act, id, err)
			}
		}
		if _, err := h.Clients.Portrait(t.Context(), h.ada(t), id); !fault.IsKind(err, fault.NotFound) {
			t.Errorf("the page of %q is answered with %v", id, err)
		}
		if h.Dump(t) != before {
			t.Errorf("something of %q changed", id)
		}
	}
	if list, err := h.Clients.List(t.Context(), h.ada(t), client.Query{Tab: client.Active, Search: "IDKit"}); err != nil || list.Total != 0 {
		t.Errorf("the list finds %d, %v", list.Total, err)
	}
}

// TestAnActIsLostWithItsOperator: whoever was suspended or demoted after the page
// was shown does nothing any more.
func TestAnActIsLostWithItsOperator(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	demoted, suspended := h.Operator(t), h.Operator(t)
	h.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, h.Role(t, h.AtConsole(t).Northwind, access.RoleMember), demoted.UserID)
	_, err := h.Clients.Suspend(t.Context(), demoted, id, "")
	domaintest.Refused(t, err, access.ErrForbidden)
	h.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, suspended.UserID)
	_, err = h.Clients.Suspend(t.Context(), suspended, id, "")
	domaintest.Refused(t, err, session.ErrSuspended)
	if h.portrait(t, id).Suspension != nil {
		t.Error("it is suspended all the same")
	}
}
