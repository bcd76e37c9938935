package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"idkit/test/proxy"
)

const asks = "/api/v1/forward-auth?module=reports"

// desk makes a role that opens Reports and gives it to a new user.
// A module asks for the log-in of somebody who is logged in and has a set-up to finish.
func TestASetUpLeadsBackToTheModule(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	lee := p.join(owner.link(owner.invite("lee@example.com", "Member")))
	lee.leads(lee.get("/login?next=%2Freports%3Fpage%3D2"), "/protect")
	lee.open("/protect")
	lee.leads(lee.post("/protect/later"), "/reports?page=2")
	lee.leads(lee.get("/login?next=%2Freports%3Fpage%3D2"), "/reports?page=2")
}

func (v *visitor) desk(email string) (sam *visitor, id string) {
	v.p.Helper()
	v.open("/users/roles/new")
	v.post("/users/roles/new", "name", "Desk № 1", "may.reports.access", "yes", "may.reports.view", "yes", "may.reports.export", "yes")
	sam, id = v.joined(email, "Member")
	v.p.change(`UPDATE users SET first_name = 'Sám', role_id = (SELECT id FROM roles WHERE kind = 'own') WHERE id = '` + id + `'`)
	return sam, id
}

func TestWhatAProxyIsTold(t *testing.T) {
	p := newPortal(t, production, withModules(t))
	owner := p.found()
	sam, id := owner.desk("sam@example.com")
	stranger := p.visitor()

	a := sam.get(asks)
	for name, want := range map[string]string{
		"User": id, "Name": "S%C3%A1m%20Ito", "Email": "sam@example.com", "Role": "Desk%20%E2%84%96%201", "Permissions": "view export",
	} {
		if got := a.header.Get("X-Idkit-" + name); a.status != http.StatusNoContent || got != want {
			t.Errorf("%d, X-Idkit-%s is %q, want %q", a.status, name, got, want)
		}
	}
	if a := owner.get(asks); a.status != http.StatusNoContent || a.header.Get("X-Idkit-Permissions") != "view export" {
		t.Errorf("an Administrator is answered with %d, %v", a.status, a.header)
	}
	for what, c := range map[string]struct {
		who    *visitor
		path   string
		status int
	}{
		"a stranger":                  {stranger, asks, http.StatusUnauthorized},
		"a stranger at a proxy":       {stranger, asks + "&login=redirect", http.StatusSeeOther},
		"a module that is not opened": {sam, strings.Replace(asks, "reports", "editor", 1), http.StatusForbidden},
		"it at a proxy":               {sam, strings.Replace(asks, "reports", "editor", 1) + "&login=redirect", http.StatusForbidden},
		"a page that is not seen":     {sam, strings.Replace(asks, "reports", "users", 1), http.StatusForbidden},
		"what is no module":           {owner, strings.Replace(asks, "reports", "roles", 1), http.StatusNotFound},
		"nothing":                     {owner, "/api/v1/forward-auth", http.StatusNotFound},
	} {
		a := c.who.get(c.path)
		if a.status != c.status || a.header.Get("X-Idkit-User") != "" {
			t.Errorf("%s: %d %v", what, a.status, a.header)
		}
	}
	sam.shows(sam.get(strings.Replace(asks, "reports", "editor", 1)+"&login=redirect"), http.StatusForbidden, "You do not have access to Editor .")
	for from, back := range map[string]string{
		"": "", "/reports/a?b=c&d=e": "/reports/a?b=c&d=e", "https://evil.example/": "", "//evil.example/": "", "/\\evil.example": "", "/x\r\ny": "",
	} {
		r := stranger.request(http.MethodGet, asks, nil)
		r.Header.Set("X-Forwarded-Uri", from)
		want := production + "/login"
		if back != "" {
			want += "?" + url.Values{"next": {back}}.Encode()
		}
		if a := stranger.send(r); a.location() != want {
			t.Errorf("from %q the way leads to %q, want %q", from, a.location(), want)
		}
	}
	if a := sam.get("/api/v1/session"); !strings.Contains(a.body, `"permissions":["reports.access","reports.view","reports.export"]`) {
		t.Errorf("the session says %s", a.body)
	}
	p.change(`UPDATE users SET status = 'suspended' WHERE id = '` + id + `'`)
	if a := sam.get(asks); a.status != http.StatusForbidden || a.header.Get("X-Idkit-User") != "" {
		t.Errorf("a suspended user is answered with %d", a.status)
	}
}

// TestModuleBehindAProxy runs the lines of docs/operations.md in the real programs.
func TestModuleBehindAProxy(t *testing.T) {
	for _, name := range proxy.Names {
		t.Run(name, func(t *testing.T) { moduleBehind(t, name) })
	}
}

func moduleBehind(t *testing.T, name string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(listener.Addr().String(), "127.0.0.1", "localhost", 1)
	base := "http://" + address
	p := newPortal(t, base, withModules(t))
	owner := p.found()
	sam, id := owner.desk("sam@example.com")
	portal := httptest.NewServer(p.handler)
	defer portal.Close()
	var cookies []string
	module := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies = append(cookies, r.Header.Values("Cookie")...)
		fmt.Fprint(w, "module: ", r.URL.RequestURI(), " ", toldAs(r, "User"), toldAs(r, "Role"), toldAs(r, "Permissions"))
	}))
	defer module.Close()
	if err := listener.Close(); err != nil { // the proxy takes its place
		t.Fatal(err)
	}
	proxy.Start(t, name, proxy.Place{Address: address, Portal: portal.Listener.Addr().String(), Module: module.Listener.Addr().String()})

	ask := func(v *visitor, path string) (status int, location, body string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range v.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		for _, name := range []string{"User", "Role", "Permissions"} {
			r.Header.Set("X-Idkit-"+name, "forged")
			r.Header["X_Idkit_"+name] = []string{"forged"}
		}
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		content, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, a.Header.Get("Location"), string(content)
	}
	path := "/reports/list?year=2026&by=name"
	login := base + "/login?" + url.Values{"next": {path}}.Encode()
	if status, location, _ := ask(p.visitor(), path); status != http.StatusSeeOther || location != login {
		t.Errorf("a stranger is answered with %d to %q", status, location)
	}
	if status, _, body := ask(sam, path); status != http.StatusOK || body != fmt.Sprintf("module: %s [%s] [Desk%%20%%E2%%84%%96%%201] [view export]", path, id) {
		t.Errorf("the module answers %d %q", status, body)
	}
	if len(cookies) > 0 {
		t.Errorf("the module sees the cookies %q", cookies)
	}
	p.change(`UPDATE roles SET permissions = 'users.access users.view' WHERE kind = 'own'`)
	if status, _, body := ask(sam, path); status != http.StatusForbidden || !strings.Contains(words(body), "You do not have access to Reports . Ask an Administrator of Acme Pty .") {
		t.Errorf("whose role does not open it is answered with %d %s", status, words(body))
	}
	p.change(`UPDATE users SET status = 'suspended' WHERE id = '` + id + `'`)
	if status, _, body := ask(sam, path); status != http.StatusForbidden || strings.Contains(body, "module:") {
		t.Errorf("a suspended user is answered with %d %s", status, words(body))
	}
	if status, location, body := ask(owner, "/reports/"); status != http.StatusOK || !strings.Contains(body, "module: /reports/ [usr_") {
		t.Errorf("an Administrator is answered with %d %q %q", status, location, body)
	}
}

// toldAs is what a program reads that takes its headers as CGI gives them: the hyphen and the
// underscore are one to it.
func toldAs(r *http.Request, name string) (values []string) {
	for header, all := range r.Header {
		if strings.EqualFold(strings.ReplaceAll(header, "_", "-"), "X-Idkit-"+name) {
			values = append(values, all...)
		}
	}
	return values
}
