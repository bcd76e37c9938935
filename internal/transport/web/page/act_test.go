package page

import (
	"strings"
	"testing"
)

// A consequence is told when there is one, with its number, and not otherwise.
func TestWindowsTellNoZeros(t *testing.T) {
	r := newRenderer(t)
	act := galleryAct()
	for _, c := range []struct {
		view  func(Endings) View
		tells []string
	}{
		{
			func(e Endings) View { return ChangeStatus{Act: act, To: StatusSuspended, Ends: e} },
			[]string{"3 sessions end", "4 mailed links stop", "5 API keys made by", "6 open invitations from"},
		},
		{
			func(e Endings) View { return LockAccount{Act: act, Ends: e} },
			[]string{"3 sessions end", "4 mailed links stop", "5 API keys made by", "6 open invitations from"},
		},
		{
			func(e Endings) View { return DeleteUser{Act: act, Ends: e} },
			[]string{"4 mailed links stop", "5 API keys made by", "6 open invitations from"},
		},
		{
			func(e Endings) View { return LogOutEverywhere{Act: act, Sessions: e.Sessions, Keys: e.Keys} },
			[]string{"3 sessions end", "5 API keys keep"},
		},
		{func(e Endings) View { return ResetPassword{Act: act, Sessions: e.Sessions} }, []string{"3 sessions end"}},
	} {
		told := render(t, r, viewer("users"), c.view(Endings{Sessions: 3, Links: 4, Keys: 5, Invitations: 6}))
		none := render(t, r, viewer("users"), c.view(Endings{}))
		for _, words := range c.tells {
			if !strings.Contains(told, words) {
				t.Errorf("%T does not tell that %q", c.view(Endings{}), words)
			}
			if what := words[2:]; strings.Contains(none, what) {
				t.Errorf("%T tells %q of nothing", c.view(Endings{}), what)
			}
		}
	}
}

// A window that only asks puts the focus where nothing happens.
func TestConfirmationsFocusCancel(t *testing.T) {
	r := newRenderer(t)
	act := galleryAct()
	for _, v := range []View{
		ResetPassword{Act: act},
		ChangeStatus{Act: act, To: StatusSuspended},
		ChangeStatus{Act: act, To: StatusActive},
		LogOutEverywhere{Act: act, Sessions: 1},
		Unlock{Act: act},
		ResetUserSecondFactor{Act: act, Stage: ResetBegin},
		ResetUserSecondFactor{Act: act, Stage: ResetBegin, MailMissing: true, MayAsk: true},
		ResetUserSecondFactor{Act: act, Stage: ResetApproval},
		DeleteUser{Act: galleryBlocked(BlockActive)},
	} {
		shell := viewer("users")
		shell.Fragment = true
		var focused []string
		for _, n := range elements(t, render(t, r, shell, v)) {
			if has(n, "autofocus") {
				focused = append(focused, n.Data+" "+attribute(n, "href"))
			}
		}
		if len(focused) != 1 || focused[0] != "a "+act.Back {
			t.Errorf("%T: the focus is on %v", v, focused)
		}
	}
}

// Cancel and success lead to the list with its filters, and never to a stranger's address.
func TestWindowsLeadBack(t *testing.T) {
	for back, want := range map[string]string{
		"":                                "/users",
		"/users?status=active":            "/users?status=active",
		"/users/usr_5":                    "/users/usr_5",
		"https://evil.example/users":      "/users",
		"//evil.example/users":            "/users",
		"javascript:alert(1)":             "/users",
		"/profile":                        "/users",
		"/users/usr_5?back=%2F%2Fevil.ex": "/users/usr_5",
	} {
		if got := (Act{ID: "usr_5", Back: back}).Return(); got != want {
			t.Errorf("back %q leads to %q, want %q", back, got, want)
		}
	}
	for back, want := range map[string]bool{"/users/usr_5": true, "/users/usr_5?back=%2Fusers%3Fq%3Dada": true, "/users/usr_6": false, "/users": false} {
		if got := (Act{ID: "usr_5", Back: back}).FromUser(); got != want {
			t.Errorf("back %q comes from the user's page: %v", back, got)
		}
	}
}

// Whoever cannot act gets the reason and no button that acts.
func TestBlockedWindowsHaveNoForm(t *testing.T) {
	r := newRenderer(t)
	for _, s := range blockedSpecimens() {
		s.Shell.Fragment = true
		for _, n := range elements(t, render(t, r, s.Shell, s.View)) {
			if n.Data == "form" {
				t.Errorf("%s has a form to %s", s.Name, attribute(n, "action"))
			}
		}
	}
}
