package directory_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"idkit/internal/domain/directory"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

var errUndo = errors.New("undo")

// change does to somebody one of the things that anything in the product may do, in the database alone.
func (p *place) change(ctx context.Context, tx *db.Tx, r *rand.Rand, s *somebody) error {
	update := func(column string, value any) error {
		_, err := tx.Exec(ctx, `UPDATE users SET `+column+` = $3 WHERE organization_id = $1 AND id = $2`, p.organization, s.id, value)
		return err
	}
	switch draw := r.IntN(6); {
	case draw == 0:
		s.role = pick(r, p.roles)
		return update("role_id", s.role.ID)
	case draw == 1:
		s.name = pick(r, firstNames) + " Anew"
		if err := update("first_name", s.name); err != nil {
			return err
		}
		return update("search_text", s.text())
	case draw == 2 && s.status == user.Invited: // joins with an account that may have a second factor from elsewhere
		if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $1, $1, '-', $2, '', 'en', $2)`, s.account, start); err != nil {
			return err
		}
		if s.secondFactor = r.IntN(2) == 0; s.secondFactor {
			if err := setFactor(ctx, tx, s.account, true); err != nil {
				return err
			}
		}
		s.status = user.Active
		_, err := tx.Exec(ctx, `UPDATE users SET status = 'active', account_id = $3, last_active_at = $4 WHERE organization_id = $1 AND id = $2`,
			p.organization, s.id, s.account, start)
		s.lastActive = &start
		return err
	case draw == 3 && s.status != user.Invited:
		s.status = pick(r, []user.Status{user.Active, user.Suspended})
		return update("status", string(s.status))
	case draw == 4 && s.status != user.Invited:
		s.secondFactor = !s.secondFactor
		return setFactor(ctx, tx, s.account, s.secondFactor)
	default:
		at := start.Add(-1)
		s.lastActive = &at
		return update("last_active_at", at)
	}
}

// Whatever happens to users, on whatever path, or is taken back: counts and search are those of who is there.
func TestCountsAndSearchFollowEveryChange(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	p := newPlace(t)
	p.settlers(t, r, 40)
	for range 60 {
		undo := r.IntN(4) == 0
		after := maps.Clone(p.people)
		err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
			for range 1 + r.IntN(4) {
				known := slices.Sorted(maps.Keys(after))
				s := after[pick(r, known)]
				switch r.IntN(5) {
				case 0:
					s = p.draw(r)
					if err := p.insert(t.Context(), tx, s); err != nil {
						return err
					}
					after[s.id] = s
				case 1:
					if _, err := tx.Exec(t.Context(), `DELETE FROM users WHERE organization_id = $1 AND id = $2`, p.organization, s.id); err != nil {
						return err
					}
					delete(after, s.id)
				default:
					if err := p.change(t.Context(), tx, r, &s); err != nil {
						return err
					}
					after[s.id] = s
				}
			}
			if undo {
				return errUndo
			}
			return nil
		})
		if undo != errors.Is(err, errUndo) || !undo && err != nil {
			t.Fatal(err)
		}
		if !undo {
			p.people = after
		}
	}
	p.checkCounts(t)
	for range 30 {
		p.check(t, p.anyQuery(r))
	}
}

// checkCounts compares the kept numbers with the rows, group by group.
func (p *place) checkCounts(t testing.TB) {
	t.Helper()
	for _, role := range append(p.roles, user.Role{}) {
		for _, factor := range []directory.Factor{directory.FactorAny, directory.FactorOn, directory.FactorOff} {
			q := directory.Query{RoleID: role.ID, Factor: factor}
			var want directory.Counts
			for _, s := range p.expected(q) {
				switch s.status {
				case user.Invited:
					want.Invited++
				case user.Active:
					want.Active++
				case user.Suspended:
					want.Suspended++
				}
			}
			if list := p.list(t, q); list.Counts != want || list.Total != want.All() {
				t.Errorf("%s, second factor %q: %+v and %d in all, want %+v", role.Name, factor, list.Counts, list.Total, want)
			}
		}
	}
}

// People move between the same groups in both directions at the same moment, and one account gets its second factor
// while its owner joins: no number is lost.
func TestCountsAtTheSameMoment(t *testing.T) {
	p := newPlace(t)
	r := rand.New(rand.NewPCG(3, 3))
	p.settlers(t, r, 40)
	var mu sync.Mutex
	var group sync.WaitGroup
	before := maps.Clone(p.people)
	for i, id := range slices.Sorted(maps.Keys(before)) {
		s := before[id]
		mine := rand.New(rand.NewPCG(7, uint64(i)))
		group.Go(func() {
			for range 6 {
				var after somebody
				state := *mine
				err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
					again := state // a transaction may run twice
					after = s
					defer func() { *mine = again }()
					return p.change(t.Context(), tx, &again, &after)
				})
				if err != nil {
					t.Error(err)
					return
				}
				s = after
			}
			mu.Lock()
			defer mu.Unlock()
			p.people[id] = s
		})
	}
	group.Wait()
	p.checkCounts(t)
}

func TestASecondFactorMeetsWhoJoinsMeanwhile(t *testing.T) {
	p, other := newPlace(t), (*place)(nil)
	other = p.elsewhere(t)
	for range 10 {
		r := rand.New(rand.NewPCG(rand.Uint64(), 1))
		here := p.draw(r)
		here.status, here.secondFactor = user.Active, false
		there := other.draw(r)
		there.status, there.secondFactor, there.lastActive = user.Invited, false, nil
		p.write(t, func(ctx context.Context, tx *db.Tx) error {
			if err := p.insert(ctx, tx, here); err != nil {
				return err
			}
			return other.insert(ctx, tx, there)
		})
		var group sync.WaitGroup
		for _, act := range []func(ctx context.Context, tx *db.Tx) error{
			func(ctx context.Context, tx *db.Tx) error { return setFactor(ctx, tx, here.account, true) },
			func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE users SET status = 'active', account_id = $2 WHERE id = $1`, there.id, here.account)
				return err
			},
		} {
			group.Go(func() {
				if err := p.DB.Write(t.Context(), func(tx *db.Tx) error { return act(t.Context(), tx) }); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		here.secondFactor, there.secondFactor, there.status, there.account = true, true, user.Active, here.account
		p.people[here.id], other.people[there.id] = here, there
	}
	p.checkCounts(t)
	other.checkCounts(t)
}
