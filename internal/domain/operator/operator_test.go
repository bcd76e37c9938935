package operator_test

import (
	"errors"
	"strings"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/operator"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
)

// vendor is the console of an installation, with the acts of its command line.
type vendor struct {
	*domaintest.Place
	operators *operator.Service
}

func newVendor(t *testing.T) vendor {
	t.Helper()
	p := domaintest.NewPlace(t).AtConsole(t)
	return vendor{p, operator.New(operator.Options{DB: p.DB, Invitations: p.Invitations, Administration: p.Administration, VendorName: "IDKit"})}
}

func TestAnOperatorIsInvitedAndInvitedAnew(t *testing.T) {
	v := newVendor(t)
	ada := operator.NewOperator{FirstName: "Ada", Email: "ada@vendor.example", PrintLink: true}
	first, link, err := v.operators.Invite(t.Context(), ada)
	domaintest.MustNot(t, err)
	if first.Status != user.Invited || first.OrganizationID != v.Northwind || link.URL == "" {
		t.Errorf("invited: %+v, %q", first, link.URL)
	}
	again, second, err := v.operators.Invite(t.Context(), ada)
	domaintest.MustNot(t, err)
	if again.ID != first.ID || second.URL == link.URL {
		t.Errorf("invited anew: %s, %q; before %s, %q", again.ID, second.URL, first.ID, link.URL)
	}
	if n := v.Count(t, `SELECT count(*) FROM links WHERE purpose = 'invitation' AND ended_at IS NULL AND subject_id = $1`, first.ID); n != 1 {
		t.Errorf("%d links of theirs work", n)
	}
	if n := v.Count(t, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND actor_kind = 'installation'`, v.Northwind); n != 2 {
		t.Errorf("%d events in the vendor's trail", n)
	}
	v.Verify(t)
	letters := v.Letters(t, ada.Email)
	if len(letters) == 0 || !strings.Contains(letters[len(letters)-1], "You are invited to IDKit as Administrator.") {
		t.Errorf("delivered: %q", letters)
	}

	_, _, err = v.operators.Invite(t.Context(), operator.NewOperator{Email: "nonsense"})
	if f, ok := fault.Of(err); !ok || len(f.Fields) != 2 {
		t.Errorf("without names and address: %v", err)
	}
}

func TestTheFirstOperatorsAreInvitedAtTheSameMoment(t *testing.T) {
	v := newVendor(t)
	v.Exec(t, `DELETE FROM roles WHERE organization_id = $1`, v.Northwind)
	v.Exec(t, `DELETE FROM organizations WHERE id = $1`, v.Northwind) // nobody has been invited yet
	var acts []func() error
	for _, name := range []string{"ada", "wei", "sam", "zoe"} {
		acts = append(acts, func() error {
			_, _, err := v.operators.Invite(t.Context(), operator.NewOperator{FirstName: name, Email: name + "@vendor.example"})
			return err
		})
	}
	for _, err := range domaintest.Together(acts...) {
		domaintest.MustNot(t, err)
	}
	all, err := v.operators.List(t.Context())
	domaintest.MustNot(t, err)
	if n := v.Count(t, `SELECT count(*) FROM organizations WHERE kind = 'vendor'`); n != 1 || len(all) != len(acts) {
		t.Errorf("%d operators of %d vendors", len(all), n)
	}
}

func TestTheHostSuspendsTheLastOperator(t *testing.T) {
	v := newVendor(t)
	ada := v.Person(t)
	browser := v.LogIn(t, ada)
	suspended, err := v.operators.Suspend(t.Context(), ada.Email)
	domaintest.MustNot(t, err)
	if suspended.ID != ada.User {
		t.Errorf("suspended %s", suspended.ID)
	}
	if _, err := browser.Current(t); err == nil {
		t.Error("their session goes on")
	}
	_, err = v.operators.Reactivate(t.Context(), ada.Email)
	domaintest.MustNot(t, err)
	if _, err := browser.Current(t); err == nil {
		t.Error("their session came back")
	}
	all, err := v.operators.List(t.Context())
	domaintest.MustNot(t, err)
	if len(all) != 1 || all[0].Status != user.Active {
		t.Errorf("operators: %+v", all)
	}
}

// TestAUserOfAClientIsNoOperator asks for them by the address they have there.
func TestAUserOfAClientIsNoOperator(t *testing.T) {
	clients := domaintest.NewPlace(t)
	priya := clients.Person(t)
	p := clients.AtConsole(t)
	operators := operator.New(operator.Options{DB: p.DB, Invitations: p.Invitations, Administration: p.Administration, VendorName: "IDKit"})
	for _, address := range []string{priya.Email, "nobody@vendor.example", "nonsense", ""} {
		if _, err := operators.Suspend(t.Context(), address); !errors.Is(err, operator.ErrNobody) {
			t.Errorf("suspend %q: %v", address, err)
		}
		if _, err := operators.Reactivate(t.Context(), address); !errors.Is(err, operator.ErrNobody) {
			t.Errorf("reactivate %q: %v", address, err)
		}
	}
	invited, _, err := operators.Invite(t.Context(), operator.NewOperator{FirstName: "Priya", Email: priya.Email})
	domaintest.MustNot(t, err)
	if invited.OrganizationID == clients.Northwind || clients.Text(t, `SELECT status FROM users WHERE id = $1`, priya.User) != "active" {
		t.Errorf("as an operator: %+v", invited)
	}
}
