package settings_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
)

func TestWhoeverMustActIsWrittenToAndReminded(t *testing.T) {
	h := newHouse(t)
	late, _ := h.member(t)
	quick, _ := h.member(t)
	from := h.today().Add(10 * day)
	h.requireOf(t, organization.RequiredForAll, from)
	for _, who := range []*domaintest.Holder{late, quick} {
		letters := h.Letters(t, who.Email)
		if len(letters) != 1 || !strings.Contains(letters[0], "Subject: Set up two-factor authentication before 3 December 2026") {
			t.Fatalf("%d letters: %s", len(letters), letters)
		}
		if !strings.Contains(letters[0], "https://id.example/protect") {
			t.Error("the letter does not lead to the set-up")
		}
	}
	if letters := h.Letters(t, h.admin.Email); len(letters) != 0 {
		t.Errorf("somebody with a second factor is written to: %s", letters)
	}
	h.Protect(t, quick)
	h.Clock.Advance(from.Add(-3*day).Sub(h.Clock.Now()) - time.Second)
	if n, err := h.Settings.Tell(t.Context()); err != nil || n != 0 {
		t.Errorf("%d are reminded too early, %v", n, err)
	}
	h.Clock.Advance(time.Second)
	if n, err := h.Settings.Tell(t.Context()); err != nil || n != 1 {
		t.Errorf("%d are reminded, %v", n, err)
	}
	if n, err := h.Settings.Tell(t.Context()); err != nil || n != 0 {
		t.Errorf("%d are reminded twice, %v", n, err)
	}
	if len(h.Letters(t, late.Email)) != 2 || len(h.Letters(t, quick.Email)) != 1 {
		t.Error("the reminder does not go to those, and only those, who still have none")
	}
}

func TestALetterAboutARequirementThatIsGoneIsNotSent(t *testing.T) {
	h := newHouse(t)
	who, _ := h.member(t)
	h.requireOf(t, organization.RequiredForAll, h.today().Add(10*day))
	h.requireOf(t, organization.Recommended, time.Time{})
	if letters := h.Letters(t, who.Email); len(letters) != 0 {
		t.Errorf("written to: %s", letters)
	}
	h.requireOf(t, organization.RequiredForAll, h.today())
	letters := h.Letters(t, who.Email)
	if len(letters) != 1 || !strings.Contains(letters[0], "now requires two-factor authentication") {
		t.Errorf("of a requirement from today on: %s", letters)
	}
}

// Another rule that changes meanwhile does not keep the letters from the rest.
func TestLettersGoOnWhenAnotherRuleChanges(t *testing.T) {
	h := newHouse(t)
	const people = 450
	h.crowd(t, people)
	h.requireOf(t, organization.RequiredForAll, h.today().Add(10*day))
	told := h.Count(t, `SELECT count(*) FROM letters`)
	h.lay(t, func(p *organization.Policy) { p.Invitation = 36 * time.Hour })
	for range 4 {
		_, err := h.Settings.Tell(t.Context())
		domaintest.MustNot(t, err)
	}
	if n := h.Count(t, `SELECT count(*) FROM letters`); told == 0 || told >= people || n != people {
		t.Errorf("%d were written to at first, and %d of %d in the end", told, n, people)
	}
}

// A large organization is written to some people at a time, by whichever node is
// free: each person once.
func TestManyPeopleAreToldOnceEachOverSeveralNodes(t *testing.T) {
	h := newHouse(t)
	const people = 650
	h.crowd(t, people)
	other := h.AnotherNode(t)
	h.requireOf(t, organization.RequiredForAll, h.today().Add(10*day))
	for range 10 {
		for _, err := range domaintest.Together(
			func() error { _, err := h.Settings.Tell(t.Context()); return err },
			func() error { _, err := other.Settings.Tell(t.Context()); return err },
		) {
			domaintest.MustNot(t, err)
		}
	}
	letters := h.Count(t, `SELECT count(*) FROM letters WHERE kind = 'second_factor_due'`)
	readers := h.Count(t, `SELECT count(DISTINCT subject_id) FROM letters WHERE kind = 'second_factor_due'`)
	if letters != people || readers != people {
		t.Errorf("%d letters went to %d of %d people", letters, readers, people)
	}
}
