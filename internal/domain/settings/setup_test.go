package settings_test

import (
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/id"
)

// house is an installation with a protected Administrator of Northwind.
type house struct {
	*domaintest.Place
	admin *domaintest.Holder
	desk  *domaintest.Browser // of the Administrator
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{Place: domaintest.NewPlace(t)}
	h.admin = h.Person(t)
	h.Protect(t, h.admin)
	h.desk = h.LogIn(t, h.admin)
	return h
}

// back is the Administrator with a new log-in.
func (h *house) back(t testing.TB) session.Current {
	t.Helper()
	h.desk = h.LogIn(t, h.admin)
	return h.desk.Must(t)
}

// member is a Member of Northwind with a session.
func (h *house) member(t testing.TB) (*domaintest.Holder, *domaintest.Browser) {
	t.Helper()
	who := h.Person(t)
	h.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, h.Role(t, h.Northwind, access.RoleMember), who.User)
	return who, h.LogIn(t, who)
}

// policy is the present one with a change.
func (h *house) policy(t testing.TB, change func(*organization.Policy)) (revision string, p organization.Policy) {
	t.Helper()
	shown, err := h.Settings.Security(t.Context(), h.back(t).Actor)
	domaintest.MustNot(t, err)
	p = shown.Policy
	change(&p)
	return shown.Revision, p
}

// lay lays a changed policy down.
func (h *house) lay(t testing.TB, change func(*organization.Policy)) {
	t.Helper()
	revision, p := h.policy(t, change)
	_, err := h.Settings.ChangeSecurity(t.Context(), h.desk.Must(t), revision, p)
	domaintest.MustNot(t, err)
}

// today is the day of the clock.
func (h *house) today() time.Time { return h.Clock.Now().Truncate(24 * time.Hour) }

func (h *house) requireOf(t testing.TB, whom organization.SecondFactor, from time.Time) {
	t.Helper()
	h.lay(t, func(p *organization.Policy) { p.SecondFactor, p.From = whom, from })
}

// crowd is that many active Members of Northwind without a second factor.
func (h *house) crowd(t testing.TB, n int) {
	t.Helper()
	role := h.Role(t, h.Northwind, access.RoleMember)
	for range n {
		account, user := id.New("acc"), id.New("usr")
		email := user + "@northwind.example"
		h.Exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $2, 'x', $3, '', 'en', $3)`, account, email, h.Clock.Now())
		h.Exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
			VALUES ($1, $2, $3, 'Li', 'Wen', $4, $4, '', $5, 'active', $6)`, h.Northwind, user, account, email, role, h.Clock.Now())
	}
}
