package client_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
)

func TestAClientIsMadeAndItsFirstAdministratorJoins(t *testing.T) {
	h := newHouse(t)
	c := h.onTrial(t)
	if c.Standing() != client.Trial || !c.Trial.EndsAt.Equal(trialEnd) || !c.Trial.StartedAt.Equal(h.Clock.Now()) || c.Country != "AU" || c.Category != "Retail" {
		t.Errorf("made is %+v, trial %+v", c, c.Trial)
	}
	p := h.portrait(t, c.ID)
	if p.First == nil || p.First.User.Email != chief || p.Users != (client.Users{Invited: 1}) || len(p.Happenings) != 1 {
		t.Errorf("shown is %+v", p)
	}
	if by := p.Happenings[0]; by.ActorKind != access.KindOperator || by.ActorName != "Ada Okafor (IDKit)" || by.ActorID != h.operator.UserID || by.Target.ID != c.ID {
		t.Errorf("the client's trail says %+v", by)
	}
	if letter := h.Letters(t, chief)[0]; !strings.Contains(letter, "Ada Okafor (IDKit)") {
		t.Errorf("the invitation does not say who invites: %s", letter)
	}
	if current := h.joined(t).Must(t); current.Actor.OrganizationID != c.ID || current.RoleKind != access.RoleAdministrator {
		t.Errorf("joined as %+v", current)
	}
	if p := h.portrait(t, c.ID); p.First != nil || p.Users != (client.Users{Active: 1}) || p.LastActiveAt == nil {
		t.Errorf("afterwards it shows %+v", p)
	}
	h.Northwind = c.ID
	h.Verify(t)
}

func TestANewClientIsRefusedWithAllItsMistakes(t *testing.T) {
	h := newHouse(t)
	before := h.Dump(t)
	_, err := h.Clients.Create(t.Context(), h.ada(t), client.Draft{OnTrial: true, Details: client.Details{Country: "XX"}})
	got := domaintest.FieldsOf(t, err)
	for field, want := range map[string]*fault.Fault{
		"country": client.ErrCountryMissing, "category": client.ErrCategoryMissing, "trial_ends": client.ErrTrialEndMissing,
		"first_name": person.ErrFirstNameMissing, "email": person.ErrEmailInvalid,
	} {
		if got[field] != want.Code {
			t.Errorf("%s is refused with %q, want %q", field, got[field], want.Code)
		}
	}
	if got["organization"] == "" {
		t.Error("a client without a name is not refused")
	}
	for typed, want := range map[string]*fault.Fault{
		"": client.ErrTrialEndMissing, "soon": client.ErrTrialEndMissing, "2026-02-30": client.ErrTrialEndMissing, "23.12.2026": client.ErrTrialEndMissing,
		"2026-11-22": client.ErrTrialEndPast, "2126-12-23": client.ErrTrialEndFar,
	} {
		d := draft()
		d.OnTrial, d.TrialEnds = true, typed
		_, err := h.Clients.Create(t.Context(), h.ada(t), d)
		domaintest.Refused(t, err, want)
	}
	for typed, want := range map[string]*fault.Fault{
		strings.Repeat("x", client.CategoryLimit+1): client.ErrCategoryTooLong, "Re\u202etail": client.ErrCategoryUnreadable,
	} {
		d := draft()
		d.Category = typed
		_, err := h.Clients.Create(t.Context(), h.ada(t), d)
		domaintest.Refused(t, err, want)
	}
	if h.Dump(t) != before {
		t.Error("something was stored all the same")
	}
}

// TestNoLinkIsGivenToAnOperator: only the command line of the host prints one.
func TestNoLinkIsGivenToAnOperator(t *testing.T) {
	h := newHouse(t)
	d := draft()
	d.PrintLink = true
	made, err := h.Clients.Create(t.Context(), h.ada(t), d)
	if err != nil || made.Link.URL != "" {
		t.Errorf("the link is %q, %v", made.Link.URL, err)
	}
	if n := h.Count(t, `SELECT count(*) FROM links`); n != 0 {
		t.Errorf("%d links were made", n)
	}
}

// TestTheCommandLineMayLeaveCountryAndCategoryOut, as it could before there were any.
func TestTheCommandLineMayLeaveCountryAndCategoryOut(t *testing.T) {
	h := newHouse(t)
	d := draft()
	d.Country, d.Category = "", ""
	made, err := h.Clients.Create(t.Context(), domaintest.Host, d)
	if err != nil || made.Client.Country != "" || made.Client.Category != "" {
		t.Errorf("made is %+v, %v", made.Client, err)
	}
	d.Country = "Australia"
	_, err = h.Clients.Create(t.Context(), domaintest.Host, d)
	domaintest.Refused(t, err, client.ErrCountryMissing)
}

func TestDetailsAreChangedAndTold(t *testing.T) {
	h := newHouse(t)
	c := h.made(t)
	changed, err := h.Clients.ChangeDetails(t.Context(), h.ada(t), c.ID, client.Details{Name: "Fabrikam Ltd", Country: "NZ", Category: " Retail "})
	if err != nil || changed.Name != "Fabrikam Ltd" || changed.Country != "NZ" || changed.Category != "Retail" {
		t.Fatalf("changed to %+v, %v", changed, err)
	}
	want := `{"country_from":"AU","country_to":"NZ","name_from":"Fabrikam","name_to":"Fabrikam Ltd"}`
	if got := h.Text(t, `SELECT details FROM audit_events WHERE organization_id = $1 AND action = 'organization.changed'`, c.ID); got != want {
		t.Errorf("the trail says %s, want %s", got, want)
	}
	_, err = h.Clients.ChangeDetails(t.Context(), h.ada(t), c.ID, client.Details{Name: "Fabrikam Ltd", Country: "NZ", Category: "Retail"})
	if err != nil || h.lines(t, c.ID, "organization.changed") != 1 {
		t.Errorf("what is the same is told again: %v", err)
	}
	_, err = h.Clients.ChangeDetails(t.Context(), h.ada(t), c.ID, client.Details{})
	if codes := domaintest.FieldsOf(t, err); len(codes) != 3 {
		t.Errorf("refused with %v", codes)
	}
}

func TestASuspensionKeepsEverybodyOutUntilItEnds(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	b := h.joined(t)
	c, err := h.Clients.Suspend(t.Context(), h.ada(t), id, " Invoices are open ")
	if err != nil || c.Standing() != client.Suspended || c.Suspension.Reason != "Invoices are open" || c.Suspension.By != "Ada Okafor (IDKit)" || c.Suspension.Because != client.ByVendor {
		t.Fatalf("suspended is %+v, %v", c.Suspension, err)
	}
	_, err = b.Current(t)
	domaintest.Refused(t, err, session.ErrOrganizationSuspended)
	letters := h.Letters(t, chief)
	if last := letters[len(letters)-1]; !strings.Contains(last, "Fabrikam was suspended") || !strings.Contains(last, "Invoices are open") {
		t.Errorf("its Administrator reads %s", last)
	}
	_, err = h.Clients.Suspend(t.Context(), h.ada(t), id, "")
	domaintest.Refused(t, err, client.ErrChangedMeanwhile)
	_, err = h.Clients.Reactivate(t.Context(), h.ada(t), id, c.Suspension.At.Add(-time.Hour))
	domaintest.Refused(t, err, client.ErrChangedMeanwhile) // an Undo of an older suspension

	back, err := h.Clients.Reactivate(t.Context(), h.ada(t), id, c.Suspension.At)
	if err != nil || back.Standing() != client.Active {
		t.Fatalf("reactivated is %+v, %v", back, err)
	}
	_, err = b.Current(t)
	domaintest.Refused(t, err, session.ErrEnded) // no session comes back
	if letters := h.Letters(t, chief); !strings.Contains(letters[len(letters)-1], "Fabrikam is active again") {
		t.Errorf("its Administrator reads %s", letters[len(letters)-1])
	}
	_, err = h.Clients.Reactivate(t.Context(), h.ada(t), id, time.Time{})
	domaintest.Refused(t, err, client.ErrChangedMeanwhile)
	if h.lines(t, id, "organization.suspended") != 1 || h.lines(t, id, "organization.reactivated") != 1 {
		t.Error("the trail does not say so, once each")
	}
	_, err = h.Clients.Suspend(t.Context(), h.ada(t), id, strings.Repeat("x", person.ReasonLimit+1))
	domaintest.Refused(t, err, person.ErrReasonTooLong)
}

func TestTheFirstInvitationIsTheVendorsUntilSomebodyJoins(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	first := h.MustLink(t, chief, "join")

	h.Clock.Advance(10 * time.Minute)
	ada := h.ada(t)
	_, err := h.Clients.ResendInvitation(t.Context(), ada, id)
	domaintest.MustNot(t, err)
	second := h.MustLink(t, chief, "join")
	h.Shows(t, first, "replaced")
	_, err = h.Clients.ResendInvitation(t.Context(), ada, id)
	domaintest.Throttled(t, err, 5*time.Minute)

	_, err = h.Clients.CorrectInvitation(t.Context(), ada, id, invitation.FirstAdministrator{})
	if codes := domaintest.FieldsOf(t, err); len(codes) != 2 {
		t.Errorf("refused with %v", codes)
	}
	corrected, err := h.Clients.CorrectInvitation(t.Context(), ada, id, invitation.FirstAdministrator{FirstName: "Lee", Email: "lee@fabrikam.example"})
	domaintest.MustNot(t, err)
	h.Shows(t, second, "withdrawn")
	if p := h.portrait(t, id); p.First.User.ID != corrected.ID || p.Users.Invited != 1 || p.Happenings[0].Action != "organization.first_administrator_corrected" {
		t.Errorf("shown is %+v", p)
	}
	h.Joins(t, h.MustLink(t, "lee@fabrikam.example", "join"))

	_, err = h.Clients.ResendInvitation(t.Context(), ada, id)
	domaintest.Refused(t, err, invitation.ErrLiving)
	_, err = h.Clients.CorrectInvitation(t.Context(), ada, id, invitation.FirstAdministrator{FirstName: "Mallory", Email: "mallory@other.example"})
	domaintest.Refused(t, err, invitation.ErrLiving)
	if n := h.Count(t, `SELECT count(*) FROM users WHERE organization_id = $1`, id); n != 1 {
		t.Errorf("it has %d users", n)
	}
	h.Northwind = id
	h.Verify(t)
}
