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
	"idkit/internal/domain/domaintest"
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
	letter := mail.Letter{Kind: kind, CreatedAt: p.Clock.Now(), Data: data}
	var content mail.Content
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, organization_id, subject_id, address FROM letters WHERE kind = $1`, string(kind)).
			Scan(&letter.ID, &letter.OrganizationID, &letter.SubjectID, &letter.Address)
		if err != nil {
			return err
		}
		content, err = p.SignIn.Composers()[kind](ctx, tx, letter, catalogue.Speaker("en"))
		return err
	})
	return content
}

func TestThisWasNotMe(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, domaintest.Password, "203.0.113.7")
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
		_, err := p.Sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), stolen.Actor.Origin)
		return err
	}
	for range 3 {
		d, err := p.SignIn.LookAtDisown(t.Context(), token)
		if err != nil || d.Email != who.Email || d.Session.Address != "203.0.113.7" {
			t.Fatalf("looking: %+v %v", d, err)
		}
	}
	wants(t, "the session after looking", alive(), nil)
	if _, err := p.SignIn.Disown(t.Context(), outcome.Session.Token.Reveal(), access.Origin{}); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("a token of something else: %v", err)
	}

	half := func() string {
		var started session.StartedHalf
		p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
			started, err = session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.Account, Step: session.StepCode})
			return err
		})
		return started.Token.Reveal()
	}()
	d, err := p.SignIn.Disown(t.Context(), token, access.Origin{Address: "192.0.2.1"})
	if err != nil || d.Email != who.Email {
		t.Fatalf("%+v %v", d, err)
	}
	wants(t, "the session afterwards", alive(), session.ErrEnded)
	_, err = p.SignIn.Half(t.Context(), half)
	wants(t, "a half log-in afterwards", err, signin.ErrHalfEnded)
	if p.Events(t, "session.disowned") != 1 || p.Events(t, "password.reset_requested") != 1 {
		t.Error("the trail does not tell")
	}
	p.MustLink(t, who.Email, "reset")
	_, err = p.SignIn.Disown(t.Context(), token, access.Origin{})
	wants(t, "a second time", err, credential.ErrLinkUsed)
	_, err = p.SignIn.LookAtDisown(t.Context(), token)
	wants(t, "looking afterwards", err, credential.ErrLinkUsed)
}

// disownable is the link in the letter about a log-in from an unknown browser.
func (p *place) disownable(t *testing.T, who *owner) (token string) {
	t.Helper()
	outcome, err := p.tryPassword(who, domaintest.Password, "203.0.113.7")
	p.in(t, outcome, err)
	link, err := url.Parse(p.handOver(t, mail.KindNewDevice, nil).Button.URL)
	domaintest.MustNot(t, err)
	return link.Query().Get("token")
}

func TestThisWasNotMeWorksForSevenDays(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	token := p.disownable(t, who)
	p.Clock.Advance(7*24*time.Hour - time.Second)
	p.Write(t, session.Prune)
	if _, err := p.SignIn.LookAtDisown(t.Context(), token); err != nil {
		t.Errorf("in the last second, with the session long over: %v", err)
	}
	p.Clock.Advance(time.Second)
	_, err := p.SignIn.Disown(t.Context(), token, access.Origin{})
	wants(t, "after seven days", err, credential.ErrLinkExpired)
}

// Who reads the mailbox of the letter may no longer be the owner of the account.
func TestThisWasNotMeDoesNotTellANewerAddress(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	token := p.disownable(t, who)
	if d, err := p.SignIn.LookAtDisown(t.Context(), token); err != nil || d.Email != who.Email {
		t.Errorf("the own address is shown as %q: %v", d.Email, err)
	}
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE accounts SET email = 'new@other.example', email_key = 'new@other.example' WHERE id = $1`, who.Account)
		return err
	})
	looked, err := p.SignIn.LookAtDisown(t.Context(), token)
	if err != nil || looked.Email != "n•••@o•••.example" {
		t.Errorf("looking tells %q: %v", looked.Email, err)
	}
	d, err := p.SignIn.Disown(t.Context(), token, access.Origin{})
	if err != nil || d.Email != "n•••@o•••.example" {
		t.Errorf("%+v %v", d, err)
	}
	p.MustLink(t, "new@other.example", "reset")
	if p.Link(t, who.Email, "reset") != "" {
		t.Error("the link for a new password went to the given-up mailbox")
	}
}

func TestLetterAboutARecoveryCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	codes := p.Protect(t, who.Holder)
	outcome, err := p.SignIn.RecoveryCode(t.Context(), step(p.half(t, who), codes[0]))
	p.in(t, outcome, err)
	content := p.handOver(t, mail.KindRecoveryCodeUsed, map[string]string{"UserAgent": firefox, "CodesLeft": "9"})
	if !slices.ContainsFunc(content.Paragraphs, func(text string) bool { return strings.Contains(text, "9 recovery codes left") }) {
		t.Errorf("the letter says %q", content.Paragraphs)
	}
}
