package directory_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// place is an installation with one organization, and what a plain list in memory knows of it.
type place struct {
	*directory.Directory
	organization string
	roles        []user.Role // Administrator, Member and two own ones
	people       map[string]somebody
}

// somebody is a user as the model keeps them.
type somebody struct {
	id, account  string
	name, email  string
	role         user.Role
	status       user.Status
	secondFactor bool
	lastActive   *time.Time
}

func newPlace(t testing.TB) *place {
	t.Helper()
	d := dbtest.NewAt(t, func() time.Time { return start })
	p := &place{Directory: directory.New(directory.Options{DB: d, Throttle: throttle.New(d), Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: "https://id.example"})})}
	p.settle(t, "Northwind")
	return p
}

// elsewhere is another organization of the same installation.
func (p *place) elsewhere(t testing.TB) *place {
	t.Helper()
	other := &place{Directory: p.Directory}
	other.settle(t, "Southwind")
	return other
}

func (p *place) settle(t testing.TB, name string) {
	t.Helper()
	p.people = map[string]somebody{}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		o, roles, err := organization.Create(ctx, tx, organization.Client, name)
		p.organization = o.ID
		p.roles = []user.Role{{ID: roles.Administrator, Name: "Administrator"}, {ID: roles.Member, Name: "Member"}}
		for _, own := range []string{"Éditeur", "auditor"} {
			r := user.Role{ID: id.New("rol"), Name: own}
			p.roles = append(p.roles, r)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
					VALUES ($1, $2, $3, $3, 'own', '', $4)`, o.ID, r.ID, r.Name, tx.Now)
			}
		}
		return err
	})
}

func (p *place) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// administrator may look at everybody, and stands in no list.
func (p *place) administrator() access.Actor {
	return access.Actor{
		Kind: access.KindUser, OrganizationID: p.organization, UserID: id.New("usr"), Name: "Ada Okafor",
		Permissions: access.OfRole(access.RoleAdministrator, ""),
	}
}

// insert writes somebody as the rest of the product does, with an account unless invited.
func (p *place) insert(ctx context.Context, tx *db.Tx, s somebody) error {
	email, err := person.ParseEmail(s.email)
	if err != nil {
		return err
	}
	var account *string
	if s.status != user.Invited {
		account = &s.account
		if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $3, '-', $4, '', 'en', $4)`, s.account, s.account+"@a.example", s.account, start); err != nil {
			return err
		}
	}
	if s.secondFactor {
		if err := setFactor(ctx, tx, s.account, true); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id,
		status, created_at, last_active_at) VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $10, $11)`,
		p.organization, s.id, account, s.name, email.Address, email.Key, person.SearchText(s.name, email), s.role.ID, string(s.status), start, s.lastActive)
	return err
}

func setFactor(ctx context.Context, tx *db.Tx, account string, on bool) (err error) {
	if on {
		_, err = tx.Exec(ctx, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)`, account, []byte{1}, start)
	} else {
		_, err = tx.Exec(ctx, `DELETE FROM second_factors WHERE account_id = $1`, account)
	}
	return err
}

// settlers adds people drawn by chance, many in a transaction.
func (p *place) settlers(t testing.TB, r *rand.Rand, n int) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		for range n {
			s := p.draw(r)
			if err := p.insert(ctx, tx, s); err != nil {
				return err
			}
			p.people[s.id] = s
		}
		return nil
	})
}

var (
	firstNames = []string{"Ann", "ann", "Hannah", "José", "Jose\u0301", "Zoë", "李", "王伟", "Łukasz", "Анна", "O'Neil", `Q"uote`, "100%_a", `Back\slash`, "*", "AND", "NEAR(ann,2)", "Bo"}
	lastNames  = []string{"Okafor", "Joanne", "Straße", "de la Cruz", "García", "", "Σίσυφος", "x", "Smith-Jones", "\U00020000"}
	hosts      = []string{"northwind.example", "bücher.example", "a.example"}
	statuses   = []user.Status{user.Active, user.Active, user.Active, user.Invited, user.Suspended}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func (p *place) draw(r *rand.Rand) somebody {
	s := somebody{
		id: id.New("usr"), account: id.New("acc"), name: strings.TrimSpace(pick(r, firstNames) + " " + pick(r, lastNames)),
		role: p.roles[min(r.IntN(10), 3)], status: pick(r, statuses),
	}
	s.email = fmt.Sprintf("%s%d@%s", pick(r, []string{"ann", "bo", "li", "okafor"}), r.Uint32(), pick(r, hosts))
	if s.status != user.Invited {
		s.secondFactor = r.IntN(2) == 0
		if r.IntN(4) > 0 { // many at the same instant, so that ties are met
			at := start.Add(-time.Duration(r.IntN(50)) * time.Hour)
			s.lastActive = &at
		}
	}
	return s
}

// expected is what a list in memory answers, in its order.
func (p *place) expected(q directory.Query) []somebody {
	var all []somebody
	words := strings.Fields(person.SearchForm(q.Search))
	for _, s := range p.people {
		factor := q.Factor == directory.FactorAny || s.status != user.Invited && s.secondFactor == (q.Factor == directory.FactorOn)
		if factor && (q.Status == "" || q.Status == s.status) && (q.RoleID == "" || q.RoleID == s.role.ID) && s.matches(q.Search, words) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b somebody) int { return compare(q, a, b) })
	return all
}

// texts remembers what was folded: a list in memory asks for the same people thousands of times.
var texts sync.Map

func (s somebody) text() string {
	key := s.name + "\n" + s.email
	if known, ok := texts.Load(key); ok {
		return known.(string)
	}
	email, err := person.ParseEmail(s.email)
	if err != nil {
		panic(err)
	}
	text := person.SearchText(s.name, email)
	texts.Store(key, text)
	return text
}

func (s somebody) matches(typed string, words []string) bool {
	lacks := func(word string) bool { return !strings.Contains(s.text(), word) }
	return strings.TrimSpace(typed) == s.id || !slices.ContainsFunc(words, lacks)
}

func compare(q directory.Query, a, b somebody) int {
	turn := func(c int) int {
		if q.Descending {
			return -c
		}
		return c
	}
	byName := cmp.Or(cmp.Compare(a.start64(), b.start64()), cmp.Compare(a.id, b.id))
	switch q.Sort {
	case directory.SortName:
		return turn(byName)
	case directory.SortRole:
		return cmp.Or(turn(cmp.Compare(language.Fold(a.role.Name), language.Fold(b.role.Name))), byName)
	case directory.SortStatus:
		return cmp.Or(turn(cmp.Compare(a.status, b.status)), byName)
	case directory.SortLastActive:
		return turn(cmp.Or(a.active().Compare(b.active()), cmp.Compare(a.id, b.id)))
	}
	return turn(cmp.Compare(b.id, a.id))
}

func (s somebody) start64() string {
	runes := []rune(s.text())
	return string(runes[:min(64, len(runes))])
}

func (s somebody) active() time.Time {
	if s.lastActive == nil {
		return time.Time{}
	}
	return *s.lastActive
}
