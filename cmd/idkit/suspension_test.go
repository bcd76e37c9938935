package main

import (
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// TestASuspensionHoldsOnEveryProcess (SECURITY.md, P05) suspends somebody at one
// of three processes while they are at work at the other two: no request that is
// sent after the acknowledgement succeeds.
func TestASuspensionHoldsOnEveryProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	if os.Getenv(dbtest.PostgresVariable) == "" {
		t.Skip("several processes share a database on PostgreSQL only; on SQLite there is one, which the domain's tests are about")
	}
	i := newInstallation(t)
	nodes := [3]*node{i.serve(), i.serve(), i.serve()}
	var administrator browser
	var organizationID, member string
	i.write(func(tx *db.Tx) error {
		o, roles := i.newOrganization(tx, "Northwind")
		organizationID, member = o, roles.Member
		administrator = i.logIn(tx, i.join(tx, o, roles.Administrator, "Ada"))
		return nil
	})
	for range dbtest.RaceRounds() {
		var who joined
		var theirs browser
		i.write(func(tx *db.Tx) error {
			who = i.join(tx, organizationID, member, "Priya")
			theirs = i.logIn(tx, who)
			return nil
		})
		i.suspendedAtWork(nodes, administrator, who, theirs)
	}
}

// suspendedAtWork lets somebody read and write at two nodes, and suspends them at the third.
func (i *installation) suspendedAtWork(nodes [3]*node, administrator browser, who joined, theirs browser) {
	i.Helper()
	path := "/users/" + who.id + "/status"
	suspend, err := administrator.form(nodes[0], path)
	if err != nil {
		i.Fatal(err)
	}
	rename, err := theirs.form(nodes[1], "/profile/name")
	if err != nil {
		i.Fatal(err)
	}
	var acknowledged atomic.Bool
	var late atomic.Int64
	var before, at sync.WaitGroup
	// Each asks until the suspension is acknowledged, and ten times more.
	ask := func(request func() (status int, err error), success int) {
		before.Add(1)
		at.Go(func() {
			succeeded := false
			for more := 10; more > 0; {
				after := acknowledged.Load()
				status, err := request()
				switch {
				case err != nil:
					i.Error(err)
				case status == success && after:
					late.Add(1)
				case status == success && !succeeded:
					succeeded = true
					before.Done()
				case status != success && !succeeded:
					i.Errorf("answered %d before the suspension", status)
				}
				if after {
					more--
				}
				if i.Failed() && !succeeded {
					before.Done()
					return
				}
			}
		})
	}
	for _, n := range nodes[1:] {
		ask(func() (int, error) {
			status, _, err := theirs.ask(n, http.MethodGet, "/profile", nil)
			return status, err
		}, http.StatusOK)
		var count int
		ask(func() (int, error) {
			count++
			name := "Priya " + string(rune('a'+count%26))
			status, _, err := theirs.ask(n, http.MethodPost, "/profile/name", url.Values{"form_token": {rename}, "first_name": {name}, "last_name": {"Shah"}})
			return status, err
		}, http.StatusSeeOther)
	}
	before.Wait() // they are at work at both nodes
	status, text, err := administrator.ask(nodes[0], http.MethodPost, path, url.Values{"form_token": {suspend}, "status": {"suspended"}})
	acknowledged.Store(true)
	if err != nil || status != http.StatusSeeOther {
		i.Errorf("the suspension is answered %d, %v\n%s", status, err, text)
	}
	at.Wait()
	if n := late.Load(); n > 0 {
		i.Errorf("%d requests succeed after the acknowledgement", n)
	}
	var writes, later int
	i.read(func(tx *db.Tx) error {
		return tx.QueryRow(i.Context(), `SELECT count(*), coalesce(sum(CASE WHEN e.sequence > s.sequence THEN 1 ELSE 0 END), 0) FROM audit_events e
			JOIN audit_events s ON s.organization_id = e.organization_id AND s.target_id = e.actor_id AND s.action = 'user.suspended'
			WHERE e.organization_id = $1 AND e.actor_id = $2`, who.organization, who.id).Scan(&writes, &later)
	})
	if writes == 0 || later > 0 {
		i.Errorf("of %d writes %d come after the suspension", writes, later)
	}
}
