package directory_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// open is an invitation that ends so long after the start, which may be before it.
type open struct {
	name        string
	ends        time.Duration // 0: no link was handed over
	askedAgain  bool
	undelivered bool

	asAdministrator bool
}

func (p *place) invite(t *testing.T, o open) {
	t.Helper()
	s := somebody{id: id.New("usr"), name: o.name, email: o.name + "@northwind.example", role: p.roles[1], status: user.Invited}
	if o.asAdministrator {
		s.role = p.roles[0]
	}
	var ends, asked *time.Time
	if o.ends != 0 {
		at := start.Add(o.ends)
		ends = &at
	}
	if o.askedAgain {
		asked = &start
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		if err := p.insert(ctx, tx, s); err != nil {
			return err
		}
		letter, err := p.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: mail.KindInvite, OrganizationID: p.organization, SubjectID: s.id, Address: s.email, Language: language.Default,
		})
		if err == nil && o.undelivered {
			_, err = tx.Exec(ctx, `UPDATE letters SET state = 'undeliverable', reply = '550', ended_at = $2 WHERE id = $1`, letter, start)
		}
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO invitations (organization_id, user_id, inviter_name, language, note, created_at, letter_id, expires_at, asked_again_at)
				VALUES ($1, $2, 'Ada Okafor', 'en', '', $3, $4, $5, $6)`, p.organization, s.id, start, letter, ends, asked)
		}
		return err
	})
}

func names(users []user.User) (all []string) {
	for _, u := range users {
		all = append(all, u.Name())
	}
	return all
}

func TestWhatWaitsForWhoInvites(t *testing.T) {
	p := newPlace(t)
	other := p.elsewhere(t)
	other.invite(t, open{name: "stranger", ends: -time.Hour})
	for _, o := range []open{
		{name: "young", ends: 72 * time.Hour},
		{name: "queued"},
		{name: "late", ends: 47 * time.Hour},
		{name: "over", ends: -time.Hour},
		{name: "asks", ends: -time.Hour, askedAgain: true},
		{name: "anew", ends: 72 * time.Hour, askedAgain: true},
		{name: "bounced", undelivered: true},
		{name: "over-too", ends: -2 * time.Hour},
	} {
		p.invite(t, o)
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		for i, factor := range []bool{true, false, false} {
			account := id.New("acc")
			s := somebody{id: id.New("usr"), account: account, name: account, email: account + "@x.example", role: p.roles[i], status: user.Active, secondFactor: factor}
			if err := p.insert(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	w, err := p.Waiting(t.Context(), p.administrator())
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string]struct{ got, want []string }{
		"ask again": {names(w.AskedAgain), []string{"asks"}}, "bounced": {names(w.Undelivered), []string{"bounced"}},
		"ended": {names(w.Ended), []string{"over-too", "over"}}, "end soon": {names(w.EndingSoon), []string{"late"}},
	} {
		if !slices.Equal(got.got, got.want) {
			t.Errorf("%v %s, want %v", got.got, what, got.want)
		}
	}
	if w.Invited != 8 || w.Active != 3 || w.Unprotected != 2 {
		t.Errorf("the numbers are %+v, %d without a second factor", w.Counts, w.Unprotected)
	}

	// Of those whom they may not act on, people read in the list alone.
	helps := p.administrator()
	helps.Permissions = access.Holding(access.UsersView.Access(), access.UsersView, access.UsersInvite)
	p.invite(t, open{name: "above", ends: -time.Hour, asAdministrator: true})
	if w, err = p.Waiting(t.Context(), helps); err != nil || !slices.Equal(names(w.Ended), []string{"over-too", "over"}) || w.Invited != 9 {
		t.Errorf("who holds less than an Administrator sees %v of %d, %v", names(w.Ended), w.Invited, err)
	}

	looks := p.administrator()
	looks.Permissions = access.Holding(access.UsersView.Access(), access.UsersView)
	if w, err = p.Waiting(t.Context(), looks); err != nil || w.Invited != 9 || len(w.Ended)+len(w.AskedAgain)+len(w.Undelivered)+len(w.EndingSoon) > 0 {
		t.Errorf("who may not invite sees %+v, %v", w, err)
	}
	looks.Permissions = access.Permissions{}
	if _, err := p.Waiting(t.Context(), looks); err == nil {
		t.Error("who sees no users sees how they stand")
	}
}

// TestOnlyTheNewestInvitationsAreLookedAt bounds what the first page costs.
func TestOnlyTheNewestInvitationsAreLookedAt(t *testing.T) {
	p := newPlace(t)
	for range 201 {
		p.invite(t, open{name: id.New("usr"), ends: -time.Hour})
	}
	w, err := p.Waiting(t.Context(), p.administrator())
	if err != nil || len(w.Ended) != 200 || w.Invited != 201 {
		t.Errorf("%d of %d, %v", len(w.Ended), w.Invited, err)
	}
}
