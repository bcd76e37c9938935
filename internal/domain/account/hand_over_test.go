package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// shaky is a mail server that fails after it has read the letter, so many times.
type shaky struct {
	*post
	failures int
	read     []mail.Envelope
}

func (s *shaky) Open(context.Context) (mail.Session, error) { return s, nil }

func (s *shaky) Finish(ctx context.Context) error {
	s.read = append(s.read, s.offered)
	if s.failures > 0 {
		s.failures--
		return &mail.Refusal{Reply: "451 4.3.0 try again later"}
	}
	return s.post.Finish(ctx)
}

func TestALinkExistsOnlyFromItsHandOverOn(t *testing.T) {
	p := newHouse(t)
	p.invite(t, p.administrator(t), guest)
	if n := p.count(t, `SELECT count(*) FROM links`); n != 0 {
		t.Errorf("%d links rest in the database with their letters", n)
	}
	p.clock.Advance(2 * day) // the mail server was down
	token := p.mustLink(t, guest, "join")

	stored := p.dump(t)
	if strings.Contains(stored, token) {
		t.Error("the mailed token is stored in clear")
	}
	parsed, err := secret.ParseToken(token)
	mustNot(t, err)
	if n := p.count(t, `SELECT count(*) FROM links WHERE token_hash = $1`, parsed.Hash()); n != 1 {
		t.Errorf("its hash is stored %d times", n)
	}

	opened := p.shows(t, token, "live")
	if !opened.EndedAt.Equal(p.clock.Now().Add(7*day)) || opened.Email != guest || opened.InviterName != "Priya Shah" || opened.MinLength != 15 {
		t.Errorf("the page shows %+v", opened)
	}
	p.clock.Advance(7*day - time.Microsecond)
	p.shows(t, token, "live")
	p.clock.Advance(time.Microsecond)
	p.shows(t, token, "expired")
	_, err = p.Invitations.Join(t.Context(), token, password, origin)
	refused(t, err, credential.ErrLinkExpired)
}

func TestEachTryToDeliverHasALinkToTheSameInvitation(t *testing.T) {
	p := newHouse(t)
	server := &shaky{post: p.post, failures: 2}
	p.through(t, server)
	admin := p.administrator(t)
	u := p.invite(t, admin, guest)
	for range 3 {
		p.deliver(t)
		p.clock.Advance(time.Minute)
	}
	tokens := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range server.read {
		message, err := mail.Parse(e.Message)
		mustNot(t, err)
		ids[message.Header.Get("Message-ID")] = true
		tokens[linkIn(t, message.Text)] = true
	}
	if len(server.read) != 3 || len(tokens) != 3 || len(ids) != 1 {
		t.Fatalf("%d tries with %d links and %d ids", len(server.read), len(tokens), len(ids))
	}
	seen, err := p.Accounts.Get(t.Context(), admin, u.ID)
	mustNot(t, err)
	if seen.Delivery.State != mail.Sent || seen.Delivery.Attempts != 3 {
		t.Errorf("the letter is %+v", seen.Delivery)
	}
	var used string
	for token := range tokens { // a server that says 451 may have delivered all the same
		if used == "" {
			p.joins(t, token)
			used = token
			continue
		}
		p.shows(t, token, "used")
		_, err := p.Invitations.Join(t.Context(), token, another, origin)
		refused(t, err, credential.ErrLinkUsed)
	}
	if n := p.count(t, `SELECT count(*) FROM links WHERE ended_because = 'used'`); n != 3 {
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
			_, err := p.Invitations.Withdraw(t.Context(), p.administrator(t), u.ID)
			mustNot(t, err)
		},
		"copied instead": func(t testing.TB, p house, u user.User) {
			_, _, err := p.Invitations.CopyLink(t.Context(), p.administrator(t), u.ID)
			mustNot(t, err)
		},
		"joined by a copied link": func(t testing.TB, p house, u user.User) {
			link, _, err := p.Invitations.CopyLink(t.Context(), p.administrator(t), u.ID)
			mustNot(t, err)
			p.joins(t, tokenOf(link))
		},
		"inviter suspended": func(t testing.TB, p house, _ user.User) {
			p.exec(t, `UPDATE users SET status = 'suspended' WHERE status = 'active'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			u := p.invite(t, p.administrator(t), guest)
			end(t, p, u)
			if letters := p.letters(t, guest); len(letters) != 0 {
				t.Errorf("sent: %q", letters)
			}
			if n := p.count(t, `SELECT count(*) FROM letters WHERE kind = 'invite' AND state = 'withdrawn'`); n != 1 {
				t.Errorf("%d letters are withdrawn", n)
			}
		})
	}
}

func TestLettersOfAStrangersNamesStayLetters(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	filled := p.invitation(t, admin, guest)
	filled.FirstName, filled.LastName = "Click https://evil.example", "<b>now</b>"
	filled.Note = "See https://evil.example/now\r\nBcc: all@northwind.example"
	_, err := p.Invitations.Invite(t.Context(), admin, filled)
	mustNot(t, err)
	p.deliver(t)
	message, err := mail.Parse(p.post.taken[0].Message)
	mustNot(t, err)
	for _, bad := range []string{"https://evil", "<b>now", "href=\"https://evil"} {
		if strings.Contains(message.HTML, bad) || strings.Contains(message.Text, "https://evil") {
			t.Errorf("the letter contains %q", bad)
		}
	}
	if message.Header.Get("Bcc") != "" || p.post.taken[0].To != guest {
		t.Error("a name chose a recipient")
	}
}

func TestALetterThatCannotBeWrittenMintsNothing(t *testing.T) {
	p := newHouse(t)
	p.invite(t, p.administrator(t), guest)
	p.breakWrites(t, "links")
	p.deliver(t)
	p.mendWrites(t, "links")
	if len(p.post.taken) != 0 || p.count(t, `SELECT count(*) FROM invitations WHERE expires_at IS NOT NULL`) != 0 {
		t.Error("the lifetime began without a link")
	}
	p.clock.Advance(time.Minute)
	p.shows(t, p.mustLink(t, guest, "join"), "live")
}
