package web_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// untold are the routes that change something and of which no test here sees a
// success with exactly one event, each with its reason. All others must leave one.
var untold = map[string]string{
	"POST /theme":                    "looks only",
	"POST /language":                 "looks only",
	"POST /protect":                  "begins a set-up, which protects nothing before its proof",
	"POST /setup/done":               "closes the page of the first run",
	"POST /users/roles/{id}/review":  "shows the difference and changes nothing",
	"POST /settings/security/review": "shows what would happen and changes nothing",
	"POST /login/recovery":           "two events: the code that was used, and the log-in",
	"POST /users/{id}/resend":        "one event: invitation.TestAnActIsStoredWithItsLetterAndItsLineOrNotAtAll",
	"POST /not-me":                   "two events: the log-in that was disowned, and the link for a new password",
	"POST /users/{id}/lock":          "an event for each invitation that it withdraws as well",
}

// goesOn are the routes after which a worker goes on in the name of the same
// request, maybe before the events are counted, and whose event is theirs.
var goesOn = map[string]string{
	"POST /users/import/{id}/send":     "import.started",
	"POST /users/import/{id}/continue": "import.continued",
}

// told is what the acts of all tests here left in the trails.
var told struct {
	sync.Mutex
	once   map[string]bool // routes of which some success left exactly one event
	routes []web.Line
}

// TestMain ends with the completeness of the trail where all tests ran: each
// route that changes something left exactly one event, or says above why not.
func TestMain(m *testing.M) {
	flag.Parse()
	told.once = map[string]bool{}
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	if code == 0 && whole && flag.Lookup("test.fuzz").Value.String() == "" {
		for _, line := range told.routes {
			route := line.Method + " " + line.Path
			if line.Method == http.MethodPost && !told.once[route] && untold[route] == "" {
				fmt.Printf("%s: no success left exactly one event in the trail\n", route)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// tell counts the events of one successful act: in no trail more than one.
func (v *visitor) tell(r *http.Request, a *answer) {
	if r.Method != http.MethodPost || a.status != http.StatusSeeOther && a.status != http.StatusOK {
		return
	}
	route := web.RouteOf(v.p.handler, r)
	most := 0
	_ = v.p.app.DB().Read(v.p.Context(), func(tx *db.Tx) error { // some tests close it
		return tx.QueryRow(v.p.Context(), `SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM audit_events WHERE request_id = $1 AND ($2 = '' OR action = $2) GROUP BY organization_id) AS trails`, a.reference(), goesOn[route]).Scan(&most)
	})
	told.Lock()
	defer told.Unlock()
	if told.routes == nil {
		told.routes = append(web.Lines(v.p.app.Handler()), web.Lines(v.p.app.Console())...)
	}
	if most == 1 {
		told.once[route] = true
	}
	if most > 1 && untold[route] == "" {
		v.p.Errorf("%s left %d events in one trail", route, most)
	}
}

// TestEveryExceptionOfTheTrailIsARoute keeps the table true.
func TestEveryExceptionOfTheTrailIsARoute(t *testing.T) {
	var routes []string
	for _, line := range web.Lines(newPortal(t, development, nil).handler) {
		routes = append(routes, line.Method+" "+line.Path)
	}
	for route := range untold {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is no route", route)
		}
	}
}
