package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestDevelopersFindTheAddressesForTheirPrograms(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	shown := owner.open("/developer")
	for _, address := range []string{production + "/api/v1", production + "/api/v1/session", production + "/api/v1/forward-auth?module="} {
		owner.shows(shown, http.StatusOK, "Guard of a module")
		if !strings.Contains(shown.body, `value="`+address+`"`) {
			t.Errorf("%s is not there", address)
		}
	}
	if a := owner.get("/api/v1/session"); a.status != http.StatusOK {
		t.Errorf("the address that is told answers %d", a.status)
	}
	if a := owner.get("/api/v1/forward-auth?module=developer"); a.status >= http.StatusMultipleChoices {
		t.Errorf("the guard answers %d about a module that is open", a.status)
	}
	sam := owner.member("sam@example.com", "Member")
	sam.shows(sam.open("/developer"), http.StatusForbidden, "You do not have access to Developer")
	owner.leads(owner.get("/modules/support"), "/support")
}
