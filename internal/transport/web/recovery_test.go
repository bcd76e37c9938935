package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// logsIn is one of those that vendor makes, logged in at the console, and
// the path of the one client's recovery.
func (p *portal) logsIn(name string) (v *visitor, path string) {
	p.Helper()
	v = p.atConsole().visitor()
	p.write(func(ctx context.Context, tx *db.Tx) error {
		vendor, err := organization.OfVendor(ctx, tx)
		if err != nil {
			return err
		}
		started, err := session.Start(ctx, tx, session.New{
			OrganizationID: vendor.ID, UserID: "usr_" + name, AccountID: "acc_" + name, SecondFactor: true, Origin: access.Origin{Address: "192.0.2.7"},
		})
		v.cookies["idkit_operator_session"] = started.Token.Reveal()
		return err
	})
	return v, "/clients/" + p.clientID() + "/recovery"
}

// recoveryField is which recovery a button is about.
var recoveryField = regexp.MustCompile(`name="recovery" value="([^"]+)"`)

func TestTwoOperatorsRecoverAClient(t *testing.T) {
	p := newPortal(t, development, withConsole)
	p.found()
	p.clock.Advance(25 * 3600e9)
	p.vendor()
	ada, path := p.logsIn("ada")
	ada.shows(ada.open(path), http.StatusOK, "72 hours")
	ada.shows(ada.post(path+"/new", "first_name", "Li", "email", admin), http.StatusUnprocessableEntity, "This person is a user of this client")
	ada.leads(ada.post(path+"/new", "first_name", "Li", "last_name", "Wen", "email", "li.wen@example.com", "reason", "Nobody can log in."), path)
	ada.shows(ada.open(path), http.StatusOK, "You started this recovery. Somebody else has to approve it.")
	recovery := recoveryField.FindStringSubmatch(ada.page.body)[1]
	client := ada.open(strings.TrimSuffix(path, "/recovery"))
	ada.shows(client, http.StatusOK, "asked to invite Li Wen as a new Administrator")
	ada.shows(client, http.StatusOK, "A recovery is under way. Li Wen is invited as an Administrator of")
	if strings.Contains(client.body, "All Administrators lost?") {
		t.Error("another recovery is offered while one is under way")
	}
	ada.leads(ada.get(path+"/new"), path)
	ada.open(path)
	ada.leads(ada.get(path+"/approve"), path)
	ada.leads(ada.post(path+"/approve", "sure", "yes", "recovery", recovery), path) // by hand
	ada.shows(ada.open(path), http.StatusOK, "Somebody else has to approve it")

	wei, _ := p.logsIn("wei")
	wei.shows(wei.open(path+"/approve"), http.StatusOK, "Invite Li Wen as an Administrator of")
	wei.shows(wei.post(path+"/approve", "recovery", recovery), http.StatusUnprocessableEntity, "Tick the box once you have asked the client yourself")
	wei.leads(wei.post(path+"/approve", "sure", "yes", "recovery", recovery), path)
	wei.shows(wei.open(path), http.StatusOK, "wei approved it")
	for range 3 {
		for range 3 { // the letters, the day that they begin, and what it leads to
			if err := p.app.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.clock.Advance(1e9)
		}
		p.clock.Advance(24 * 3600e9)
	}
	if err := p.app.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.letter("li.wen@example.com", "/join")
	ada, _ = p.logsIn("ada")
	ada.shows(ada.open(path), http.StatusOK, "Li Wen was invited as an Administrator")
	ada.leads(ada.post(path+"/stop", "recovery", recovery), path)
	ada.shows(ada.open(path), http.StatusOK, "This recovery has ended. Nothing was changed.")
	ada.shows(ada.open(strings.TrimSuffix(path, "/recovery")), http.StatusOK, "The last recovery")
	p.change(`UPDATE organizations SET status = 'suspended', suspended_at = created_at WHERE kind = 'client'`)
	ada.shows(ada.open(path), http.StatusOK, "This client is suspended. Reactivate it first")
	ada.shows(ada.open(path+"/new"), http.StatusOK, "This client is suspended. Reactivate it first")
	if strings.Contains(ada.page.body, "Whom to invite") {
		t.Error("a form is shown that can only be refused")
	}
	missing := ada.get("/nope")
	ada.shows(missing, http.StatusNotFound, "Go to the console")
	if !strings.Contains(missing.body, `action="/clients"`) {
		t.Error("an operator who meets no page cannot look for clients")
	}
	if strings.Contains(ada.page.body, admin) {
		t.Error("the console shows the address of a user")
	}
}

func TestAnOperatorStopsARecovery(t *testing.T) {
	p := newPortal(t, development, withConsole)
	p.found()
	p.recovered()
	wei, path := p.logsIn("wei")
	wei.shows(wei.open(path), http.StatusOK, "At the command line of the host")
	recovery := recoveryField.FindStringSubmatch(wei.page.body)[1]
	wei.leads(wei.post(path+"/stop", "recovery", recovery), path)
	wei.shows(wei.open(path), http.StatusOK, "An operator stopped it. Li Wen is not invited.")
	wei.shows(wei.open(path+"/new"), http.StatusOK, "Whom to invite")
}

// An approval and a start want a proof that is at most as old as any other step-up.
func TestRecoveriesAskForThePasswordAgain(t *testing.T) {
	p := newPortal(t, development, withConsole)
	p.found()
	p.recovered()
	wei, path := p.logsIn("wei")
	for range 2 {
		p.clock.Advance(10 * 60e9)
		wei.shows(wei.open(path), http.StatusOK, "Approve")
	}
	for _, act := range []string{"/new", "/approve"} {
		if a := wei.get(path + act); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/confirm") {
			t.Errorf("%s: answer %d to %q", act, a.status, a.location())
		}
		if a := wei.post(path+act, "sure", "yes"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/confirm") {
			t.Errorf("posting %s: answer %d to %q", act, a.status, a.location())
		}
	}
}
