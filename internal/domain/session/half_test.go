package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/secret"
)

func (p *place) startHalf(t testing.TB, step session.Step) session.StartedHalf {
	t.Helper()
	var half session.StartedHalf
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		half, err = session.StartHalf(ctx, tx, session.NewHalf{AccountID: p.account, Step: step})
		return err
	})
	return half
}

func (p *place) countTry(token string) error {
	return p.Write(context.Background(), func(tx *db.Tx) error {
		_, err := session.CountTry(context.Background(), tx, organization.Client, token)
		return err
	})
}

func (p *place) useHalf(token string, step session.Step) error {
	return p.Write(context.Background(), func(tx *db.Tx) error {
		return session.UseHalf(context.Background(), tx, organization.Client, token, step)
	})
}

func (p *place) findHalf(token string) (half session.Half, err error) {
	err = p.Read(context.Background(), func(tx *db.Tx) error {
		half, err = session.FindHalf(context.Background(), tx, organization.Client, token)
		return err
	})
	return half, err
}

func TestHalfLogIn(t *testing.T) {
	p := newPlace(t)
	started := p.startHalf(t, session.StepCode)
	token := started.Token.Reveal()
	half, err := p.findHalf(token)
	if err != nil || half.AccountID != p.account || half.Step != session.StepCode || half.SecondFactor || !half.ExpiresAt.Equal(started.ExpiresAt) {
		t.Fatalf("%+v %v", half, err)
	}
	if err := p.useHalf(token, session.StepOrganization); !errors.Is(err, session.ErrHalfEnded) {
		t.Errorf("it is used for another step than its own: %v", err)
	}
	if _, err := p.sessions.Authenticate(t.Context(), token, origin); !errors.Is(err, session.ErrEnded) {
		t.Errorf("it is taken for a session: %v", err)
	}
	if err := p.useHalf(token, session.StepCode); err != nil {
		t.Error(err)
	}
	if err := p.useHalf(token, session.StepCode); !errors.Is(err, session.ErrHalfEnded) {
		t.Errorf("it is used twice: %v", err)
	}
}

func TestHalfLogInAllowsFiveTries(t *testing.T) {
	p := newPlace(t)
	token := p.startHalf(t, session.StepCode).Token.Reveal()
	for range session.HalfTries {
		if err := p.countTry(token); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.countTry(token); !errors.Is(err, session.ErrHalfEnded) {
		t.Errorf("a sixth try: %v", err)
	}
	if _, err := p.findHalf(token); !errors.Is(err, session.ErrHalfEnded) {
		t.Errorf("after the tries: %v", err)
	}
	if err := p.countTry(p.startHalf(t, session.StepOrganization).Token.Reveal()); !errors.Is(err, session.ErrHalfEnded) {
		t.Errorf("a code at the choice of the organization: %v", err)
	}
}

func TestHalfLogInEndsAfterFiveMinutes(t *testing.T) {
	p := newPlace(t)
	token := p.startHalf(t, session.StepCode).Token.Reveal()
	p.clock.Advance(5*time.Minute - time.Microsecond)
	if _, err := p.findHalf(token); err != nil {
		t.Errorf("just before: %v", err)
	}
	p.clock.Advance(time.Microsecond)
	_, found := p.findHalf(token)
	for _, err := range []error{found, p.countTry(token), p.useHalf(token, session.StepCode)} {
		if !errors.Is(err, session.ErrHalfEnded) {
			t.Errorf("just after: %v", err)
		}
	}
}

func TestNoSuchHalfLogIn(t *testing.T) {
	p := newPlace(t)
	for _, token := range []string{"", "x", secret.NewToken().Reveal()} {
		_, found := p.findHalf(token)
		for _, err := range []error{found, p.countTry(token), p.useHalf(token, session.StepCode)} {
			if !errors.Is(err, session.ErrHalfEnded) {
				t.Errorf("%q: %v", token, err)
			}
		}
		p.write(t, func(ctx context.Context, tx *db.Tx) error {
			return session.CancelHalf(ctx, tx, organization.Client, token)
		})
	}
}

func TestCredentialChangeEndsHalfLogIns(t *testing.T) {
	p := newPlace(t)
	for name, end := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"EndAllOfAccount": func(ctx context.Context, tx *db.Tx) error { return session.EndAllOfAccount(ctx, tx, p.account) },
		"EndOthers": func(ctx context.Context, tx *db.Tx) error {
			_, err := session.EndOthers(ctx, tx, p.account, "ses_mine")
			return err
		},
	} {
		token := p.startHalf(t, session.StepCode).Token.Reveal()
		p.write(t, end)
		if _, err := p.findHalf(token); !errors.Is(err, session.ErrHalfEnded) {
			t.Errorf("%s leaves a half log-in: %v", name, err)
		}
	}
}

// TestHalfLogInIsUsedOnce uses and counts one half log-in on several nodes at once.
func TestHalfLogInIsUsedOnce(t *testing.T) {
	c := newClock()
	address := dbtest.URL(t)
	nodes := make([]*place, 3)
	nodes[0] = newPlaceOn(t, dbtest.Open(t, address, c.Now), c)
	for i := range nodes[1:] {
		node := *nodes[0]
		node.DB = dbtest.Open(t, address, c.Now)
		nodes[i+1] = &node
	}
	for range dbtest.RaceRounds() {
		once, counted := nodes[0].startHalf(t, session.StepCode).Token.Reveal(), nodes[0].startHalf(t, session.StepCode).Token.Reveal()
		var used, tries atomic.Int32
		var wg sync.WaitGroup
		for i := range 64 {
			node := nodes[i%len(nodes)]
			wg.Go(func() {
				if node.useHalf(once, session.StepCode) == nil {
					used.Add(1)
				}
				if node.countTry(counted) == nil {
					tries.Add(1)
				}
			})
		}
		wg.Wait()
		if used.Load() != 1 || tries.Load() != session.HalfTries {
			t.Fatalf("used %d times, %d tries", used.Load(), tries.Load())
		}
	}
}

// TestCredentialChangeAgainstSecondStep runs both at once: either the second
// step finds its half log-in gone, or its session is ended with the others.
func TestCredentialChangeAgainstSecondStep(t *testing.T) {
	c := newClock()
	address := dbtest.URL(t)
	p := newPlaceOn(t, dbtest.Open(t, address, c.Now), c)
	other := dbtest.Open(t, address, c.Now)
	for range dbtest.RaceRounds() {
		token := p.startHalf(t, session.StepCode).Token.Reveal()
		var started session.Started
		var stepErr, changeErr error
		var wg sync.WaitGroup
		wg.Go(func() {
			stepErr = other.Write(context.Background(), func(tx *db.Tx) (err error) {
				if err := session.UseHalf(context.Background(), tx, organization.Client, token, session.StepCode); err != nil {
					return err
				}
				started, err = session.Start(context.Background(), tx, p.newSession())
				return err
			})
		})
		wg.Go(func() {
			changeErr = p.Write(context.Background(), func(tx *db.Tx) error {
				return session.EndAllOfAccount(context.Background(), tx, p.account)
			})
		})
		wg.Wait()
		if changeErr != nil || stepErr != nil && !errors.Is(stepErr, session.ErrHalfEnded) {
			t.Fatal(changeErr, stepErr)
		}
		if stepErr == nil {
			p.wants(t, started, session.ErrEnded)
		}
	}
}
