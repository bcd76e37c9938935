package invitation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// shaky is a mail server that fails after it has read the letter, so many times.
type shaky struct {
	*domaintest.Post
	failures int
	read     []mail.Envelope
}

func (s *shaky) Open(context.Context) (mail.Session, error) { return s, nil }

func (s *shaky) Finish(ctx context.Context) error {
	s.read = append(s.read, s.Offered)
	if s.failures > 0 {
		s.failures--
		return &mail.Refusal{Reply: "451 4.3.0 try again later"}
	}
	return s.Post.Finish(ctx)
}

func TestALinkExistsOnlyFromItsHandOverOn(t *testing.T) {
	p := newHouse(t)
	p.Invite(t, p.Administrator(t), domaintest.Guest)
	if n := p.Count(t, `SELECT count(*) FROM links`); n != 0 {
		t.Errorf("%d links rest in the database with their letters", n)
	}
	p.Clock.Advance(2 * domaintest.Day) // the mail server was down
	token := p.MustLink(t, domaintest.Guest, "join")

	stored := p.Dump(t)
	if strings.Contains(stored, token) {
		t.Error("the mailed token is stored in clear")
	}
	parsed, err := secret.ParseToken(token)
	domaintest.MustNot(t, err)
	if n := p.Count(t, `SELECT count(*) FROM links WHERE token_hash = $1`, parsed.Hash()); n != 1 {
		t.Errorf("its hash is stored %d times", n)
	}

	opened := p.Shows(t, token, "live")
	if !opened.EndedAt.Equal(p.Clock.Now().Add(7*domaintest.Day)) || opened.Email != domaintest.Guest || opened.InviterName != "Priya Shah" || opened.MinLength != 15 {
		t.Errorf("the page shows %+v", opened)
	}
	p.Clock.Advance(7*domaintest.Day - time.Microsecond)
	p.Shows(t, token, "live")
	p.Clock.Advance(time.Microsecond)
	p.Shows(t, token, "expired")
	_, err = p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkExpired)
}

func TestEachTryToDeliverHasALinkToTheSameInvitation(t *testing.T) {
	p := newHouse(t)
	server := &shaky{Post: p.Post, failures: 2}
	p.Through(t, server)
	admin := p.Administrator(t)
	u := p.Invite(t, admin, domaintest.Guest)
	for range 3 {
		p.Deliver(t)
		p.Clock.Advance(time.Minute)
	}
	tokens := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range server.read {
		message, err := mail.Parse(e.Message)
		domaintest.MustNot(t, err)
		ids[message.Header.Get("Message-ID")] = true
		tokens[linkIn(t, message.Text)] = true
	}
	if len(server.read) != 3 || len(tokens) != 3 || len(ids) != 1 {
		t.Fatalf("%d tries with %d links and %d ids", len(server.read), len(tokens), len(ids))
	}
	seen, err := p.Administration.Portrait(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if seen.Delivery.State != mail.Sent || seen.Delivery.Attempts != 3 {
		t.Errorf("the letter is %+v", seen.Delivery)
	}
	var used string
	for token := range tokens { // a server that says 451 may have delivered all the same
		if used == "" {
			p.Joins(t, token)
			used = token
			continue
		}
		p.Shows(t, token, "used")
		_, err := p.Invitations.Join(t.Context(), token, domaintest.Another, domaintest.Origin)
		domaintest.Refused(t, err, credential.ErrLinkUsed)
	}
	if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_because = 'used'`); n != 3 {
		t.Errorf("%d links are ended, want all three", n)
	}
}

func linkIn(t testing.TB, text string) string {
	t.Helper()
	_, token, found := strings.Cut(text, "join?token=")
	if !found {
		t.Fatalf("no link in %q", text)
	}
	return strings.Fields(token)[0]
}

func TestALetterWithoutAReasonIsNotSent(t *testing.T) {
	for name, end := range map[string]func(t testing.TB, p house, u user.User){
		"withdrawn": func(t testing.TB, p house, u user.User) {
			_, err := p.Invitations.Withdraw(t.Context(), p.Administrator(t), u.ID)
			domaintest.MustNot(t, err)
		},
		"copied instead": func(t testing.TB, p house, u user.User) {
			_, _, err := p.Invitations.CopyLink(t.Context(), p.Administrator(t), u.ID)
			domaintest.MustNot(t, err)
		},
		"joined by a copied link": func(t testing.TB, p house, u user.User) {
			link, _, err := p.Invitations.CopyLink(t.Context(), p.Administrator(t), u.ID)
			domaintest.MustNot(t, err)
			p.Joins(t, domaintest.TokenOf(link))
		},
		"inviter suspended": func(t testing.TB, p house, _ user.User) {
			p.Exec(t, `UPDATE users SET status = 'suspended' WHERE status = 'active'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			u := p.Invite(t, p.Administrator(t), domaintest.Guest)
			end(t, p, u)
			if letters := p.Letters(t, domaintest.Guest); len(letters) != 0 {
				t.Errorf("sent: %q", letters)
			}
			if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = 'invite' AND state = 'withdrawn'`); n != 1 {
				t.Errorf("%d letters are withdrawn", n)
			}
		})
	}
}

func TestLettersOfAStrangersNamesStayLetters(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	filled := p.Invitation(t, admin, domaintest.Guest)
	filled.FirstName, filled.LastName = "Click https://evil.example", "<b>now</b>"
	filled.Note = "See https://evil.example/now\r\nBcc: all@northwind.example"
	_, err := p.Invitations.Invite(t.Context(), admin, filled)
	domaintest.MustNot(t, err)
	p.Deliver(t)
	message, err := mail.Parse(p.Post.Taken[0].Message)
	domaintest.MustNot(t, err)
	for _, bad := range []string{"https://evil", "<b>now", "href=\"https://evil"} {
		if strings.Contains(message.HTML, bad) || strings.Contains(message.Text, "https://evil") {
			t.Errorf("the letter contains %q", bad)
		}
	}
	if message.Header.Get("Bcc") != "" || p.Post.Taken[0].To != domaintest.Guest {
		t.Error("a name chose a recipient")
	}
}

func TestALetterThatCannotBeWrittenMintsNothing(t *testing.T) {
	p := newHouse(t)
	p.Invite(t, p.Administrator(t), domaintest.Guest)
	p.breakWrites(t, "links")
	p.Deliver(t)
	p.mendWrites(t, "links")
	if len(p.Post.Taken) != 0 || p.Count(t, `SELECT count(*) FROM invitations WHERE expires_at IS NOT NULL`) != 0 {
		t.Error("the lifetime began without a link")
	}
	p.Clock.Advance(time.Minute)
	p.Shows(t, p.MustLink(t, domaintest.Guest, "join"), "live")
}
