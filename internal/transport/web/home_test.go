package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheFirstPageSaysWhatWaits(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	fresh := owner.open("/")
	owner.shows(fresh, http.StatusOK, "Nothing waits for you.")
	owner.shows(fresh, http.StatusOK, "1 user 1 active 0 invited 0 suspended 100 % have two-factor authentication.")
	owner.link(owner.invite("lee@example.com", "Member"))
	owner.link(owner.invite("wei@example.com", "Member"))
	for _, later := range []struct {
		after time.Duration
		says  string
	}{
		{0, "Nothing waits for you."}, {5*24*time.Hour + time.Hour, "2 invitations end soon"}, {48 * time.Hour, "2 invitations have ended"},
	} {
		p.clock.Advance(later.after)
		owner.logIn(admin)
		owner.shows(owner.open("/"), http.StatusOK, later.says)
	}
}

func TestAnUndeliveredInvitationWaitsOnTheFirstPage(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.invite("lee@example.invalid", "Member") // the development mailbox refuses it
	sent := p.clock.Now().UTC().Format("2 January 2006")
	says := "The invitation for Sam Ito was not delivered It was sent on " + sent
	for deadline := time.Now().Add(patience); !strings.Contains(words(owner.open("/").body), says); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not say %q: %s", says, words(owner.open("/").body))
		}
	}
}

func TestTheFirstPageShowsNoMoreThanTheRole(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	member := owner.member("sam@example.com", "Member")
	for _, word := range []string{"two-factor authentication.", "Waiting for you", "What happened last", "active"} {
		if shown := words(member.open("/").body); strings.Contains(shown, word) {
			t.Errorf("a member reads %q: %s", word, shown)
		}
	}
	p.change(`UPDATE roles SET kind = 'own', name_key = 'x', permissions = 'users.access users.view audit.access audit.view' WHERE kind = 'member'`)
	looks := member.open("/")
	member.shows(looks, http.StatusOK, "2 users 2 active 0 invited 0 suspended 50 %")
	member.shows(looks, http.StatusOK, "Ada Byron invited Sam Ito")
	if strings.Contains(words(looks.body), "Waiting for you") {
		t.Error("something waits for who can do nothing about it")
	}
}

func TestAnApprovalWaitsOnTheFirstPage(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, _ := owner.protectedUser("sam@example.com", "Administrator")
	_, id := owner.protectedUser("lee@example.com", "Member")
	window := "/users/" + id + "/second-factor"
	sam.open(window)
	sam.leads(sam.post(window, "step", "ask"), window)
	owner.shows(owner.open("/"), http.StatusOK, "Sam Ito asks you to approve the reset of two-factor authentication for Sam Ito")
	if shown := words(sam.open("/").body); !strings.Contains(shown, "Nothing waits for you.") {
		t.Errorf("who asked is asked: %s", shown)
	}
}
