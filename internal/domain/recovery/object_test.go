package recovery_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/recovery"
)

func TestAnyUserEndsItByTheLinkOfTheirLetter(t *testing.T) {
	for name, who := range map[string]func(p house) *domaintest.Holder{
		"a Member":                  func(p house) *domaintest.Holder { return p.member },
		"the lost Administrator":    func(p house) *domaintest.Holder { return p.lost },
		"a suspended Administrator": func(p house) *domaintest.Holder { p.SetStatus(t, p.lost, "suspended"); return p.lost },
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			holder := who(p)
			r := p.told(t)
			token := p.MustLink(t, holder.Email, "recovery/object")
			before := p.Dump(t)
			opened, err := p.Recoveries.OpenObjection(t.Context(), token)
			if err != nil || opened.User.ID != holder.User || opened.Organization != "Northwind" || opened.Invitee() != "Li Wen" || opened.Email != domaintest.Guest {
				t.Errorf("the page shows %+v, %v", opened, err)
			}
			if p.Dump(t) != before {
				t.Error("looking changed something")
			}
			domaintest.MustNot(t, p.objects(t, holder))
			p.is(t, recovery.Objected)
			p.works(t)
			_, err = p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
			domaintest.Refused(t, err, recovery.ErrOver)
			if again, err := p.Recoveries.OpenObjection(t.Context(), token); err != nil || again.State != recovery.Objected {
				t.Errorf("the page shows %+v, %v afterwards", again, err)
			}
			domaintest.Refused(t, p.objects(t, p.member), recovery.ErrOver)
			p.everybodyHears(t, opened.User.Name())
			p.waits(t, 5)
			p.is(t, recovery.Objected)
			p.Verify(t)
		})
	}
}

// everybodyHears checks the letters about an objection: the users read who it
// was, the operators do not.
func (p house) everybodyHears(t *testing.T, objector string) {
	t.Helper()
	for _, user := range []*domaintest.Holder{p.lost, p.member} {
		if said := newest(p.Letters(t, user.Email)); !strings.Contains(said, objector+" objected: no new Administrator for Northwind") {
			t.Errorf("a user reads %q", said)
		}
	}
	for _, o := range []access.Actor{p.ada, p.wei} {
		said := newest(p.Letters(t, email(o)))
		if !strings.Contains(said, "A user objected to the recovery of Northwind") || strings.Contains(said, objector) {
			t.Errorf("an operator reads %q", said)
		}
	}
	if got := p.trail(t); got[len(got)-1] != "recovery.objected "+objector {
		t.Errorf("the trail says %v", got)
	}
}

func TestAnObjectionKeepsTheNextStartAwayForAWeek(t *testing.T) {
	p := newHouse(t)
	p.told(t)
	domaintest.MustNot(t, p.objects(t, p.member))
	ended := p.Clock.Now()
	for _, after := range []time.Duration{0, recovery.Pause - time.Microsecond} {
		p.Clock.Advance(ended.Add(after).Sub(p.Clock.Now()))
		_, err := p.Recoveries.Start(t.Context(), p.wei, p.draft())
		domaintest.Refused(t, err, recovery.ErrObjected)
	}
	p.Clock.Advance(time.Microsecond)
	p.starts(t)
}

func TestWhoseLinkOpensNothing(t *testing.T) {
	p := newHouse(t)
	p.told(t)
	token := p.MustLink(t, p.member.Email, "recovery/object")
	p.Exec(t, `DELETE FROM users WHERE id = $1`, p.member.User)
	_, err := p.Recoveries.Object(t.Context(), token, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkVoided)
	for _, wrong := range []string{"", "nonsense", strings.Repeat("A", 43)} {
		_, err := p.Recoveries.Object(t.Context(), wrong, domaintest.Origin)
		domaintest.Refused(t, err, credential.ErrLinkUnknown)
		_, err = p.Recoveries.OpenObjection(t.Context(), wrong)
		domaintest.Refused(t, err, credential.ErrLinkUnknown)
	}
	admin := p.Administrator(t)
	p.Invite(t, admin, "other@northwind.example")
	_, err = p.Recoveries.Object(t.Context(), p.MustLink(t, "other@northwind.example", "join"), domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkUnknown)
}

func TestWhoIsWrittenTo(t *testing.T) {
	p := newHouse(t)
	suspended := p.Person(t)
	p.SetStatus(t, suspended, "suspended")
	p.Invite(t, p.Administrator(t), "invited@northwind.example")
	p.Stranger(t)
	p.Clock.Advance(2 * domaintest.Day)
	p.Deliver(t)
	before := len(p.Post.Taken)
	p.told(t)
	var to []string
	for _, e := range p.Post.Taken[before:] {
		to = append(to, e.To)
	}
	if len(to) != 7 { // two operators; the lost, the suspended, the member, who invited, and the stranger, who belongs here as well
		t.Errorf("written to %v", to)
	}
	for _, address := range []string{"invited@northwind.example", domaintest.Guest} {
		for _, e := range to {
			if e == address {
				t.Errorf("%s is written to", address)
			}
		}
	}
	said := newest(p.Letters(t, suspended.Email))
	for _, want := range []string{"Ada Okafor of IDKit asks to invite Li Wen", "Priya Shah has left", "recovery/object?token", "29 November 2026, 09:00 UTC at the earliest"} {
		if !strings.Contains(said, want) {
			t.Errorf("the letter does not say %q: %s", want, said)
		}
	}
}

func TestEverybodyIsToldEachDay(t *testing.T) {
	p := newHouse(t)
	p.told(t)
	p.waits(t, 2)
	if letters := p.Letters(t, p.member.Email); len(letters) != 3 || !strings.Contains(letters[1], "Still open: a new Administrator for Northwind") {
		t.Fatalf("%d letters: %q", len(letters), letters)
	}
	domaintest.MustNot(t, p.objects(t, p.member)) // by the newest one
	p.works(t)
	if letters := p.Letters(t, p.member.Email); len(letters) != 4 {
		t.Errorf("%d letters", len(letters))
	}
}

// Of an objection, an approval and the worker at the very moment when the
// invitation may leave, either nobody is invited or nobody objected.
func TestAnObjectionMeetsTheInvitation(t *testing.T) {
	domaintest.EachRound(t, func(t *testing.T) {
		p := newHouse(t)
		other := p.AnotherNode(t)
		r := p.told(t)
		p.waits(t, 2)
		p.works(t)
		token := p.MustLink(t, p.member.Email, "recovery/object")
		p.Clock.Advance(p.look(t).OpensAt.Sub(p.Clock.Now()))
		var objected, approved error
		answers := domaintest.Together(
			func() error {
				_, objected = p.Recoveries.Object(context.Background(), token, domaintest.Origin)
				return nil
			},
			func() error {
				_, approved = other.Recoveries.Approve(context.Background(), p.wei, p.Northwind, r.ID)
				return nil
			},
			func() error { return p.Recoveries.Work(context.Background()) },
			func() error { return other.Recoveries.Work(context.Background()) },
		)
		for _, err := range answers {
			domaintest.MustNot(t, err)
		}
		domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
		switch {
		case objected == nil:
			p.is(t, recovery.Objected)
		case errors.Is(objected, recovery.ErrOver) && approved == nil:
			p.is(t, recovery.Invited)
		default:
			t.Errorf("objected %v, approved %v", objected, approved)
		}
		if p.Events(t, "recovery.invited")+p.Events(t, "recovery.objected") != 1 {
			t.Error("it ended in two ways")
		}
		p.Verify(t)
	})
}

func TestTwoApprovalsAndTwoStartsAtOnce(t *testing.T) {
	domaintest.EachRound(t, func(t *testing.T) {
		p := newHouse(t)
		other := p.AnotherNode(t)
		third := p.operator(t, "Kim", "Park")
		p.Clock.Advance(time.Second)
		answers := domaintest.Together(
			func() error { _, err := p.Recoveries.Start(context.Background(), p.ada, p.draft()); return err },
			func() error { _, err := other.Recoveries.Start(context.Background(), p.wei, p.draft()); return err },
		)
		r := p.look(t)
		if domaintest.Succeeded(answers) != 1 || p.Events(t, "recovery.started") != 1 {
			t.Fatal(domaintest.Describe(answers))
		}
		answers = domaintest.Together(
			func() error {
				_, err := p.Recoveries.Approve(context.Background(), third, p.Northwind, r.ID)
				return err
			},
			func() error {
				_, err := other.Recoveries.Approve(context.Background(), p.ada, p.Northwind, r.ID)
				return err
			},
			func() error {
				_, err := p.Recoveries.Approve(context.Background(), p.wei, p.Northwind, r.ID)
				return err
			},
		)
		if domaintest.Succeeded(answers) != 1 || p.Events(t, "recovery.approved") != 1 {
			t.Fatal(domaintest.Describe(answers))
		}
	})
}

// A log-in of an Administrator at the very moment of the invitation: whoever is
// second sees the first.
func TestAnAdministratorComesAtTheMomentOfTheInvitation(t *testing.T) {
	domaintest.EachRound(t, func(t *testing.T) {
		p := newHouse(t)
		other := p.AnotherNode(t)
		r := p.told(t)
		_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
		domaintest.MustNot(t, err)
		p.waits(t, 2)
		p.works(t)
		p.Clock.Advance(p.look(t).OpensAt.Sub(p.Clock.Now()))
		for _, err := range domaintest.Together(
			func() error { p.LogIn(t, p.lost); return nil },
			func() error { return other.Recoveries.Work(context.Background()) },
		) {
			domaintest.MustNot(t, err)
		}
		domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
		if got := p.look(t).State; got != recovery.Invited && got != recovery.Returned {
			t.Errorf("it is %s", got)
		}
		p.is(t, p.look(t).State)
	})
}
