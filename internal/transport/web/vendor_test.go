package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// ofVendor are the console's own routes, with what each may reach of a client. One
// that is not here is for somebody to think about first: none may reach a person.
var ofVendor = map[string]string{
	"GET /clients":                     "names, countries, categories, dates",
	"GET /clients/new":                 "nothing",
	"POST /clients/new":                "makes a client with an invitation to its first Administrator",
	"GET /clients/{id}":                "its details, numbers of users, its first Administrator until they have joined",
	"GET /clients/{id}/details":        "its details",
	"POST /clients/{id}/details":       "its details",
	"GET /clients/{id}/status":         "its status, the number of its users",
	"POST /clients/{id}/status":        "its status; a suspension ends all of its sessions",
	"GET /clients/{id}/trial":          "its trial",
	"POST /clients/{id}/trial":         "its trial",
	"GET /clients/{id}/activate":       "its trial",
	"POST /clients/{id}/activate":      "its trial",
	"GET /clients/{id}/resend":         "its first Administrator until they have joined",
	"POST /clients/{id}/resend":        "a new invitation to them",
	"GET /clients/{id}/administrator":  "its first Administrator until they have joined",
	"POST /clients/{id}/administrator": "an invitation to somebody else instead",

	"GET /clients/{id}/recovery":          "how a recovery stands",
	"GET /clients/{id}/recovery/new":      "whether one can be started",
	"POST /clients/{id}/recovery/new":     "starts one: letters to all of its people, and nothing else for 72 hours",
	"GET /clients/{id}/recovery/approve":  "how a recovery stands",
	"POST /clients/{id}/recovery/approve": "the second operator's word, without which nobody is invited",
	"POST /clients/{id}/recovery/stop":    "ends one",
}

// kept is what a client's people hold, and what opens their client: whatever an
// operator does, it stays as it is.
func (p *portal) kept(clientID string) (all string) {
	p.Helper()
	err := p.app.DB().Read(p.Context(), func(tx *db.Tx) error {
		for _, query := range []string{
			`SELECT a.id || a.email || a.password_hash || a.setup_step FROM accounts a WHERE a.kind = 'client' ORDER BY 1`,
			`SELECT f.account_id FROM second_factors f JOIN accounts a ON a.id = f.account_id WHERE a.kind = 'client' ORDER BY 1`,
			`SELECT c.account_id || count(*) FROM recovery_codes c WHERE c.used_at IS NULL GROUP BY c.account_id ORDER BY 1`,
			`SELECT u.id || u.email || u.role_id || u.status FROM users u WHERE u.organization_id = $1 ORDER BY 1`,
			`SELECT s.id || s.user_id FROM sessions s WHERE s.organization_id = $1 ORDER BY 1`,
			`SELECT i.user_id FROM invitations i WHERE i.organization_id = $1 ORDER BY 1`,
		} {
			var args []any
			if strings.Contains(query, "$1") {
				args = append(args, clientID)
			}
			rows, err := db.Values[string](p.Context(), tx, query, args...)
			if err != nil {
				return err
			}
			all += fmt.Sprintln(rows)
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	return all
}

// TestNoRouteOfTheConsoleReachesAClientsPerson tries every route of the console
// with the ids of a client's user, account and session in place of its own, and
// those about a client with a living one (P10).
func TestNoRouteOfTheConsoleReachesAClientsPerson(t *testing.T) {
	p := newPortal(t, production, withConsole)
	id, chief := p.client("Fabrikam")
	sam := p.operator()
	ids := map[string]string{}
	err := p.app.DB().Read(t.Context(), func(tx *db.Tx) error {
		var user, account, session string
		err := tx.QueryRow(t.Context(), `SELECT u.id, u.account_id, s.id FROM users u JOIN sessions s ON s.user_id = u.id WHERE u.organization_id = $1`, id).Scan(&user, &account, &session)
		ids["user"], ids["account"], ids["session"] = user, account, session
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before := p.kept(id)
	tried := 0
	for _, line := range web.Lines(p.app.Console()) {
		route := line.Method + " " + line.Path
		_, ofPortal := lineOf(p.app.Handler(), route)
		if _, known := ofVendor[route]; !ofPortal && !known {
			t.Errorf("%s: say in ofVendor what it may reach of a client", route)
		}
		if !strings.Contains(line.Path, "{id}") {
			continue
		}
		for what, foreign := range ids {
			tried++
			answer := sam.try(line.Method, strings.ReplaceAll(line.Path, "{id}", foreign))
			if answer.status == http.StatusOK || strings.Contains(answer.body, "lee@fabrikam.example") || strings.Contains(words(answer.body), "Lee") {
				t.Errorf("%s with the id of a %s answers %d\n%s", route, what, answer.status, words(answer.body))
			}
			if p.kept(id) != before {
				t.Fatalf("%s with the id of a %s reaches a person", route, what)
			}
		}
	}
	if tried < 100 {
		t.Fatalf("only %d tries", tried)
	}
	for route := range ofVendor {
		method, path, _ := strings.Cut(route, " ")
		if _, there := lineOf(p.app.Console(), route); !there {
			t.Errorf("%s is no route", route)
		}
		if route == "POST /clients/{id}/status" || path == "/clients/new" { // tried in tests of their own
			continue
		}
		answer := sam.try(method, strings.ReplaceAll(path, "{id}", id), "first_name", "Mallory", "email", "mallory@other.example", "organization", "Fabrikam", "country", "AU", "category", "Retail")
		if strings.Contains(answer.body, "lee@fabrikam.example") {
			t.Errorf("%s tells the address of a user", route)
		}
		if p.kept(id) != before {
			t.Fatalf("%s reaches a person of a living client", route)
		}
	}
	chief.shows(chief.open("/"), http.StatusOK, "Lee")
}

// lineOf finds a route of a front.
func lineOf(front http.Handler, route string) (web.Line, bool) {
	for _, line := range web.Lines(front) {
		if line.Method+" "+line.Path == route {
			return line, true
		}
	}
	return web.Line{}, false
}

// try sends a request with the token of a page, whatever it answers.
func (v *visitor) try(method, target string, fields ...string) *answer {
	v.p.Helper()
	if method == http.MethodGet {
		return v.get(target)
	}
	v.shows(v.open("/clients"), http.StatusOK, "Client Management")
	return v.post(target, fields...)
}
