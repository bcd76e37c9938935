package web_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/operator"
)

// both is one person with one address who is an Administrator of a client and an operator.
type both struct {
	*portal
	console            *portal
	atPortal, atVendor *visitor
}

const (
	sameAddress = "lee@fabrikam.example"
	vendorsOwn  = "seven lanterns over the harbour"
)

func newBoth(t *testing.T) *both {
	t.Helper()
	b := &both{portal: newPortal(t, development, withConsole)}
	b.console = b.portal.atConsole()
	_, b.atPortal = b.client("Fabrikam")
	_, link, err := b.app.Operators().Invite(t.Context(), operator.NewOperator{FirstName: "Lee", Email: sameAddress, PrintLink: true})
	if err != nil {
		t.Fatal(err)
	}
	b.atVendor = b.console.visitor()
	b.atVendor.open(b.console.mailedPath(link.URL))
	b.atVendor.leads(b.atVendor.post("/join", "password", vendorsOwn), "/protect")
	b.atVendor.protect()
	b.atVendor.post("/protect/recovery-codes", "saved", "yes")
	b.atVendor.shows(b.atVendor.open("/clients"), http.StatusOK, "Fabrikam")
	return b
}

// across is the visitor at the other front, with each cookie under its name there.
func (v *visitor) across(to *portal) *visitor {
	there := v.clone()
	there.p = to
	for name, value := range maps.Clone(v.cookies) {
		if strings.Contains(name, "idkit_operator_") {
			there.cookies[strings.Replace(name, "idkit_operator_", "idkit_", 1)] = value
		} else {
			there.cookies[strings.Replace(name, "idkit_", "idkit_operator_", 1)] = value
		}
	}
	return there
}

func TestASessionIsWorthNothingAtTheOtherFront(t *testing.T) {
	b := newBoth(t)
	for name, across := range map[string]*visitor{
		"idkit_operator_session": b.atPortal.across(b.console), "idkit_session": b.atVendor.across(b.portal),
	} {
		if across.cookie(name) == "" {
			t.Fatalf("nothing is tried: no %s in %v", name, slices.Sorted(maps.Keys(across.cookies)))
		}
		if across.get("/users").status != http.StatusSeeOther {
			t.Error("the list of users opens")
		}
		across.shows(across.open("/profile"), http.StatusOK, "Log in")
	}
	// A form that was shown at one front is not taken at the other.
	across := b.atPortal.clone()
	across.open("/profile/name")
	across.p, across.cookies = b.console, b.atVendor.cookies
	across.leads(across.post("/profile/name", "first_name", "Eve", "last_name", ""), "/")
	if shown := b.atVendor.open("/profile"); strings.Contains(words(shown.body), "Eve") {
		t.Error("it was taken")
	}
}

func TestOneAddressHasAPasswordAtEachFront(t *testing.T) {
	b := newBoth(t)
	for _, wrong := range []struct {
		at       *portal
		password string
	}{{b.portal, vendorsOwn}, {b.console, password}} {
		v := wrong.at.visitor()
		v.open("/login")
		v.shows(v.post("/login", "email", sameAddress, "password", wrong.password), http.StatusUnprocessableEntity, "The email address or password is not correct.")
	}
	half := b.portal.visitor()
	half.open("/login")
	half.leads(half.post("/login", "email", sameAddress, "password", password), "/login/code")
	across := half.across(b.console)
	across.shows(across.open("/login/code"), http.StatusOK, "Forgot your password?")
	across.open("/login")
	if a := across.post("/login/code", "code", b.atVendor.code()); !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("a half log-in of the portal goes on at the console: %d %s", a.status, a.location())
	}
}

func TestAForgottenPasswordIsThatOfOneFront(t *testing.T) {
	b := newBoth(t)
	kept := b.atVendor.clone()
	asks := b.portal.visitor()
	asks.open("/forgot")
	asks.post("/forgot", "email", sameAddress)
	link := b.letter(sameAddress, "/reset")
	path := b.mailedPath(link)
	across := b.console.visitor()
	across.shows(across.open(path), http.StatusGone, "Send a new link")

	asks.open(path)
	asks.shows(asks.get(asks.post("/reset", "password", "nine quiet rivers of slate", "confirm", "nine quiet rivers of slate").location()), http.StatusOK, "Your password is changed. Log in with it.")
	kept.shows(kept.open("/clients"), http.StatusOK, "Fabrikam")
	b.atPortal.shows(b.atPortal.open("/users"), http.StatusOK, "Log in")

	// And the other way round: its letter leads to the console, and its link nowhere else.
	asks = b.console.visitor()
	asks.open("/forgot")
	asks.post("/forgot", "email", sameAddress)
	path = b.console.mailedPath(b.letter(sameAddress, "8081/reset"))
	across = b.portal.visitor()
	across.shows(across.open(path), http.StatusGone, "Send a new link")
	asks.shows(asks.open(path), http.StatusOK, "Choose a new password")
}

func TestARecoveryCodeIsGoodAtItsFront(t *testing.T) {
	b := newBoth(t)
	v := b.portal.visitor()
	v.open("/login")
	v.leads(v.post("/login", "email", sameAddress, "password", password), "/login/code")
	v.open("/login/recovery")
	if a := v.post("/login/recovery", "code", b.atVendor.codes[0]); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the console's recovery code answers %d at the portal", a.status)
	}
	v.open("/login/recovery")
	if a := v.post("/login/recovery", "code", b.atPortal.codes[0]); a.status != http.StatusSeeOther {
		t.Errorf("one's own recovery code answers %d\n%s", a.status, words(a.body))
	}
}

func TestAnInvitationIsForItsFront(t *testing.T) {
	b := newBoth(t)
	_, link, err := b.app.Operators().Invite(t.Context(), operator.NewOperator{FirstName: "Grace", Email: "grace@vendor.example", PrintLink: true})
	if err != nil {
		t.Fatal(err)
	}
	path := b.console.mailedPath(link.URL)
	v := b.portal.visitor()
	if a := v.open(path); a.status == http.StatusOK {
		t.Errorf("an operator's invitation opens at the portal:\n%s", words(a.body))
	}
	v.post("/join", "password", password)
	if v.cookie("idkit_session") != "" {
		t.Error("and is taken there")
	}
	// No second factor, no console: it cannot be put off.
	grace := b.console.visitor()
	grace.open(path)
	grace.leads(grace.post("/join", "password", password), "/protect")
	shown := grace.open("/clients")
	grace.shows(shown, http.StatusOK, "Protect your account")
	if strings.Contains(shown.body, "/protect/later") || grace.post("/protect/later").status != http.StatusNotFound {
		t.Error("an operator can do without a second factor")
	}
	for _, path := range []string{"/setup", "/settings", "/users/import", "/api/v1/session", "/dev/ui", "/profile/second-factor/off", "/login/client"} {
		if a := b.atVendor.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s at the console answers %d", path, a.status)
		}
	}
	if a := b.atPortal.get("/clients"); a.status != http.StatusNotFound {
		t.Errorf("/clients at the portal answers %d", a.status)
	}
}
