package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheMailPageSaysThatLettersAreHeld(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	p.change(`INSERT INTO mail_holds (since, reason) SELECT created_at, 'restored' FROM organizations`)
	owner.shows(owner.open("/settings/mail"), http.StatusOK, "No mail has left it since then. Whoever runs it lets mail leave again with this command: idkit mail release")
	p.change(`DELETE FROM mail_holds`)
	if a := owner.open("/settings/mail"); a.status != http.StatusOK || strings.Contains(a.body, "idkit mail release") {
		t.Errorf("after the release the page still says it: %s", words(a.body))
	}
}
