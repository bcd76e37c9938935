package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestAFormPostedTwiceActsOnce(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	fields := owner.inviteForm("sam@example.com", "Member")
	form := owner.form(fields...)
	before := p.acts()
	const times = 16
	locations := make([]string, times)
	var wg sync.WaitGroup
	for i := range times {
		r := owner.request("POST", "/users/invite", strings.NewReader(form.Encode()))
		browser := owner.clone()
		wg.Go(func() { locations[i] = browser.send(r).location() })
	}
	wg.Wait()
	for i, location := range locations {
		if location != "/users" {
			t.Errorf("post %d leads to %q", i, location)
		}
	}
	owner.leads(owner.send(owner.request("POST", "/users/invite", strings.NewReader(form.Encode()))), "/users")
	if acts := p.acts() - before; acts != 1 {
		t.Errorf("%d acts", acts)
	}
	p.letter("sam@example.com", "/join")
	if n := len(p.letters("sam@example.com")); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// TestAnotherFormOfTheSamePageIsAnotherAct covers going back in the browser,
// changing a field and sending the same page again.
func TestAnotherFormOfTheSamePageIsAnotherAct(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	fields := owner.inviteForm("sam@example.com", "Member")
	page := owner.page
	owner.leads(owner.post("/users/invite", fields...), "/users")
	owner.page = page
	owner.leads(owner.post("/users/invite", append(fields, "email", "lee@example.com")...), "/users")
	if list := owner.open("/users"); !strings.Contains(list.body, "lee@example.com") {
		t.Error("the second invitation was taken for the first")
	}
	id := owner.invite("kim@example.com", "Member")
	owner.page = page
	owner.leads(owner.post("/users/"+id+"/withdraw"), "/users")
	if a := owner.get("/users/" + id); a.status != http.StatusNotFound {
		t.Errorf("the withdrawal was taken for the invitation: %d", a.status)
	}
}

// TestALockPostedTwiceActsOnce: its answer is a report, which the second post must
// not replace by one of a lock that found nothing left to end.
func TestALockPostedTwiceActsOnce(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	owner.open("/users/" + id + "/lock")
	page, before := owner.page, p.acts()
	owner.shows(owner.post("/users/"+id+"/lock", "reason", "phished"), http.StatusOK, "Sessions 1 ")
	owner.page = page
	owner.leads(owner.post("/users/"+id+"/lock", "reason", "phished"), "/users/"+id)
	if acts := p.acts() - before; acts != 1 {
		t.Errorf("%d acts", acts)
	}
}

// TestARefusedFormCanBeSentAgain: only what was done is done once.
func TestARefusedFormCanBeSentAgain(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	fields := owner.inviteForm("sam@example.com", "Member")
	owner.invite("sam@example.com", "Member")
	owner.open("/users/invite")
	page := owner.page
	for range 2 {
		owner.page = page
		owner.shows(owner.post("/users/invite", fields...), http.StatusUnprocessableEntity, "Sam Ito")
	}
}
