//go:build browser

package browser

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"idkit/internal/app/apptest"
	"idkit/internal/domain/access"
	"idkit/internal/platform/config"
	"idkit/test/proxy"
)

// TestModuleBehindTheHostOfThePortal opens a program of the vendor's own that a reverse proxy guards, in each way that people
// have: the log-in leads back to it, whoever may not use it is told whom to ask, and a suspension bites on the next click.
func TestModuleBehindTheHostOfThePortal(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		place := proxy.Place{Address: apptest.FreeAddress(t), Portal: apptest.FreeAddress(t), Module: figures(t)}
		_, port, err := net.SplitHostPort(place.Address)
		if err != nil {
			t.Fatal(err)
		}
		place.Address = net.JoinHostPort("localhost", port)
		proxy.Start(t, "nginx", place)
		o := newOffice(t, way, withModules, func(c *config.Config) { c.Listen, c.BaseURL = place.Portal, "http://"+place.Address })
		reader := o.ownRole("Reader", "reports.view")
		priya := o.colleague("Priya Shah", priyaEmail, reader)
		lee := o.colleague("Lee Wen", "lee@northwind.example", access.RoleMember)
		o.openModule(priya)
		o.askForModule(lee)
		o.loseModule(priya)
	})
}

// figures is the program behind the proxy, which believes the headers that it gets.
func figures(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _ := url.PathUnescape(r.Header.Get("X-Idkit-Name"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>Reports</title><h1>Figures of %s</h1><p>%s may: %s</p><a href="/reports/next">Next year</a>`,
			html.EscapeString(r.URL.Query().Get("year")), html.EscapeString(name), html.EscapeString(r.Header.Get("X-Idkit-Permissions")))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// openModule goes to a page of the module, logs in on the way, and arrives there; home leads there as well.
func (o *office) openModule(c *colleague) {
	o.t.Helper()
	p := o.newPerson()
	o.priya = p
	p.open("/reports/list?year=2026&by=month")
	p.on("Log in")
	p.fill("Email", c.email)
	p.fill("Password", colleaguePassword)
	p.press("Log In")
	p.on("Figures of 2026")
	p.reads("Priya Shah may: view")
	p.becomes("/reports/list?year=2026&by=month", p.path, "the address after the log-in")
	p.open("/")
	p.on("Welcome, Priya")
	p.press("Reports")
	p.reads("Priya Shah may: view")
}

// askForModule is refused, and told whom to ask.
func (o *office) askForModule(c *colleague) {
	o.t.Helper()
	p := o.at(c)
	p.open("/reports/list?year=2026")
	p.on("You do not have access")
	p.reads("You do not have access to Reports. Ask an Administrator of Northwind.")
}

// loseModule is suspended with the module open.
func (o *office) loseModule(c *colleague) {
	o.t.Helper()
	o.suspendFromList(c)
	o.priya.press("Next year")
	o.priya.on("Your access is suspended")
	o.priya.reads(suspendedHere)
}
