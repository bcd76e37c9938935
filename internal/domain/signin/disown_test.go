package signin_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// handOver composes the letter of a kind as the dispatcher would.
func (p *place) handOver(t *testing.T, kind mail.Kind, data map[string]string) mail.Content {
	t.Helper()
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	letter := mail.Letter{Kind: kind, CreatedAt: p.clock.read(), Data: data}
	var content mail.Content
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, organization_id, subject_id, address FROM letters WHERE kind = $1`, string(kind)).
			Scan(&letter.ID, &letter.OrganizationID, &letter.SubjectID, &letter.Address)
		if err != nil {
			return err
		}
		content, err = p.Composers()[kind](ctx, tx, letter, catalogue.Speaker("en"))
		return err
	})
	return content
}

func TestThisWasNotMe(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, password, "203.0.113.7")
	stolen := p.in(t, outcome, err)
	content := p.handOver(t, mail.KindNewDevice, nil)
	if text := strings.Join(content.Paragraphs, " "); !strings.Contains(text, "Firefox on Linux") || !strings.Contains(text, "203.0.113.7") {
		t.Errorf("the letter says %q", text)
	}
	link, err := url.Parse(content.Button.URL)
	if err != nil || link.Host != "id.example" || link.Path != "/not-me" {
		t.Fatalf("the button leads to %s (%v)", content.Button.URL, err)
	}
	token := link.Query().Get("token")

	alive := func() error {
		_, err := p.sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), stolen.Actor.Origin)
		return err
	}
	for range 3 {
		d, err := p.LookAtDisown(t.Context(), token)
		if err != nil || d.Email != who.email || d.Session.Address != "203.0.113.7" {
			t.Fatalf("looking: %+v %v", d, err)
		}
	}
	wants(t, "the session after looking", alive(), nil)
	if _, err := p.Disown(t.Context(), outcome.Session.Token.Reveal(), access.Origin{}); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("a token of something else: %v", err)
	}

	half := func() string {
		var started session.StartedHalf
		p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
			started, err = session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.account, Step: session.StepCode})
			return err
		})
		return started.Token.Reveal()
	}()
	d, err := p.Disown(t.Context(), token, access.Origin{Address: "192.0.2.1"})
	if err != nil || d.Email != who.email {
		t.Fatalf("%+v %v", d, err)
	}
	wants(t, "the session afterwards", alive(), session.ErrEnded)
	_, err = p.Half(t.Context(), half)
	wants(t, "a half log-in afterwards", err, signin.ErrHalfEnded)
	if p.events(t, "session.disowned") != 1 {
		t.Error("the trail does not tell")
	}
	_, err = p.Disown(t.Context(), token, access.Origin{})
	wants(t, "a second time", err, credential.ErrLinkUsed)
	_, err = p.LookAtDisown(t.Context(), token)
	wants(t, "looking afterwards", err, credential.ErrLinkUsed)
}

func TestThisWasNotMeWorksForSevenDays(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, password, "203.0.113.7")
	p.in(t, outcome, err)
	link, err := url.Parse(p.handOver(t, mail.KindNewDevice, nil).Button.URL)
	if err != nil {
		t.Fatal(err)
	}
	token := link.Query().Get("token")
	p.clock.advance(7*24*time.Hour - time.Second)
	p.write(t, session.Prune)
	if _, err := p.LookAtDisown(t.Context(), token); err != nil {
		t.Errorf("in the last second, with the session long over: %v", err)
	}
	p.clock.advance(time.Second)
	_, err = p.Disown(t.Context(), token, access.Origin{})
	wants(t, "after seven days", err, credential.ErrLinkExpired)
}

func TestLetterAboutARecoveryCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.protect(t, who)
	codes := p.recoveryCodes(t, who)
	outcome, err := p.RecoveryCode(t.Context(), step(p.half(t, who), codes[0]))
	p.in(t, outcome, err)
	content := p.handOver(t, mail.KindRecoveryCodeUsed, map[string]string{"UserAgent": firefox, "CodesLeft": "9"})
	if !slices.ContainsFunc(content.Paragraphs, func(text string) bool { return strings.Contains(text, "9 recovery codes left") }) {
		t.Errorf("the letter says %q", content.Paragraphs)
	}
}

func TestConfirmItsYou(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	current := p.in(t, outcome, err)
	p.clock.advance(20 * time.Minute)
	token, err := p.ConfirmItsYou(t.Context(), current, password, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), current.Actor.Origin)
	wants(t, "the old token", err, session.ErrEnded)
	current, err = p.sessions.Authenticate(t.Context(), token.Reveal(), current.Actor.Origin)
	if err != nil || !current.ProvenAt.Equal(p.clock.read()) {
		t.Fatalf("the new token: %+v %v", current, err)
	}
	if _, err := p.ConfirmItsYou(t.Context(), current, "", ""); !fault.IsKind(err, fault.Invalid) {
		t.Errorf("an empty password: %v", err)
	}
	for range 4 {
		_, err := p.ConfirmItsYou(t.Context(), current, wrong, "")
		if f, _ := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Code != signin.ErrPasswordWrong.Code {
			t.Errorf("a wrong password: %v", err)
		}
	}
	if _, err := p.ConfirmItsYou(t.Context(), current, password, ""); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("a fifth try: %v", err)
	}
	if _, err := p.tryPassword(who, password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("the log-in has another counter: %v", err)
	}
	if p.events(t, "user.confirmed") != 1 || p.events(t, "user.confirmation_failed") != 4 {
		t.Error("the trail does not tell")
	}
	outcome, err = p.tryPassword(&person{email: who.email, known: p.KnownBrowsers.Remember("", who.account)}, password, "192.0.2.1")
	current = p.in(t, outcome, err)
	if err := p.LogOut(t.Context(), current.Actor); err != nil {
		t.Fatal(err)
	}
	_, err = p.ConfirmItsYou(t.Context(), current, password, outcome.KnownBrowser)
	wants(t, "after the log-out", err, session.ErrEnded)
}
