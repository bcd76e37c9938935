package administration_test

import (
	"errors"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

// succeeded counts the acts that were carried out, and fails the test for an
// answer that is neither success nor a refusal.
func succeeded(t testing.TB, answers []error) (n int) {
	t.Helper()
	for _, err := range answers {
		if err == nil {
			n++
		} else if _, refusal := fault.Of(err); !refusal {
			t.Error(err)
		}
	}
	return n
}

const parallel = 64

// crowd types one code many times at the same moment, on two nodes.
func (p *place) crowd(t testing.TB, other *place, actor access.Actor, who *holder, code string) []error {
	t.Helper()
	acts := make([]func() error, parallel)
	for i := range acts {
		service := []*administration.Service{p.Service, other.Service}[i%2]
		acts[i] = func() error {
			_, err := service.ConfirmFactorCode(t.Context(), actor, who.user, code)
			return err
		}
	}
	return domaintest.Together(acts...)
}

func TestOneCodeOfManySucceeds(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	for range dbtest.RaceRounds() {
		priya := p.protected(t, "Priya", access.RoleMember)
		sam := p.administrator(t)
		code := p.sendCode(t, sam, priya)
		if n := succeeded(t, p.crowd(t, other, sam, priya, code)); n != 1 || p.factorOn(t, priya) {
			t.Fatalf("%d of %d right codes succeeded", n, parallel)
		}
	}
}

// Whoever sends many guesses at once gets five, as everybody else.
func TestManyGuessesAtOnceAreFive(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	for range dbtest.RaceRounds() {
		priya := p.protected(t, "Priya", access.RoleMember)
		sam := p.administrator(t)
		code := p.sendCode(t, sam, priya)
		before := len(p.events(t, p.Northwind, "second_factor.reset_code_wrong"))
		judged := 0
		for _, err := range p.crowd(t, other, sam, priya, wrong(code)) {
			f, ok := fault.Of(err)
			if !ok {
				t.Fatal(err)
			}
			if errors.Is(err, administration.ErrCodeVoid) || len(f.Fields) == 1 && f.Fields[0].Code == credential.ErrSpokenCodeWrong.Code {
				judged++
			}
		}
		told := len(p.events(t, p.Northwind, "second_factor.reset_code_wrong")) - before
		if judged != 5 || told != 5 || !p.factorOn(t, priya) {
			t.Fatalf("%d guesses were judged, %d told", judged, told)
		}
	}
}

func TestOneOfTwoApprovalsCounts(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	for range dbtest.RaceRounds() {
		priya := p.protected(t, "Priya", access.RoleAdministrator)
		sam, ada, wei := p.administrator(t), p.administrator(t), p.administrator(t)
		_, err := p.AskToResetFactor(t.Context(), sam, priya.user)
		domaintest.MustNot(t, err)
		before := len(p.events(t, p.Northwind, "second_factor.reset_approved"))
		answers := domaintest.Together(
			func() error { _, err := p.ApproveFactorReset(t.Context(), ada, priya.user); return err },
			func() error { _, err := other.ApproveFactorReset(t.Context(), wei, priya.user); return err },
		)
		told := len(p.events(t, p.Northwind, "second_factor.reset_approved")) - before
		if succeeded(t, answers) != 1 || told != 1 || p.factorOn(t, priya) {
			t.Fatalf("two approvals at once: %v, %d told", answers, told)
		}
	}
}

// Whatever is first decides, and the state afterwards is what was answered.
func TestAnApprovalRacesWithWhatEndsTheRequest(t *testing.T) {
	for what, end := range map[string]func(n *place, t *testing.T, sam, wei access.Actor, priya *holder) error{
		"its withdrawal": func(n *place, t *testing.T, sam, _ access.Actor, priya *holder) error {
			return n.WithdrawFactorReset(t.Context(), sam, priya.user)
		},
		"a refusal": func(n *place, t *testing.T, _, wei access.Actor, priya *holder) error {
			_, err := n.RefuseFactorReset(t.Context(), wei, priya.user, "")
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPlace(t)
			other := p.anotherNode(t)
			for range dbtest.RaceRounds() {
				priya := p.protected(t, "Priya", access.RoleMember)
				sam, ada, wei := p.administrator(t), p.administrator(t), p.administrator(t)
				_, err := p.AskToResetFactor(t.Context(), sam, priya.user)
				domaintest.MustNot(t, err)
				answers := domaintest.Together(
					func() error { _, err := p.ApproveFactorReset(t.Context(), ada, priya.user); return err },
					func() error { return end(other, t, sam, wei, priya) },
				)
				if succeeded(t, answers) != 1 || p.factorOn(t, priya) == (answers[0] == nil) {
					t.Fatalf("approval: %v, %s: %v, the second factor is on: %t", answers[0], what, answers[1], p.factorOn(t, priya))
				}
			}
		})
	}
}

func TestAnApprovalRacesWithTheSuspensionOfWhoAsked(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	for range dbtest.RaceRounds() {
		priya := p.protected(t, "Priya", access.RoleMember)
		sam, ada, wei := p.administrator(t), p.administrator(t), p.administrator(t)
		_, err := p.AskToResetFactor(t.Context(), sam, priya.user)
		domaintest.MustNot(t, err)
		answers := domaintest.Together(
			func() error { _, err := p.ApproveFactorReset(t.Context(), ada, priya.user); return err },
			func() error { _, _, err := other.Suspend(t.Context(), wei, sam.UserID, ""); return err },
		)
		succeeded(t, answers)
		if answers[1] != nil || p.factorOn(t, priya) == (answers[0] == nil) {
			t.Fatalf("approval: %v, suspension: %v, the second factor is on: %t", answers[0], answers[1], p.factorOn(t, priya))
		}
		_, err = p.ApproveFactorReset(t.Context(), ada, priya.user)
		domaintest.Refused(t, err, map[bool]*fault.Fault{true: credential.ErrNoSecondFactor, false: administration.ErrFactorResetGone}[answers[0] == nil])
	}
}

func TestARoleChangeRacesWithASuspension(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	member := p.role(t, access.RoleMember)
	for range dbtest.RaceRounds() {
		priya := p.person(t, "Priya", access.RoleAdministrator)
		sam, ada := p.administrator(t), p.administrator(t)
		answers := domaintest.Together(
			func() error { _, err := p.ChangeRole(t.Context(), sam, priya.user, member); return err },
			func() error { _, _, err := other.Suspend(t.Context(), ada, priya.user, ""); return err },
		)
		role := p.Text(t, `SELECT role_id FROM users WHERE id = $1`, priya.user)
		if succeeded(t, answers) != 2 || role != member || p.status(t, priya) != "suspended" {
			t.Fatalf("%v; the status is %s", answers, p.status(t, priya))
		}
	}
	p.Verify(t)
}

// Two Administrators, and nobody else, take the role from each other.
func TestTwoAdministratorsDemoteEachOther(t *testing.T) {
	p := newPlace(t)
	other := p.anotherNode(t)
	member := p.role(t, access.RoleMember)
	for range dbtest.RaceRounds() {
		p.Exec(t, `DELETE FROM users WHERE organization_id = $1`, p.Northwind)
		sam, ada := p.administrator(t), p.administrator(t)
		answers := domaintest.Together(
			func() error { _, err := p.ChangeRole(t.Context(), sam, ada.UserID, member); return err },
			func() error { _, err := other.ChangeRole(t.Context(), ada, sam.UserID, member); return err },
		)
		left := p.Count(t, `SELECT count(*) FROM users u JOIN roles r ON r.id = u.role_id WHERE r.kind = 'administrator' AND u.status = 'active'`)
		if succeeded(t, answers) != 1 || left != 1 {
			t.Fatalf("%v; %d Administrators are left", answers, left)
		}
		for _, err := range answers {
			if err != nil && !errors.Is(err, access.ErrForbidden) && !errors.Is(err, session.ErrEnded) {
				t.Fatalf("the demoted one is answered with %v", err)
			}
		}
	}
	p.Verify(t)
}
