package language

import (
	"testing"
	"time"
)

func TestCatalogueLoadsAndFallsBackToTheDefault(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, preferred := range []string{"", "en-AU", "tlh", "xx;q=nonsense", "de-CH, fr;q=0.8"} {
		if got := c.Speaker(preferred).Language(); got != Default {
			t.Errorf("Speaker(%q) speaks %s", preferred, got)
		}
	}
	if _, err := c.Speaker().Say("no.such.sentence"); err == nil {
		t.Error("a missing sentence is not an error")
	}
	if _, err := c.Speaker().Say("no.such.sentence", "name"); err == nil {
		t.Error("a value without a name is not an error")
	}
}

func TestTimesAreWrittenWithMonthNameAndZone(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 30, 21, 42, 0, 0, time.FixedZone("east", 11*3600))
	s := c.Speaker()
	for got, want := range map[string]string{s.Day(at): "30 November 2026", s.Moment(at): "30 November 2026, 10:42 UTC", s.Clock(at): "10:42 UTC"} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLongNumbersAreGrouped(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	s := c.Speaker()
	for n, want := range map[int]string{0: "0", 999: "999", 9812: "9,812", 1000000: "1,000,000"} {
		if got := s.Number(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	got, err := s.Say("web.profile.sessions_ended", "Count", 1500)
	if want := "Logged out at 1,500 other places."; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestASentenceIsNeverSaidWithAHole(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	s := c.Speaker()
	if got, err := s.Say("page.users.actions_for", "Name", "Ada {{.Name}}"); err != nil || got != "Actions for Ada {{.Name}}" {
		t.Errorf("%q, %v", got, err)
	}
	for _, values := range [][]any{nil, {"Email", "ada@northwind.example"}, {"Name", nil}} {
		if got, err := s.Say("page.users.actions_for", values...); err == nil {
			t.Errorf("without the name it says %q", got)
		}
	}
	for text, want := range map[any]bool{
		"": false, "Words": true, "{{.Name}}": true, "Hello {{.Name}}, {{.Name}}": true, 3.0: false,
		"{{ .Name }}": false, "{{.Name": false, "{{.}}": false, "{{with .Name}}{{.}}{{end}}": false, "{{.Name.First}}": false,
	} {
		if _, err := newSentence(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := newSentence(map[string]any{"one": "1 user"}); err == nil {
		t.Error("a plural without its other form is a sentence")
	}
}

func TestTheCountChoosesTheWording(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	s := c.Speaker()
	for count, want := range map[any]string{
		0: "0 users have this role.", 1: "1 user has this role.", "1": "1 user has this role.", 2000: "2,000 users have this role.",
	} {
		if got, err := s.Say("page.roles.users", "Count", count); err != nil || got != want {
			t.Errorf("%v: %q, %v", count, got, err)
		}
	}
	if got, err := s.Say("page.roles.users", "Count", "many"); err == nil {
		t.Errorf("a count that is no number says %q", got)
	}
}
