package directory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
)

func (p *place) export(t testing.TB, q directory.Query) (written []string) {
	t.Helper()
	err := p.Export(t.Context(), p.administrator(), q, func(u user.User) error {
		written = append(written, u.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func TestTheExportIsWhatTheFiltersFind(t *testing.T) {
	p := newPlace(t)
	r := rand.New(rand.NewPCG(1, 1))
	p.settlers(t, r, 1100)
	p.elsewhere(t).settlers(t, r, 10)
	for _, q := range []directory.Query{
		{},
		{Sort: directory.SortName, Descending: true, Size: 100, Cursor: "x"},
		{Status: user.Invited},
		{RoleID: p.roles[1].ID, Factor: directory.FactorOn},
		{Search: "ann"},
		{Search: "okafor", Status: user.Active},
		{Search: "nobody"},
		{RoleID: "rol_none"},
		{Search: slices.Sorted(keys(p.people))[3]},
	} {
		newest := q
		newest.Sort, newest.Descending = directory.SortNewest, false
		var want []string
		for _, s := range p.expected(newest) {
			want = append(want, s.id)
		}
		if got := p.export(t, q); !slices.Equal(got, want) {
			t.Errorf("%+v: %d written, want %d", q, len(got), len(want))
		}
	}
}

func keys(people map[string]somebody) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range people {
			if !yield(id) {
				return
			}
		}
	}
}

// Who is there from beginning to end is met once, whatever happens around them.
func TestAWalkMeetsEverybodyOnceWhileOthersComeAndGo(t *testing.T) {
	p := newPlace(t)
	r := rand.New(rand.NewPCG(5, 5))
	p.settlers(t, r, 150)
	staying := map[string]bool{}
	for id := range p.people {
		staying[id] = r.IntN(3) > 0
	}
	meanwhile := func() { p.settlers(t, r, 3) }
	leave := func() {
		p.write(t, func(ctx context.Context, tx *db.Tx) error {
			for id, stays := range staying {
				if !stays {
					delete(staying, id)
					_, err := tx.Exec(ctx, `DELETE FROM users WHERE id = $1`, id)
					return err
				}
			}
			return nil
		})
	}
	for _, sort := range []directory.Sort{directory.SortNewest, directory.SortName, directory.SortRole, directory.SortStatus, directory.SortLastActive} {
		for _, backward := range []bool{false, true} {
			met := map[string]int{}
			list := p.list(t, directory.Query{Sort: sort})
			step := 1
			if cursor, ok := list.At(list.Pages()); backward && ok {
				list, step = p.list(t, directory.Query{Sort: sort, Cursor: cursor}), -1
			}
			for {
				for _, id := range ids(list) {
					met[id]++
				}
				cursor, ok := list.At(list.Number + step)
				if !ok || backward && list.First == 1 {
					break
				}
				if !backward { // whoever comes at the beginning moves the pages that lie before
					meanwhile()
				}
				leave()
				list = p.list(t, directory.Query{Sort: sort, Cursor: cursor})
			}
			for id, stays := range staying {
				if stays && (met[id] == 0 || met[id] > 1 && !backward) {
					t.Errorf("by %q, backward %v: somebody who stays was met %d times", sort, backward, met[id])
				}
			}
		}
	}
}

func TestAnExportIsRecordedHoweverItEnds(t *testing.T) {
	p := newPlace(t)
	p.settlers(t, rand.New(rand.NewPCG(1, 1)), 100)
	p.export(t, directory.Query{})
	full := errors.New("the disk is full")
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	err := p.Export(ctx, p.administrator(), directory.Query{Factor: directory.FactorOn, RoleID: p.roles[1].ID, Search: "a", Status: user.Active}, func(user.User) error {
		if rows++; rows == 2 {
			cancel()
			return full
		}
		return nil
	})
	if !errors.Is(err, full) {
		t.Errorf("the failure of the writing is %v", err)
	}
	var entries []audit.Entry
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		scan := func(row db.Row) (e audit.Entry, err error) {
			err = row.Scan(&e.Action, &e.ActorName, &e.Details)
			return e, err
		}
		entries, err = db.Collect(ctx, tx, scan, `SELECT action, actor_name, details FROM audit_events WHERE organization_id = $1 ORDER BY sequence`, p.organization)
		return err
	})
	if len(entries) != 2 || entries[0].Action != "users.exported" || entries[0].ActorName != "Ada Okafor" || entries[0].Details != `{"rows":"100"}` {
		t.Fatalf("the trail holds %+v", entries)
	}
	var details map[string]string
	if err := json.Unmarshal([]byte(entries[1].Details), &details); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"rows": "1", "second_factor": "on", "role": p.roles[1].ID, "search": "a", "status": "active"} {
		if details[name] != want {
			t.Errorf("the trail says of %s %q, want %q", name, details[name], want)
		}
	}
}

// An export reads everybody: whoever asks for one after the other is told to wait.
func TestExportsAreBoundedPerUser(t *testing.T) {
	p := newPlace(t)
	actor := p.administrator()
	export := func() error {
		return p.Export(t.Context(), actor, directory.Query{}, func(user.User) error { return nil })
	}
	for n := range 20 {
		if err := export(); err != nil {
			t.Fatalf("export %d: %v", n+1, err)
		}
	}
	if f, ok := fault.Of(export()); !ok || f.Kind != fault.TooMany || f.RetryAfter != time.Hour {
		t.Errorf("one more is answered with %v", f)
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		var recorded int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM audit_events WHERE action = 'users.exported'`).Scan(&recorded)
		if recorded != 20 {
			t.Errorf("%d exports are recorded", recorded)
		}
		return err
	})
	actor = p.administrator()
	if err := export(); err != nil {
		t.Errorf("somebody else is answered with %v", err)
	}
}

// logIn is an Administrator with a session, who stands in the list like everybody.
func (p *place) logIn(t testing.TB) (actor access.Actor) {
	t.Helper()
	who := somebody{id: id.New("usr"), account: id.New("acc"), name: "Marco", email: "marco@a.example", role: p.roles[0], status: user.Active}
	p.people[who.id] = who
	actor = p.administrator()
	actor.UserID, actor.AccountID = who.id, who.account
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		if err := p.insert(ctx, tx, who); err != nil {
			return err
		}
		started, err := session.Start(ctx, tx, session.New{OrganizationID: p.organization, UserID: who.id, AccountID: who.account})
		actor.SessionID = started.ID
		return err
	})
	return actor
}

// An export may take long: it goes no further than the rights of who asked for it.
func TestAnExportEndsWithTheRightToIt(t *testing.T) {
	for what, change := range map[string]struct {
		statement string
		refusal   *fault.Fault
	}{
		"suspended":  {`UPDATE users SET status = 'suspended' WHERE id = $1`, session.ErrSuspended},
		"demoted":    {`UPDATE users SET role_id = (SELECT id FROM roles r WHERE r.organization_id = users.organization_id AND r.kind = 'member') WHERE id = $1`, access.ErrForbidden},
		"logged out": {`DELETE FROM sessions WHERE user_id = $1`, session.ErrEnded},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPlace(t)
			p.settlers(t, rand.New(rand.NewPCG(1, 1)), 1100)
			actor := p.logIn(t)
			rows := 0
			err := p.Export(t.Context(), actor, directory.Query{}, func(user.User) error {
				if rows++; rows == 1 {
					p.write(t, func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.Exec(ctx, change.statement, actor.UserID)
						return err
					})
				}
				return nil
			})
			if !errors.Is(err, change.refusal) {
				t.Errorf("ended with %v, want %s", err, change.refusal.Code)
			}
			if rows > 600 { // of 1,101, which are read in more than one part
				t.Errorf("%d rows were written", rows)
			}
			p.write(t, func(ctx context.Context, tx *db.Tx) error {
				var details string
				err := tx.QueryRow(ctx, `SELECT details FROM audit_events WHERE organization_id = $1 AND action = 'users.exported'`, p.organization).Scan(&details)
				if want := fmt.Sprintf(`{"rows":"%d"}`, rows); details != want {
					t.Errorf("the trail says %s, want %s", details, want)
				}
				return err
			})
		})
	}
}
