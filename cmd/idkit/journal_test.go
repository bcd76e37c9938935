package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

// act is one change that an Administrator sent for.
type act struct {
	action       string // of its audit event
	target       string // the id of a user, or the address that is invited
	value        string // the new name, the new role
	acknowledged bool
}

// letterOf is the kind of the letter that an act sends to the person it is about.
var letterOf = map[string]string{
	"user.invited": "invite", "user.name_changed": "name_changed_by_administrator", "user.role_changed": "role_changed",
	"user.suspended": "status_suspended", "user.reactivated": "status_active",
}

// administrator changes people of their own in turn, and keeps a journal.
type administrator struct {
	joined
	browser
	roles           organization.Roles
	renamed, paused joined // whose name and role, and whose status, the acts are about
	name, role      string // of the one, as the journal has them
	suspended       bool   // the other
	count           int
	journal         []act // since the last comparison
}

func (i *installation) administrator(tx *db.Tx, organizationID string, roles organization.Roles) *administrator {
	i.Helper()
	a := &administrator{joined: i.join(tx, organizationID, roles.Administrator, "Ada"), roles: roles, name: "Priya", role: "Member"}
	a.browser = i.logIn(tx, a.joined)
	a.renamed, a.paused = i.join(tx, organizationID, roles.Member, "Priya"), i.join(tx, organizationID, roles.Member, "Mateo")
	return a
}

// next is the next act, and the form that asks for it.
func (a *administrator) next() (doing act, path string, form url.Values) {
	a.count++
	switch a.count % 4 {
	case 0:
		address := fmt.Sprintf("%d.%s", a.count, a.email)
		return act{action: "user.invited", target: address}, "/users/invite",
			url.Values{"first_name": {"Sofia"}, "last_name": {"Marino"}, "email": {address}, "role": {a.roles.Member}}
	case 1:
		name := fmt.Sprint("Priya ", a.count)
		return act{action: "user.name_changed", target: a.renamed.id, value: name}, "/users/" + a.renamed.id + "/name",
			url.Values{"first_name": {name}, "last_name": {"Shah"}}
	case 2:
		name, role := "Administrator", a.roles.Administrator
		if a.role == name {
			name, role = "Member", a.roles.Member
		}
		return act{action: "user.role_changed", target: a.renamed.id, value: name}, "/users/" + a.renamed.id + "/role", url.Values{"role": {role}}
	}
	if a.suspended {
		return act{action: "user.reactivated", target: a.paused.id}, "/users/" + a.paused.id + "/status", url.Values{"status": {"active"}}
	}
	return act{action: "user.suspended", target: a.paused.id}, "/users/" + a.paused.id + "/status", url.Values{"status": {"suspended"}}
}

// follow makes the journal's picture of people that of an act which happened.
func (a *administrator) follow(done act) {
	switch done.action {
	case "user.name_changed":
		a.name = done.value
	case "user.role_changed":
		a.role = done.value
	case "user.suspended", "user.reactivated":
		a.suspended = done.action == "user.suspended"
	}
}

// act sends for the next change. It returns answered for a refusal, and another error where no whole answer came.
func (a *administrator) act(n *node) error {
	doing, path, form := a.next()
	token, err := a.form(n, path)
	if err != nil {
		a.count--
		return err
	}
	form.Set("form_token", token)
	a.journal = append(a.journal, doing)
	status, text, err := a.ask(n, http.MethodPost, path, form)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		a.journal = a.journal[:len(a.journal)-1] // what is refused has not happened
		return answered{"POST " + path, status, text}
	}
	a.journal[len(a.journal)-1].acknowledged = true
	a.follow(doing)
	return nil
}

// work acts until the process is gone, or the number is reached, which keeps it
// below the limits of an hour. Only a refusal is an error.
func (a *administrator) work(n *node, most int, acknowledged *atomic.Int64) error {
	for range most {
		err := a.act(n)
		var refused answered
		if errors.As(err, &refused) {
			return refused
		}
		if err != nil {
			return nil
		}
		acknowledged.Add(1)
	}
	return nil
}

// event is a line of the audit trail.
type event struct {
	sequence int64
	at       time.Time
	action   string
	target   string // id
	address  string // of the target
	name     string
}

// compared counts what came of a comparison.
type compared struct{ acknowledged, unanswered, happened int }

// compare holds the journal against the database: each act that was acknowledged
// is there, in its order, and nothing is there that nobody asked for. An act that
// was sent and not answered may be there or not. Whatever is there is there with its
// event, its letter and the change itself. The journal begins anew.
func (i *installation) compare(tx *db.Tx, a *administrator, after int64) (c compared) {
	i.Helper()
	events, err := db.Collect(i.Context(), tx, func(row db.Row) (e event, err error) {
		err = row.Scan(&e.sequence, &e.at, &e.action, &e.target, &e.name, &e.address)
		return e, err
	}, `SELECT e.sequence, e.at, e.action, e.target_id, e.target_name, u.email FROM audit_events e
		JOIN users u ON u.organization_id = e.organization_id AND u.id = e.target_id
		WHERE e.organization_id = $1 AND e.sequence > $2 AND e.actor_id = $3 ORDER BY e.sequence`, a.organization, after, a.id)
	if err != nil {
		i.Fatal(err)
	}
	for _, done := range a.journal {
		there := len(events) > 0 && done.action == events[0].action && (done.target == events[0].target || done.target == events[0].address)
		if done.acknowledged {
			c.acknowledged++
		} else {
			c.unanswered++
		}
		switch {
		case !there && done.acknowledged:
			i.Errorf("%+v was acknowledged and is lost; next is %+v", done, events)
			continue
		case !there:
			continue
		case !done.acknowledged:
			c.happened++
		}
		a.follow(done)
		i.hasItsLetter(tx, events[0])
		events = events[1:]
	}
	if len(events) > 0 {
		i.Errorf("nobody sent for %+v", events)
	}
	i.standsAs(tx, a)
	a.journal = nil
	return c
}

func (i *installation) hasItsLetter(tx *db.Tx, e event) {
	i.Helper()
	var letters int
	err := tx.QueryRow(i.Context(), `SELECT count(*) FROM letters WHERE address = $1 AND kind = $2 AND created_at = $3`, e.address, letterOf[e.action], e.at).Scan(&letters)
	if err != nil || letters != 1 {
		i.Errorf("%+v has %d letters, %v", e, letters, err)
	}
}

// standsAs compares people with the journal's picture of them.
func (i *installation) standsAs(tx *db.Tx, a *administrator) {
	i.Helper()
	var name, role, status string
	err := tx.QueryRow(i.Context(), `SELECT p.first_name, r.name, q.status FROM users p
		JOIN roles r ON r.organization_id = p.organization_id AND r.id = p.role_id
		JOIN users q ON q.organization_id = p.organization_id AND q.id = $3
		WHERE p.organization_id = $1 AND p.id = $2`, a.organization, a.renamed.id, a.paused.id).Scan(&name, &role, &status)
	if err != nil || name != a.name || role != a.role || (status == "suspended") != a.suspended {
		i.Errorf("they are %s, %s and %s, %v; the trail says %s, %s, suspended: %v", name, role, status, err, a.name, a.role, a.suspended)
	}
}
