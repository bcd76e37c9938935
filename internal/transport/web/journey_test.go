package web_test

import (
	"net/http"
	"testing"
)

func TestFromInvitationToPortal(t *testing.T) {
	for name, base := range map[string]string{"development": development, "production": production} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, base, nil)
			admin := p.found()
			id := admin.invite("sam@example.com", "Member")
			sam := p.join(admin.link(id))
			sam.protect()
			sam.leads(sam.post("/protect/recovery-codes", "saved", "yes"), "/")
			sam.shows(sam.open("/"), http.StatusOK, "Welcome, Sam. Two-factor authentication is on.")
			sam.leads(sam.post("/logout"), "/login?out=1")
			sam.leads(sam.logIn("sam@example.com"), "/")
			sam.shows(sam.open("/"), http.StatusOK, "Sam")
		})
	}
}
