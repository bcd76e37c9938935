package credential_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/secret"
)

var invitation = credential.NewLink{
	Kind:    organization.Client,
	Purpose: credential.LinkInvitation, OrganizationID: "org_1", SubjectID: "usr_1",
	Address: "priya@northwind.example", LetterID: "let_1", Lifetime: time.Hour,
}

func (p place) mint(t testing.TB, link credential.NewLink) string {
	t.Helper()
	var token secret.Token
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		token, _, err = credential.MintLink(ctx, tx, link)
		return err
	})
	return token.Reveal()
}

func (p place) find(t testing.TB, purpose credential.LinkPurpose, token string) (link credential.Link, err error) {
	t.Helper()
	err = p.Read(t.Context(), func(tx *db.Tx) error {
		link, err = credential.FindLink(t.Context(), tx, organization.Client, purpose, token)
		return err
	})
	return link, err
}

func (p place) use(t testing.TB, purpose credential.LinkPurpose, token string) (link credential.Link, err error) {
	t.Helper()
	err = p.Write(t.Context(), func(tx *db.Tx) (err error) {
		link, err = credential.UseLink(t.Context(), tx, organization.Client, purpose, token)
		return err
	})
	return link, err
}

func TestLinkWorksOnce(t *testing.T) {
	p := newPlace(t)
	token := p.mint(t, invitation)
	found, err := p.find(t, credential.LinkInvitation, token)
	if err != nil || found.State() != credential.LinkLive || found.Err() != nil {
		t.Fatalf("a fresh link is %v: %v", found.State(), err)
	}
	used, err := p.use(t, credential.LinkInvitation, token)
	if err != nil {
		t.Fatal(err)
	}
	if used.OrganizationID != "org_1" || used.SubjectID != "usr_1" || used.Address != "priya@northwind.example" ||
		used.LetterID != "let_1" || !used.ExpiresAt.Equal(p.clock.Now().Add(time.Hour)) || used.State() != credential.LinkUsed {
		t.Errorf("the used link is %+v", used)
	}
	again, err := p.use(t, credential.LinkInvitation, token)
	wantFault(t, err, credential.ErrLinkUsed)
	if again.SubjectID != "usr_1" {
		t.Error("a used link does not say whose it was")
	}
}

func TestLinkOpensNothingElse(t *testing.T) {
	p := newPlace(t)
	token := p.mint(t, invitation)
	_, err := p.find(t, credential.LinkPasswordReset, token)
	wantFault(t, err, credential.ErrLinkUnknown)
	_, err = p.use(t, credential.LinkPasswordReset, token)
	wantFault(t, err, credential.ErrLinkUnknown)
	if _, err := p.use(t, credential.LinkInvitation, token); err != nil {
		t.Errorf("after that it does not work any more: %v", err)
	}
}

func TestUnknownLinks(t *testing.T) {
	p := newPlace(t)
	token := p.mint(t, invitation)
	for _, other := range []string{"", " ", token[1:], token + "A", token + "=", " " + token, secret.NewToken().Reveal(), "[redacted]"} {
		_, err := p.find(t, credential.LinkInvitation, other)
		wantFault(t, err, credential.ErrLinkUnknown)
		_, err = p.use(t, credential.LinkInvitation, other)
		wantFault(t, err, credential.ErrLinkUnknown)
	}
	_, err := p.find(t, "", token)
	wantFault(t, err, credential.ErrLinkUnknown)
}

func TestDeadLinksAreToldApart(t *testing.T) {
	end := func(because credential.LinkState) func(*testing.T, place, string) {
		return func(t *testing.T, p place, _ string) {
			p.write(t, func(ctx context.Context, tx *db.Tx) error {
				return credential.EndLinks(ctx, tx, credential.LinkInvitation, "usr_1", because)
			})
		}
	}
	for _, c := range []struct {
		state credential.LinkState
		fault error
		die   func(*testing.T, place, string)
	}{
		{credential.LinkExpired, credential.ErrLinkExpired, func(_ *testing.T, p place, _ string) { p.clock.Advance(time.Hour) }},
		{credential.LinkReplaced, credential.ErrLinkReplaced, end(credential.LinkReplaced)},
		{credential.LinkWithdrawn, credential.ErrLinkWithdrawn, end(credential.LinkWithdrawn)},
		{credential.LinkVoided, credential.ErrLinkVoided, end(credential.LinkVoided)},
		{credential.LinkVoided, credential.ErrLinkVoided, func(t *testing.T, p place, _ string) {
			p.write(t, func(ctx context.Context, tx *db.Tx) error { return credential.EndAllLinksOf(ctx, tx, "usr_1") })
		}},
		{credential.LinkUsed, credential.ErrLinkUsed, func(t *testing.T, p place, token string) {
			if _, err := p.use(t, credential.LinkInvitation, token); err != nil {
				t.Fatal(err)
			}
			end(credential.LinkVoided)(t, p, token) // the first end stays
		}},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			p := newPlace(t)
			token := p.mint(t, invitation)
			c.die(t, p, token)
			link, err := p.find(t, credential.LinkInvitation, token)
			if err != nil || link.State() != c.state {
				t.Errorf("found as %q, want %q: %v", link.State(), c.state, err)
			}
			link, err = p.use(t, credential.LinkInvitation, token)
			wantFault(t, err, c.fault)
			if link.Address != invitation.Address {
				t.Error("the dead link is not handed back")
			}
		})
	}
}

func TestEndingLinksLeavesOthersAlone(t *testing.T) {
	p := newPlace(t)
	reset, someoneElses := invitation, invitation
	reset.Purpose, someoneElses.SubjectID = credential.LinkPasswordReset, "usr_2"
	first, second := p.mint(t, invitation), p.mint(t, invitation)
	resetToken, otherToken := p.mint(t, reset), p.mint(t, someoneElses)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		return credential.EndLinks(ctx, tx, credential.LinkInvitation, "usr_1", credential.LinkReplaced)
	})
	for _, token := range []string{first, second} {
		_, err := p.use(t, credential.LinkInvitation, token)
		wantFault(t, err, credential.ErrLinkReplaced)
	}
	if _, err := p.use(t, credential.LinkPasswordReset, resetToken); err != nil {
		t.Errorf("the reset link of the same user: %v", err)
	}
	if _, err := p.use(t, credential.LinkInvitation, otherToken); err != nil {
		t.Errorf("the invitation of another user: %v", err)
	}
}

func TestIncompleteLinksAreNotMinted(t *testing.T) {
	p := newPlace(t)
	for _, spoil := range []func(*credential.NewLink){
		func(l *credential.NewLink) { l.Purpose = "" },
		func(l *credential.NewLink) { l.SubjectID = "" },
		func(l *credential.NewLink) { l.Address = "" },
		func(l *credential.NewLink) { l.Lifetime = 0 },
	} {
		link := invitation
		spoil(&link)
		err := p.try(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, _, err := credential.MintLink(ctx, tx, link)
			return err
		})
		if err == nil {
			t.Errorf("minted %+v", link)
		}
	}
}

func TestUseThatIsRolledBackLeavesTheLinkLive(t *testing.T) {
	p := newPlace(t)
	token := p.mint(t, invitation)
	failure := errors.New("a later step failed")
	err := p.try(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := credential.UseLink(ctx, tx, organization.Client, credential.LinkInvitation, token)
		return errors.Join(err, failure)
	})
	wantFault(t, err, failure)
	if _, err := p.use(t, credential.LinkInvitation, token); err != nil {
		t.Error(err)
	}
}

func TestRaceForALink(t *testing.T) {
	p, nodes := racePlace(t)
	for range dbtest.RaceRounds() {
		token := p.mint(t, invitation)
		race(t, nodes, func(ctx context.Context, tx *db.Tx) error {
			_, err := credential.UseLink(ctx, tx, organization.Client, credential.LinkInvitation, token)
			return err
		}, credential.ErrLinkUsed)
	}
}
