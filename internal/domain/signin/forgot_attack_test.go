package signin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

func TestEveryAddressGetsTheSameAnswer(t *testing.T) {
	p := domaintest.NewPlace(t)
	active, suspended := p.Person(t), p.Person(t)
	p.SetStatus(t, suspended, "suspended")
	invited := p.AnInvitation(t, "invited@northwind.example")
	for _, email := range []string{active.Email, suspended.Email, invited, "nobody@northwind.example"} {
		if err := p.SignIn.RequestReset(t.Context(), email, domaintest.Origin); err != nil {
			t.Errorf("%s: %v", email, err)
		}
	}
	p.Deliver(t)
	if p.Link(t, active.Email, "reset") == "" {
		t.Error("the active account got no link")
	}
	if n := len(p.Letters(t, suspended.Email)); n != 0 {
		t.Errorf("the suspended account got %d letters", n)
	}
	if n := len(p.Letters(t, "nobody@northwind.example")); n != 0 {
		t.Errorf("nobody got %d letters", n)
	}
	if n := len(p.Letters(t, invited)); n != 1 { // the first one was replaced before it left
		t.Errorf("the invited person got %d letters, want the newest invitation", n)
	}
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE state = 'withdrawn' AND kind = 'reset'`); n != 0 {
		t.Errorf("%d rehearsed letters stay behind", n)
	}
}

// invitedByClosed is somebody whom a client invited that was suspended since, or
// whose trial is over. The letter of the invitation has left.
func invitedByClosed(t testing.TB, p *domaintest.Place, email, how string) string {
	t.Helper()
	administrator := p.Stranger(t)
	p.Invite(t, administrator, email)
	p.Deliver(t)
	p.Exec(t, `UPDATE organizations SET `+how+` WHERE id = $1`, administrator.OrganizationID)
	return email
}

// A client that is closed takes nobody in: whom it invited gets what a stranger gets.
func TestNobodyIsInvitedAgainByAClosedClient(t *testing.T) {
	for email, how := range map[string]string{
		"suspended@fabrikam.example": `status = 'suspended'`, "trial@fabrikam.example": `trial_ends_at = created_at`,
	} {
		p := domaintest.NewPlace(t)
		invitedByClosed(t, p, email, how)
		p.RequestReset(t, email)
		if n := len(p.Letters(t, email)); n != 1 {
			t.Errorf("%s: %d letters, want that of the invitation alone", email, n)
		}
		if n := p.Count(t, `SELECT count(*) FROM letters WHERE state = 'withdrawn'`); n != 0 {
			t.Errorf("%s: the letter of the invitation, or a rehearsed one, is withdrawn", email)
		}
	}
}

func TestTheAnswerTakesTheSameWrites(t *testing.T) {
	p := domaintest.NewPlace(t)
	active, suspended := p.Person(t), p.Person(t)
	p.SetStatus(t, suspended, "suspended")
	classes := map[string]string{
		"active": active.Email, "suspended": suspended.Email, "unknown": "nobody@northwind.example",
		"invited by a suspended client": invitedByClosed(t, p, "guest@fabrikam.example", `status = 'suspended'`),
	}
	for class, email := range classes {
		before := p.Count(t, `SELECT count(*) FROM throttles`)
		p.RequestReset(t, email)
		if made := p.Count(t, `SELECT count(*) FROM throttles`) - before; made != 2 && made != 3 { // 3 with the network address of the first
			t.Errorf("%s: %d counters", class, made)
		}
	}
	if n := p.Events(t, "password.reset_requested"); n != len(classes) {
		t.Errorf("%d requests in the trails, want %d", n, len(classes))
	}
}

func TestAttackerFloodsAMailbox(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	for class, email := range map[string]string{"known": who.Email, "unknown": "nobody@northwind.example"} {
		var answers []string
		for range 6 {
			err := p.SignIn.RequestReset(t.Context(), email, domaintest.Origin)
			p.Clock.Advance(time.Minute)
			f, _ := fault.Of(err)
			if f == nil {
				answers = append(answers, "sent")
			} else {
				answers = append(answers, f.Code)
			}
		}
		if got := strings.Join(answers, " "); got != "sent sent sent throttle.wait throttle.wait throttle.wait" {
			t.Errorf("%s: %s", class, got)
		}
	}
	if n := len(p.Letters(t, who.Email)); n != 1 { // the newest of the three that waited for the mail server
		t.Errorf("%d letters", n)
	}
}

func TestSendAgainWaitsAMinute(t *testing.T) {
	p := domaintest.NewPlace(t)
	for _, email := range []string{p.Person(t).Email, p.AnInvitation(t, "invited@northwind.example"), "nobody@northwind.example"} {
		p.RequestReset(t, email)
		domaintest.Refused(t, p.SignIn.RequestReset(t.Context(), email, domaintest.Origin), throttle.ErrWaitSeconds)
		p.Clock.Advance(time.Minute)
		p.RequestReset(t, email)
	}
}

func TestAttackerAsksForManyAddressesFromOneNetwork(t *testing.T) {
	p := domaintest.NewPlace(t)
	var sent int
	for i := range 30 {
		if p.SignIn.RequestReset(t.Context(), fmt.Sprintf("guess%d@northwind.example", i), domaintest.Origin) == nil {
			sent++
		}
	}
	if sent != 20 {
		t.Errorf("%d requests passed, want 20 an hour", sent)
	}
	if err := p.SignIn.RequestReset(t.Context(), "owner@northwind.example", access.Origin{Address: "203.0.113.9"}); err != nil {
		t.Errorf("somebody elsewhere is refused: %v", err)
	}
}

func TestAttackerWritesTheAddressInOtherWays(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	domain := strings.TrimPrefix(who.Email, who.Account)
	for _, typed := range []string{
		who.Email + ",evil@evil.example", who.Email + " evil@evil.example", "evil@evil.example\r\nBcc: " + who.Email,
		who.Email + "\x00", who.Account + "＠northwind.example", strings.Replace(who.Email, "a", "ａ", 1),
		strings.Replace(who.Email, "northwind", "northwınd", 1), who.Account + "@\u212aorthwind.example",
		"<" + who.Email + ">", `"` + who.Account + `"` + domain, who.Account + "@[192.0.2.1]", who.Account + "@localhost",
	} {
		err := p.SignIn.RequestReset(t.Context(), typed, domaintest.Origin)
		if err == nil {
			continue // an address of its own, which leads to nobody
		}
		domaintest.Refused(t, err, person.ErrEmailInvalid)
	}
	if n := p.Count(t, `SELECT count(*) FROM letters`); n != 0 {
		t.Errorf("%d letters were written", n)
	}
	domaintest.Refused(t, p.SignIn.RequestReset(t.Context(), "  ", domaintest.Origin), signin.ErrEmailMissing)
}

// The answer to a forgotten password is for everybody, so it takes nothing away.
func TestAStrangerAsksForAnInvitationOnceMore(t *testing.T) {
	for name, handOver := range map[string]func(p *domaintest.Place, admin access.Actor, user user.User, mailed string) string{
		"mailed": func(_ *domaintest.Place, _ access.Actor, _ user.User, mailed string) string { return mailed },
		"copied": func(p *domaintest.Place, admin access.Actor, user user.User, _ string) string {
			link, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
			domaintest.MustNot(t, err)
			return domaintest.TokenOf(link)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := domaintest.NewPlace(t)
			admin, user, mailed := p.Invitee(t)
			earlier := handOver(p, admin, user, mailed)
			p.Clock.Advance(2 * time.Hour)
			p.RequestReset(t, domaintest.Guest)
			further := p.MustLink(t, domaintest.Guest, "join")
			if further == mailed {
				t.Fatal("no further link was sent")
			}
			p.Clock.Advance(7*domaintest.Day - 2*time.Hour - time.Microsecond)
			p.Shows(t, earlier, credential.LinkLive)
			p.Shows(t, further, credential.LinkLive)
			p.Clock.Advance(time.Microsecond)
			p.Shows(t, earlier, credential.LinkExpired)
			p.Shows(t, further, credential.LinkExpired)
			if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindReset)); n != 0 {
				t.Errorf("an invited person got %d reset links", n)
			}
		})
	}
}

func TestAnInvitationOnceMoreDoesNotOutliveItsReplacement(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin, user, _ := p.Invitee(t)
	p.RequestReset(t, domaintest.Guest) // its letter has not left yet
	p.Clock.Advance(time.Minute)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
	domaintest.MustNot(t, err)
	if n := len(p.Letters(t, domaintest.Guest)); n != 1 {
		t.Errorf("%d letters carry links of an invitation that was replaced", n-1)
	}
	p.Joins(t, domaintest.TokenOf(copied))
}

func TestAStrangerAsksForAnInvitationWithoutMail(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin := p.Administrator(t)
	none := mail.NewOutbox(mail.OutboxOptions{BaseURL: "https://id.example"})
	p.SignIn.Outbox, p.Invitations.Outbox = none, none
	user := p.Invite(t, admin, domaintest.Guest)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
	domaintest.MustNot(t, err)
	letters := p.Count(t, `SELECT count(*) FROM letters`)
	p.RequestReset(t, domaintest.Guest)
	if n := p.Count(t, `SELECT count(*) FROM letters`); n != letters {
		t.Error("a letter waits for mail to be set up")
	}
	p.Joins(t, domaintest.TokenOf(copied))
}
