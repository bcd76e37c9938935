package recovery_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/id"
)

// house is an installation whose vendor has two operators, Ada and Wei, and whose
// client Northwind lost its one Administrator a while ago.
type house struct {
	*domaintest.Place
	vendor   string
	ada, wei access.Actor
	lost     *domaintest.Holder // the Administrator of Northwind
	member   *domaintest.Holder // a Member
}

func newHouse(t testing.TB) house {
	t.Helper()
	p := house{Place: domaintest.NewPlace(t)}
	p.vendor = p.AtConsole(t).Northwind
	p.ada, p.wei = p.operator(t, "Ada", "Okafor"), p.operator(t, "Wei", "Zhang")
	p.lost, p.member = p.Person(t), p.Person(t)
	p.Exec(t, `UPDATE users SET role_id = $1, first_name = 'Marco', last_name = 'Silva' WHERE id = $2`, p.Role(t, p.Northwind, access.RoleMember), p.member.User)
	p.Clock.Advance(domaintest.Day)
	return p
}

// operator is an Administrator of the vendor, for as long as it takes to approve.
func (p house) operator(t testing.TB, first, last string) access.Actor {
	t.Helper()
	o := access.Actor{
		Kind: access.KindOperator, OrganizationID: p.vendor, UserID: id.New("usr"), AccountID: id.New("acc"), Name: first + " " + last,
		Permissions: access.OfRole(access.RoleAdministrator, ""), Origin: domaintest.Origin,
	}
	p.Exec(t, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, 'vendor', $2, $2, '', $3, '', 'en', $3)`, o.AccountID, email(o), p.Clock.Now())
	p.Exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at, activated_at)
		SELECT $1, $2, $3, $4, $5, $6, $6, '', id, 'active', $7, $7 FROM roles WHERE organization_id = $1 AND kind = 'administrator'`,
		p.vendor, o.UserID, o.AccountID, first, last, email(o), p.Clock.Now().Add(-recovery.Seniority))
	return o
}

// email is the address of an operator.
func email(o access.Actor) string {
	first, _, _ := strings.Cut(o.Name, " ")
	return strings.ToLower(first) + "@idkit.example"
}

func (p house) draft() recovery.Draft {
	return recovery.Draft{
		OrganizationID: p.Northwind, FirstName: "Li", LastName: "Wen", Email: domaintest.Guest, Reason: "Priya Shah has left, and nobody else could log in.",
	}
}

// starts is a recovery that Ada started.
func (p house) starts(t testing.TB) recovery.Recovery {
	t.Helper()
	r, err := p.Recoveries.Start(t.Context(), p.ada, p.draft())
	domaintest.MustNot(t, err)
	return r
}

// works does what is due, and lets the letters leave, which are a moment apart.
func (p house) works(t testing.TB) {
	t.Helper()
	for range 3 {
		domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
		p.Clock.Advance(time.Second)
		p.Deliver(t)
	}
}

// waits lets days go by, with the worker and the mail at work each hour.
func (p house) waits(t testing.TB, days int) {
	t.Helper()
	for range days * 24 {
		p.Clock.Advance(domaintest.Day / 24)
		p.works(t)
	}
}

// told is a recovery whose users have all been told of its start.
func (p house) told(t testing.TB) recovery.Recovery {
	t.Helper()
	r := p.starts(t)
	p.works(t)
	if r = p.look(t); r.FirstToldAt == nil {
		t.Fatalf("not everybody is told: %+v", r)
	}
	return r
}

func (p house) look(t testing.TB) recovery.Recovery {
	t.Helper()
	v, err := p.Recoveries.Look(t.Context(), p.ada, p.Northwind)
	domaintest.MustNot(t, err)
	return *v.Recovery
}

func (p house) is(t testing.TB, want recovery.State) {
	t.Helper()
	if got := p.look(t); got.State != want {
		t.Errorf("the recovery is %s, want %s", got.State, want)
	}
	invited := p.Count(t, `SELECT count(*) FROM users WHERE organization_id = $1 AND status = 'invited'`, p.Northwind)
	if (invited == 1) != (want == recovery.Invited) || invited > 1 {
		t.Errorf("%d people are invited to Northwind, where the recovery is %s", invited, want)
	}
}

// objects is the objection of whoever reads that mailbox.
func (p house) objects(t testing.TB, who *domaintest.Holder) error {
	t.Helper()
	_, err := p.Recoveries.Object(t.Context(), p.MustLink(t, who.Email, "recovery/object"), domaintest.Origin)
	return err
}
