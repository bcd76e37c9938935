package session_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

func TestAuthenticateTellsWhoItIs(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	c, err := p.authenticate(t, started.Token)
	if err != nil {
		t.Fatal(err)
	}
	now := p.clock.Now()
	want := session.Current{
		Actor: access.Actor{
			Kind: access.KindUser, OrganizationID: p.northwind, UserID: p.user, AccountID: p.account, SessionID: started.ID,
			Name: "Priya Shah", Permissions: c.Actor.Permissions, Origin: origin,
		},
		SessionID: started.ID, Email: "priya@northwind.example", FirstName: "Priya", LastName: "Shah",
		OrganizationName: "Northwind", RoleID: p.role, RoleName: "Administrator", RoleKind: access.RoleAdministrator,
		SetupStep: "second_factor", Language: "en", ProvenAt: now, CreatedAt: now,
		ExpiresAt: now.Add(12 * time.Hour), IdleEndsAt: now.Add(30 * time.Minute),
	}
	c.Actor.Permissions, want.Actor.Permissions = access.Permissions{}, access.Permissions{}
	if c.Actor.Name != want.Actor.Name || c.SessionID != want.SessionID || c.Email != want.Email || c.RoleName != want.RoleName ||
		c.OrganizationName != want.OrganizationName || c.SetupStep != want.SetupStep || !c.ExpiresAt.Equal(want.ExpiresAt) ||
		!c.IdleEndsAt.Equal(want.IdleEndsAt) || !c.ProvenAt.Equal(now) || c.SecondFactorOn || c.SecondFactorProven ||
		c.Actor.OrganizationID != p.northwind || c.Actor.UserID != p.user || c.Actor.AccountID != p.account || c.Actor.Origin != origin {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if c, _ := p.authenticate(t, started.Token); c.Actor.Require(access.UsersInvite) != nil {
		t.Error("an administrator may not invite")
	}
}

func TestNoSuchToken(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	for _, token := range []string{"", "x", secret.NewToken().Reveal(), started.Token.Reveal() + "A", started.Token.Reveal()[:42], started.ID} {
		if _, err := p.sessions.Authenticate(t.Context(), token, origin); !errors.Is(err, session.ErrEnded) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestIdleLimit(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	p.clock.Advance(organization.MaxIdle - time.Second)
	p.wants(t, started, nil)
	p.clock.Advance(organization.MaxIdle - time.Second)
	p.wants(t, started, nil)
	p.clock.Advance(organization.MaxIdle)
	p.wants(t, started, session.ErrEnded)
}

func TestAbsoluteLimit(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	for range 71 {
		p.clock.Advance(10 * time.Minute)
		p.wants(t, started, nil)
	}
	p.clock.Advance(10*time.Minute - time.Second)
	c, err := p.authenticate(t, started.Token)
	if err != nil || !c.IdleEndsAt.Equal(c.ExpiresAt) {
		t.Errorf("in the last second: %v, ends %v and %v", err, c.IdleEndsAt, c.ExpiresAt)
	}
	p.clock.Advance(time.Second)
	p.wants(t, started, session.ErrEnded)
}

func TestUseIsWrittenOnceAMinute(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	start := p.clock.Now()
	lastUse := func() (inSession time.Time, ofUser time.Time) {
		p.write(t, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT last_seen_at FROM sessions WHERE id = $1`, started.ID).Scan(&inSession); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT last_active_at FROM users WHERE id = $1`, p.user).Scan(&ofUser)
		})
		return inSession, ofUser
	}
	p.clock.Advance(59 * time.Second)
	p.wants(t, started, nil)
	if inSession, ofUser := lastUse(); !inSession.Equal(start) || !ofUser.Equal(start) {
		t.Errorf("written within the minute: %v %v", inSession, ofUser)
	}
	p.clock.Advance(time.Second)
	p.wants(t, started, nil)
	if inSession, ofUser := lastUse(); !inSession.Equal(p.clock.Now()) || !ofUser.Equal(p.clock.Now()) {
		t.Errorf("not written after a minute: %v %v", inSession, ofUser)
	}
}

func TestSuspendedIsToldToTheOwnerOfASession(t *testing.T) {
	p := newPlace(t)
	started, loggedOut := p.start(t), p.start(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		return session.End(ctx, tx, loggedOut.ID, session.LoggedOut)
	})
	p.suspend(t)
	p.wants(t, started, session.ErrSuspended)
	_, err := p.authenticate(t, started.Token)
	if f, _ := fault.Of(err); f == nil || f.Params["Organization"] != "Northwind" {
		t.Errorf("the refusal does not name the organization: %v", err)
	}
	p.wants(t, loggedOut, session.ErrEnded)
	p.reactivate(t)
	p.wants(t, started, session.ErrEnded) // reactivation revives no session
	p.suspend(t)
	p.clock.Advance(organization.MaxIdle)
	p.wants(t, started, session.ErrEnded) // nobody proves to be the owner with a session out of its time
}

func TestSuspendedOrganization(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, p.northwind); err != nil {
			return err
		}
		return session.EndAllOfOrganization(ctx, tx, p.northwind)
	})
	p.wants(t, started, session.ErrOrganizationSuspended)
	err := p.Write(t.Context(), func(tx *db.Tx) error {
		_, err := session.Start(t.Context(), tx, p.newSession())
		return err
	})
	if !errors.Is(err, session.ErrOrganizationSuspended) {
		t.Errorf("a new session: %v", err)
	}
	p.exec(t, `UPDATE organizations SET status = 'active' WHERE id = $1`, p.northwind)
	p.wants(t, started, session.ErrEnded)
}

func TestSuspendedUserStartsNoSession(t *testing.T) {
	p := newPlace(t)
	p.suspend(t)
	err := p.Write(t.Context(), func(tx *db.Tx) error {
		_, err := session.Start(t.Context(), tx, p.newSession())
		return err
	})
	if !errors.Is(err, session.ErrSuspended) {
		t.Errorf("got %v", err)
	}
}

func TestForeignAccountStartsNoSession(t *testing.T) {
	p := newPlace(t)
	n := p.newSession()
	n.AccountID = "acc_other"
	err := p.Write(t.Context(), func(tx *db.Tx) error {
		_, err := session.Start(t.Context(), tx, n)
		return err
	})
	if err == nil {
		t.Error("a user's session starts for another account")
	}
}

func TestRoleChangeHoldsAtOnce(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	p.exec(t, `UPDATE users SET role_id = (SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member') WHERE id = $2`, p.northwind, p.user)
	c, err := p.authenticate(t, started.Token)
	if err != nil || c.Actor.Require(access.UsersView) == nil {
		t.Errorf("the old role still holds: %+v %v", c.Actor, err)
	}
}

// TestSecondFactorHasToBeProven: a session from before the second factor, or
// one that slipped past its set-up, is over once there is one.
func TestSecondFactorHasToBeProven(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	p.turnSecondFactorOn(t)
	p.wants(t, started, session.ErrEnded)
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return session.MarkSecondFactor(ctx, tx, started.ID) })
	c, err := p.authenticate(t, started.Token)
	if err != nil || !c.SecondFactorOn || !c.SecondFactorProven {
		t.Errorf("after the proof: %+v %v", c, err)
	}
}

func TestTenSessions(t *testing.T) {
	p := newPlace(t)
	var all []session.Started
	for range session.MaxSessions + 2 {
		p.clock.Advance(time.Second)
		all = append(all, p.start(t))
	}
	for i, started := range all {
		want := error(nil)
		if i < 2 {
			want = session.ErrEnded
		}
		p.wants(t, started, want)
	}
}

func TestRotateGivesANewToken(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	p.clock.Advance(10 * time.Minute)
	rotated := started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := session.NoteProof(ctx, tx, started.ID); err != nil {
			return err
		}
		rotated.Token, err = session.Rotate(ctx, tx, started.ID)
		return err
	})
	p.wants(t, started, session.ErrEnded)
	c, err := p.authenticate(t, rotated.Token)
	if err != nil || c.SessionID != started.ID || !c.ProvenAt.Equal(p.clock.Now()) || !c.ExpiresAt.Equal(started.ExpiresAt) {
		t.Errorf("with the new token: %+v %v", c, err)
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return session.End(ctx, tx, started.ID, session.LoggedOut) })
	err = p.Write(t.Context(), func(tx *db.Tx) error { _, err := session.Rotate(t.Context(), tx, started.ID); return err })
	if !errors.Is(err, session.ErrEnded) {
		t.Errorf("an ended session gets a new token: %v", err)
	}
}

func TestEndings(t *testing.T) {
	p := newPlace(t)
	southOrganization, _, southUser := p.join(t, "Southwind", "active")
	south := p.newSession()
	south.OrganizationID, south.UserID = southOrganization, southUser
	var elsewhere session.Started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		elsewhere, err = session.Start(ctx, tx, south)
		return err
	})
	mine, other := p.start(t), p.start(t)

	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		return session.EndAllOfUser(ctx, tx, p.northwind, "usr_nobody", session.Ended)
	})
	p.wants(t, other, nil)
	var ended int
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		ended, err = session.EndOthers(ctx, tx, p.account, mine.ID)
		return err
	})
	if ended != 2 {
		t.Errorf("%d others ended, want 2", ended)
	}
	p.wants(t, mine, nil)
	p.wants(t, other, session.ErrEnded)
	p.wants(t, elsewhere, session.ErrEnded)

	again := p.start(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		return session.EndAllOfUser(ctx, tx, p.northwind, p.user, session.Ended)
	})
	p.wants(t, again, session.ErrEnded)
	p.wants(t, mine, session.ErrEnded)

	last := p.start(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return session.EndAllOfAccount(ctx, tx, p.account) })
	p.wants(t, last, session.ErrEnded)
}

func TestList(t *testing.T) {
	p := newPlace(t)
	first := p.start(t)
	p.clock.Advance(10 * time.Minute)
	second := p.start(t)
	gone := p.start(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return session.End(ctx, tx, gone.ID, session.LoggedOut) })
	read := func() (all []session.Listed, count int, found session.Listed) {
		p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
			if all, err = session.List(ctx, tx, p.account); err != nil {
				return err
			}
			if found, err = session.Find(ctx, tx, gone.ID); err != nil {
				return err
			}
			count, err = session.CountOfUser(ctx, tx, p.northwind, p.user)
			return err
		})
		return all, count, found
	}
	all, count, found := read()
	if len(all) != 2 || count != 2 || all[0].ID != second.ID || all[1].ID != first.ID {
		t.Fatalf("%d listed, %d counted: %+v", len(all), count, all)
	}
	if l := all[0]; l.OrganizationName != "Northwind" || l.UserName != "Priya Shah" || l.Address != origin.Address || l.UserAgent != origin.UserAgent {
		t.Errorf("%+v", l)
	}
	if found.AccountID != p.account {
		t.Errorf("an ended session: %+v", found)
	}
	p.clock.Advance(organization.MaxIdle - 10*time.Minute)
	if all, count, _ := read(); len(all) != 1 || count != 1 {
		t.Errorf("an idle session is listed: %+v", all)
	}
}

func TestPruneKeepsWhatMayBeDisowned(t *testing.T) {
	p := newPlace(t)
	started := p.start(t)
	find := func() error {
		return p.Write(t.Context(), func(tx *db.Tx) error {
			if err := session.Prune(t.Context(), tx); err != nil {
				return err
			}
			_, err := session.Find(t.Context(), tx, started.ID)
			return err
		})
	}
	p.clock.Advance(10*24*time.Hour + organization.MaxSession)
	if err := find(); err != nil {
		t.Errorf("after ten days: %v", err)
	}
	p.clock.Advance(24*time.Hour + time.Second)
	if err := find(); !errors.Is(err, db.ErrNoRow) {
		t.Errorf("after eleven days: %v", err)
	}
}

// TestHostileUserAgent is stored without what no engine takes.
func TestHostileUserAgent(t *testing.T) {
	p := newPlace(t)
	n := p.newSession()
	n.Origin.UserAgent = "a\x00b\nc\xff" + string(make([]byte, 1000))
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := session.Start(ctx, tx, n)
		return err
	})
}

// TestSuspensionAgainstLogIn runs both at once, on nodes of their own. Whoever
// is first: after the reactivation no session of before is alive.
func TestSuspensionAgainstLogIn(t *testing.T) {
	c := newClock()
	address := dbtest.URL(t)
	p := newPlaceOn(t, dbtest.Open(t, address, c.Now), c)
	other := dbtest.Open(t, address, c.Now)
	for range dbtest.RaceRounds() {
		var started session.Started
		var startErr, suspendErr error
		var wg sync.WaitGroup
		wg.Go(func() {
			startErr = other.Write(context.Background(), func(tx *db.Tx) (err error) {
				started, err = session.Start(context.Background(), tx, p.newSession())
				return err
			})
		})
		wg.Go(func() {
			suspendErr = p.Write(context.Background(), func(tx *db.Tx) error { return p.suspendIn(context.Background(), tx) })
		})
		wg.Wait()
		if suspendErr != nil || startErr != nil && !errors.Is(startErr, session.ErrSuspended) {
			t.Fatal(suspendErr, startErr)
		}
		p.reactivate(t)
		if startErr == nil {
			p.wants(t, started, session.ErrEnded)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	p := newPlace(b)
	token := p.start(b).Token.Reveal()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.sessions.Authenticate(b.Context(), token, origin); err != nil {
			b.Fatal(err)
		}
	}
}
