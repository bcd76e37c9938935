package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/operator"
	"idkit/internal/platform/config"
)

// withConsole turns the operator's console on, at a port that is free.
func withConsole(c *config.Config) {
	c.OperatorListen, c.OperatorBaseURL = "127.0.0.1:0", "http://localhost:8081"
}

// atConsole is the same installation as operators see it.
func (p *portal) atConsole() *portal {
	console := *p
	console.handler, console.config.BaseURL = p.app.Console(), p.config.OperatorURL().String()
	return &console
}

// operator is somebody of the vendor, logged in at the console.
func (p *portal) operator() *visitor {
	p.Helper()
	_, link, err := p.app.Operators().Invite(p.Context(), operator.NewOperator{FirstName: "Sam", LastName: "Ito", Email: "sam@vendor.example", PrintLink: true})
	if err != nil {
		p.Fatal(err)
	}
	v := p.atConsole().visitor()
	v.open(v.p.mailedPath(link.URL))
	v.leads(v.post("/join", "password", password), "/protect")
	v.protect()
	v.post("/protect/recovery-codes", "saved", "yes")
	v.shows(v.open("/clients"), http.StatusOK, "Client Management")
	return v
}

// client is a client organization with its first Administrator, who has joined and is logged in at the portal.
func (p *portal) client(name string) (id string, chief *visitor) {
	p.Helper()
	made, err := p.app.Clients().Create(p.Context(), access.Installation(access.Origin{}), client.Draft{
		Details: client.Details{Name: name, Country: "AU", Category: "Retail"}, FirstName: "Lee", Email: "lee@fabrikam.example", PrintLink: true,
	})
	if err != nil {
		p.Fatal(err)
	}
	chief = p.visitor()
	chief.open(p.mailedPath(made.Link.URL))
	chief.leads(chief.post("/join", "password", password), "/protect")
	chief.protect()
	chief.leads(chief.post("/protect/recovery-codes", "saved", "yes"), "/")
	return made.Client.ID, chief
}

var sinceField = regexp.MustCompile(`name="since" value="([0-9]+)"`)

func TestAnOperatorSuspendsAClientAndUndoesIt(t *testing.T) {
	p := newPortal(t, production, withConsole)
	id, chief := p.client("Fabrikam")
	sam := p.operator()
	sam.shows(sam.open("/clients"), http.StatusOK, "Fabrikam Country Australia Category Retail")
	at := "/clients/" + id
	page := sam.open(at)
	sam.shows(page, http.StatusOK, "Passwords and two-factor authentication are in the hands of the client's own administrators.")
	sam.shows(page, http.StatusOK, "1 active, 0 invited, 0 suspended")
	sam.shows(page, http.StatusOK, "1 of 1 has it on (100 %)")
	if strings.Contains(page.body, "lee@fabrikam.example") || strings.Contains(page.body, "Lee") {
		t.Error("the page names a user of the client")
	}

	sam.shows(sam.open(at+"/status"), http.StatusOK, "1 person is logged out everywhere at once and cannot log in.")
	sam.shows(sam.post(at+"/status", "status", "suspended", "reason", strings.Repeat("x", 301)), http.StatusUnprocessableEntity, "Shorten the reason")
	sam.open(at + "/status")
	sam.leads(sam.post(at+"/status", "status", "suspended", "reason", "Invoices are open"), at)
	shown := sam.open(at)
	sam.shows(shown, http.StatusOK, "Fabrikam is suspended and everybody there is logged out. Undo")
	sam.shows(shown, http.StatusOK, "Suspended By Sam Ito (IDKit) ,")
	chief.shows(chief.get("/users"), http.StatusForbidden, "Fabrikam is suspended.")
	if answer := chief.get("/api/v1/forward-auth"); answer.status == http.StatusOK {
		t.Error("a module behind a proxy lets them through")
	}
	sam.shows(sam.open("/clients"), http.StatusOK, "No client is active yet.")
	sam.shows(sam.open("/clients?tab=suspended"), http.StatusOK, "Fabrikam Country Australia")

	since := sinceField.FindStringSubmatch(shown.body)
	if since == nil {
		t.Fatal("nothing to undo")
	}
	sam.open(at)
	sam.leads(sam.post(at+"/status", "status", "active", "since", since[1], "back", "/clients?tab=suspended"), at+"?back=%2Fclients%3Ftab%3Dsuspended")
	sam.shows(sam.open(at), http.StatusOK, "Fabrikam is Active.")
	chief.leads(chief.get("/users"), "/login?next=%2Fusers")
	sam.open(at)
	sam.leads(sam.post(at+"/status", "status", "active", "since", since[1]), at) // pressed in an old window
	sam.shows(sam.open(at), http.StatusOK, "Someone changed this client a moment ago.")
}

func TestANewClientAndItsTrialThroughThePages(t *testing.T) {
	p := newPortal(t, production, withConsole)
	sam := p.operator()
	sam.shows(sam.open("/clients/new"), http.StatusOK, "First Administrator")
	sam.shows(sam.post("/clients/new", "standing", "trial"), http.StatusUnprocessableEntity, "Choose a country")
	sam.open("/clients/new")
	end := p.clock.Now().AddDate(0, 0, 20).Format("2006-01-02")
	answer := sam.post("/clients/new", "organization", "Contoso", "country", "DE", "category", "Bank", "standing", "trial", "trial_ends", end,
		"first_name", "Ada", "email", "ada@contoso.example")
	at := answer.location()
	if answer.status != http.StatusSeeOther || !strings.HasPrefix(at, "/clients/org_") {
		t.Fatalf("answer %d to %q\n%s", answer.status, at, words(answer.body))
	}
	page := sam.open(at)
	sam.shows(page, http.StatusOK, "Ada ada@contoso.example")
	sam.shows(page, http.StatusOK, "21 days left")
	sam.shows(sam.open("/clients?tab=trial"), http.StatusOK, "Contoso Country Germany")

	sam.open(at + "/details")
	sam.leads(sam.post(at+"/details", "organization", "Contoso AG", "country", "AT", "category", "Bank"), at)
	sam.shows(sam.open(at), http.StatusOK, "Austria · Bank")
	sam.open(at + "/administrator")
	sam.shows(sam.post(at+"/administrator", "first_name", "Ada", "email", "nonsense"), http.StatusUnprocessableEntity, "Enter an email address like")
	sam.open(at + "/administrator")
	sam.leads(sam.post(at+"/administrator", "first_name", "Ada", "last_name", "Weber", "email", "ada.weber@contoso.example"), at)
	sam.shows(sam.open(at), http.StatusOK, "ada.weber@contoso.example")
	sam.open(at + "/resend")
	sam.leads(sam.post(at+"/resend"), at)
	sam.open(at + "/resend")
	sam.shows(sam.post(at+"/resend"), http.StatusTooManyRequests, "Try again in 5 minutes.")

	sam.open(at + "/trial")
	sam.shows(sam.post(at+"/trial", "trial_ends", "2020-01-01"), http.StatusUnprocessableEntity, "lies in the past")
	sam.open(at + "/trial")
	sam.leads(sam.post(at+"/trial", "trial_ends", p.clock.Now().AddDate(0, 0, 40).Format("2006-01-02")), at)
	sam.shows(sam.open(at), http.StatusOK, "41 days left")
	sam.open(at + "/activate")
	sam.leads(sam.post(at+"/activate"), at)
	sam.shows(sam.open(at), http.StatusOK, "Contoso AG is Active, without an end.")
	sam.leads(sam.get(at+"/trial"), at)
	sam.shows(sam.open(at), http.StatusOK, "This client is no longer on trial.")
}

// TestThePortalHasNoClients: what operators do exists on their own listener alone.
func TestThePortalHasNoClients(t *testing.T) {
	p := newPortal(t, production, withConsole)
	owner := p.found()
	for _, path := range []string{"/clients", "/clients/new", "/clients/org_00000000000000000000000000"} {
		if answer := owner.get(path); answer.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.status)
		}
	}
	sam := p.operator()
	for _, path := range []string{"/clients/org_00000000000000000000000000", "/clients/x", "/clients/%00/status", "/clients?category=%00&country=%ff&q=%00&at=%00&sort=x"} {
		if answer := sam.get(path); answer.status != http.StatusNotFound && !strings.HasPrefix(path, "/clients?") || answer.status >= 500 {
			t.Errorf("%s answers %d", path, answer.status)
		}
	}
}
