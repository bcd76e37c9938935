package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// protectedUser is somebody with that role and a second factor, and their user id.
func (v *visitor) protectedUser(email, role string) (other *visitor, userID string) {
	v.p.Helper()
	userID = v.invite(email, role)
	other = v.p.join(v.link(userID))
	other.protect()
	other.leads(other.post("/protect/recovery-codes", "saved", "yes"), "/")
	return other, userID
}

var spokenCode = regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b`)

// spokenCode waits for the newest letter with a code to read out, which is not one of those before.
func (p *portal) spokenCode(address string, before ...string) string {
	p.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, letter := range p.letters(address) {
			code := spokenCode.FindString(letter.Text)
			if code != "" && !strings.Contains(strings.Join(before, " "), code) {
				return code
			}
		}
	}
	p.Fatalf("no letter to %s has a code", address)
	return ""
}

func TestACodeThatIsReadOutResetsASecondFactor(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, id := owner.protectedUser("sam@example.com", "Member")
	window := "/users/" + id + "/second-factor"
	owner.shows(owner.open(window), http.StatusOK, "A short code is mailed to sam@example.com")
	owner.shows(owner.post(window, "step", "code", "code", "ABCD-EFGH"), http.StatusUnprocessableEntity, "This request has ended.")
	owner.shows(owner.post(window, "step", "nonsense"), http.StatusUnprocessableEntity, "")
	owner.leads(owner.post(window, "step", "send", "back", "/users"), window)
	code := p.spokenCode("sam@example.com")
	shown := owner.open(window)
	owner.shows(shown, http.StatusOK, "Ask Sam Ito to read it out to you.")
	if strings.Contains(shown.body, code) {
		t.Error("the administrator is shown the code")
	}
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Enter the code")
	owner.open(window)
	owner.shows(owner.post(window, "step", "code", "code", ""), http.StatusUnprocessableEntity, "Enter the code that was read out to you")
	owner.shows(owner.post(window, "step", "code", "code", "2222-2222"), http.StatusUnprocessableEntity, "That code is not correct.")
	sam.shows(sam.open("/profile"), http.StatusOK, "sam@example.com") // nothing has happened yet
	done := owner.post(window, "step", "code", "code", strings.ToLower(code))
	owner.shows(done, http.StatusOK, "Sam Ito must set it up again at the next log-in.")
	owner.shows(done, http.StatusOK, "1 session was ended.")
	if a := sam.get("/"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("the session goes on: %d to %q", a.status, a.location())
	}
	owner.shows(owner.open(window), http.StatusOK, "Sam Ito has no two-factor authentication set up.")
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Ada Byron reset the two-factor authentication of Sam Ito")

	// The next log-in is the password, and then the set-up before anything else.
	sam.open("/login")
	sam.leads(sam.post("/login", "email", "sam@example.com", "password", password), "/")
	for _, path := range []string{"/", "/users", "/profile", "/protect/recovery-codes", "/profile/password"} {
		if a := sam.get(path); a.status != http.StatusSeeOther || a.location() != "/protect" {
			t.Errorf("%s answers %d to %q before the set-up", path, a.status, a.location())
		}
	}
	if shown := sam.open("/protect"); strings.Contains(shown.body, "/protect/later") {
		t.Error("the set-up can be put off")
	}
	sam.leads(sam.post("/protect/later"), "/")
	sam.shows(sam.open("/"), http.StatusOK, "An administrator reset your two-factor authentication.")
	sam.protect()
	sam.leads(sam.post("/protect/recovery-codes", "saved", "yes"), "/profile/password") // where the way led before
	sam.shows(sam.open("/profile"), http.StatusOK, "On, authenticator app")
}

func TestFiveWrongCodesNeedANewOne(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	_, id := owner.protectedUser("sam@example.com", "Member")
	window := "/users/" + id + "/second-factor"
	owner.open(window)
	owner.leads(owner.post(window, "step", "send"), window)
	first := p.spokenCode("sam@example.com")
	owner.open(window)
	for range 4 {
		owner.shows(owner.post(window, "step", "code", "code", "2222-2222"), http.StatusUnprocessableEntity, "That code is not correct.")
	}
	owner.shows(owner.post(window, "step", "code", "code", "2222-2222"), http.StatusUnprocessableEntity, "That code was wrong five times")
	owner.shows(owner.post(window, "step", "code", "code", first), http.StatusUnprocessableEntity, "This request has ended.")
	owner.leads(owner.post(window, "step", "send"), window)
	second := p.spokenCode("sam@example.com", first)
	owner.open(window)
	owner.shows(owner.post(window, "step", "code", "code", second), http.StatusOK, "must set it up again")
}

func TestAnAdministratorsSecondFactorNeedsASecondAdministrator(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	_, id := owner.protectedUser("sam@example.com", "Administrator")
	window := "/users/" + id + "/second-factor"
	owner.shows(owner.open(window), http.StatusOK, "A second Administrator has to approve this, and Acme Pty has no other.")
	owner.open("/users/" + id)
	owner.shows(owner.post(window, "step", "send"), http.StatusUnprocessableEntity, "A second Administrator has to approve this")

	lee, _ := owner.joined("lee@example.com", "Administrator")
	owner.shows(owner.open(window), http.StatusOK, "Sam Ito is an Administrator, so a second Administrator has to approve as well.")
	owner.leads(owner.post(window, "step", "send"), window)
	code := p.spokenCode("sam@example.com")
	lee.shows(lee.open(window), http.StatusOK, "Ada Byron began") // and lee would begin anew
	owner.open(window)
	owner.leads(owner.post(window, "step", "code", "code", code), window)
	owner.shows(owner.open(window), http.StatusOK, "Waiting for a second Administrator")
	if a := owner.post(window, "step", "approve"); a.status != http.StatusForbidden {
		t.Errorf("an Administrator approves the own request: %d\n%s", a.status, words(a.body))
	}
	if strings.Contains(words(owner.open("/users/"+id).body), "Agree or refuse") {
		t.Error("who asked is offered to agree")
	}
	lee.shows(lee.open("/users/"+id), http.StatusOK, "Agree or refuse")
	lee.shows(lee.open(window), http.StatusOK, "Ada Byron asked to reset the two-factor authentication of Sam Ito")
	lee.shows(lee.post(window, "step", "approve"), http.StatusOK, "Sam Ito must set it up again at the next log-in.")
	lee.shows(lee.post(window, "step", "approve"), http.StatusUnprocessableEntity, "Sam Ito has no two-factor authentication set up.")
}

func TestARequestIsWithdrawnOrRefused(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, id := owner.protectedUser("sam@example.com", "Member")
	window := "/users/" + id + "/second-factor"
	owner.shows(owner.open(window), http.StatusOK, "Then a second Administrator has to approve, and Acme Pty has no other.")
	owner.shows(owner.post(window, "step", "ask"), http.StatusUnprocessableEntity, "A second Administrator has to approve this")
	lee, _ := owner.joined("lee@example.com", "Administrator")

	owner.open(window)
	owner.leads(owner.post(window, "step", "ask"), window)
	owner.shows(owner.open(window), http.StatusOK, "The other Administrators of Acme Pty are asked to approve.")
	lee.open(window)
	owner.leads(owner.post(window, "step", "withdraw", "back", "/users/"+id), "/users/"+id)
	owner.shows(owner.open("/users/"+id), http.StatusOK, "The request is withdrawn. Nothing was changed.")
	lee.shows(lee.post(window, "step", "approve"), http.StatusUnprocessableEntity, "This request has ended. Here is the current state.")

	owner.open(window)
	owner.leads(owner.post(window, "step", "ask"), window)
	lee.open(window)
	lee.shows(lee.post(window, "step", "refuse", "reason", strings.Repeat("x", 301)), http.StatusUnprocessableEntity, "Shorten the reason to 300 characters.")
	lee.leads(lee.post(window, "step", "refuse", "reason", "Sam did not ask", "back", "/users"), "/users")
	lee.shows(lee.open("/users"), http.StatusOK, "You refused the request of Ada Byron. Nothing was changed.")
	owner.shows(owner.open(window), http.StatusOK, "A short code is mailed")
	sam.shows(sam.open("/profile"), http.StatusOK, "On, authenticator app")
}
