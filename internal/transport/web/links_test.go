package web_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/transport/web"
)

// exports are the files of which the trail keeps who took them away: TestTheListAsAFile, TestTheExportedLogProvesItself.
var exports = []string{"/users.csv", "/audit.csv", "/audit.jsonl"}

// TestLookingChangesNothing asks for every page, as everybody, in every state.
func TestLookingChangesNothing(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	link := owner.link(id)
	invitee := p.visitor()
	invitee.open(link)
	settingUp := p.join(owner.link(owner.invite("lee@example.com", "Member")))
	settingUp.open("/protect")
	settingUp.leads(settingUp.post("/protect"), "/protect/authenticator")
	half := p.visitor()
	half.open("/login")
	half.leads(half.post("/login", "email", admin, "password", password), "/login/code")
	before := p.dump()
	if len(before["users"]) != 3 || len(before["sessions"]) < 2 || len(before["half_logins"]) != 1 {
		t.Fatalf("the dump misses rows: %v", slices.Collect(maps.Keys(before)))
	}
	for _, v := range []*visitor{owner, invitee, settingUp, half, p.visitor()} {
		for _, line := range web.Lines(p.handler) {
			if line.Method != http.MethodGet || slices.Contains(exports, line.Path) {
				continue
			}
			path := concrete(strings.Replace(line.Path, "{id}", id, 1))
			for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
				if a := v.clone().send(v.request(method, path, nil)); a.status >= 500 {
					t.Errorf("%s %s: answer %d", method, path, a.status)
				}
			}
		}
		after := p.dump()
		for table := range after {
			if !slices.Equal(before[table], after[table]) {
				t.Errorf("looking changed %s:\n%s\n%s", table, before[table], after[table])
			}
		}
	}
}

// followedByMachines asks for an address as mail scanners do, without keeping cookies and with.
func (p *portal) followedByMachines(path string) {
	p.Helper()
	scanner := p.visitor()
	for range 20 {
		for _, method := range []string{"HEAD", "GET"} {
			if a := p.visitor().send(p.visitor().request(method, path, nil)); a.status >= 400 {
				p.Errorf("%s %s: answer %d", method, path, a.status)
			}
			scanner.open(path)
		}
	}
}

// TestMachinesThatFollowLinksHarmNothing is promise P22.
func TestMachinesThatFollowLinksHarmNothing(t *testing.T) {
	p := newPortal(t, development, nil)
	p.followedByMachines(p.setup)
	owner := p.found()
	owner.leads(owner.post("/users/invite", owner.inviteForm("sam@example.com", "Member")...), "/users")
	path := p.mailedPath(p.letter("sam@example.com", "/join"))
	p.followedByMachines(path)
	scanner := p.visitor()
	scanner.open(path)
	if a := scanner.post("/join"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a machine that presses the button: %d", a.status)
	}
	sam := p.join(path)
	sam.open("/protect")
	sam.leads(sam.post("/protect/later"), "/")
	if a := p.visitor().open(path); a.status != http.StatusGone {
		t.Errorf("the used link: %d", a.status)
	}
	sam.post("/logout")

	other := p.visitor() // a browser that nobody has seen before
	other.open("/login")
	other.leads(other.post("/login", "email", "sam@example.com", "password", password), "/")
	path = p.mailedPath(p.letter("sam@example.com", "/not-me"))
	p.followedByMachines(path)
	if a := other.get("/"); a.status != http.StatusOK {
		t.Errorf("a machine ended the session: %d", a.status)
	}
	victim := p.visitor()
	victim.open(path)
	if a := victim.post("/not-me", "sure", "yes"); a.status != http.StatusOK {
		t.Errorf("this was not me: %d %s", a.status, words(a.body))
	}
	if a := other.get("/"); !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("the disowned session lives: %d", a.status)
	}
	path = p.mailedPath(p.letter("sam@example.com", "/reset"))
	p.followedByMachines(path)
}

// TestMachinesThatPressButtonsHarmNothing is promise P22 for the mails about an
// account: a machine opens each link and presses every button, and the owner's
// way goes on as if nothing had been.
func TestMachinesThatPressButtonsHarmNothing(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	const next = "countess@other.example"
	pressed := func(path string) string {
		t.Helper()
		p.followedByMachines(path)
		machine := p.visitor()
		machine.open(path)
		for _, button := range regexp.MustCompile(`<form method="post" action="([^"]+)"`).FindAllStringSubmatch(machine.page.body, -1) {
			machine.open(path)
			machine.post(button[1])
		}
		return path
	}
	owner.open("/profile/email")
	owner.leads(owner.post("/profile/email", "email", next, "password", password), "/profile")
	pressed(p.mailedPath(p.letter(admin, "/email/stop")))
	owner.open(pressed(p.mailedPath(p.letter(next, "/email/confirm"))))
	owner.leads(owner.post("/email/confirm"), "/profile")
	undo := p.visitor()
	undo.open(pressed(p.mailedPath(p.letter(admin, "/email/undo"))))
	undo.shows(undo.post("/email/undo", "sure", "yes"), http.StatusOK, admin)

	forgetful := p.visitor() // the undo sent a link for a new password
	forgetful.open(pressed(p.mailedPath(p.letter(admin, "/reset"))))
	if a := forgetful.post("/reset", "password", newPassword, "confirm", newPassword); a.status != http.StatusSeeOther {
		t.Errorf("the link does not work after a machine had it: %d", a.status)
	}
}

func TestEveryEndOfAnInvitationHasItsPage(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	first := owner.link(id)
	second := owner.link(id)
	v := p.visitor()
	texts := map[string]bool{}
	ended := func(what, link string) {
		t.Helper()
		a := v.open(link)
		if a.status != http.StatusGone || texts[words(a.body)] {
			t.Errorf("%s: answer %d, or the same words as another end:\n%s", what, a.status, words(a.body))
		}
		texts[words(a.body)] = true
		if policy := a.header.Get("Referrer-Policy"); policy != "no-referrer" {
			t.Errorf("%s: Referrer-Policy is %q", what, policy)
		}
	}
	ended("replaced", first)
	ended("unknown", "/join?token="+strings.Repeat("A", 43))
	v.shows(v.open(second), http.StatusOK, "Enter the new password")
	v.page = owner.page
	stranger := p.visitor()
	stranger.open("/join")
	stranger.leads(stranger.post("/theme", "back", "/join/again"), "/join/again")
	stranger.shows(stranger.open("/join/again"), http.StatusGone, "link")
	wrong := owner.clone()
	wrong.shows(wrong.open(second), http.StatusOK, "sam@example.com") // the wrong account
	p.clock.Advance(8 * 24 * 3600e9)
	ended("expired", second)
	owner.logIn(admin)
	owner.open("/users/" + id + "/withdraw")
	third := owner.link(id)
	owner.open("/users/" + id + "/withdraw")
	owner.leads(owner.post("/users/"+id+"/withdraw"), "/users")
	ended("withdrawn", third)
}
