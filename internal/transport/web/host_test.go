package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// forge adds every header that has steered links somewhere else before.
func forge(r *http.Request) {
	for name, value := range map[string]string{
		"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/evil",
		"Forwarded": "host=evil.example;proto=http", "X-Host": "evil.example", "X-Original-URL": "/dev/mailbox", "X-Rewrite-URL": "/dev/mailbox",
		"X-HTTP-Method-Override": "DELETE", "X-Original-Host": "evil.example", "X-Real-IP": "203.0.113.66",
	} {
		r.Header.Set(name, value)
	}
}

func TestHeadersNeverSteerLinks(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	r := owner.request("POST", "/users/invite", strings.NewReader(owner.form(owner.inviteForm("sam@example.com", "Member")...).Encode()))
	forge(r)
	r.Header.Set("Referer", "https://evil.example/")
	owner.leads(owner.send(r), "/users")
	link := p.letter("sam@example.com", "/join")
	if !strings.HasPrefix(link, development+"/join?") {
		t.Errorf("the mailed link is %s", link)
	}
	if text := p.letters("sam@example.com")[0]; strings.Contains(string(text.Source), "evil.example") {
		t.Error("the letter names the forged host")
	}
	for _, target := range []string{"/users", "/", "/logout", "/nowhere"} {
		r := p.visitor().request("GET", target, nil)
		forge(r)
		if a := p.visitor().send(r); strings.Contains(a.body+a.location(), "evil") {
			t.Errorf("%s: answer %d to %s", target, a.status, a.location())
		}
	}
	r = owner.request("POST", "/theme", strings.NewReader("theme=dark"))
	r.Header.Set("Referer", "https://evil.example/users")
	owner.leads(owner.send(r), "/")
}

func TestForeignHostsAreRefused(t *testing.T) {
	p := newPortal(t, production, nil)
	for _, host := range []string{
		"evil.example", "id.example.com.evil.example", "id.example.com:444", "evil.example:443", "localhost", "127.0.0.1", "", "id.example.com@evil.example", "xid.example.com",
	} {
		r := p.visitor().request("GET", "/login", nil)
		r.Host = host
		a := p.visitor().send(r)
		if a.status != http.StatusMisdirectedRequest || strings.Contains(a.body, "evil") {
			t.Errorf("%q: answer %d", host, a.status)
		}
		r.URL.Path = "/healthz" // a balancer asks by address
		if a := p.visitor().send(r); a.status != http.StatusOK || a.body != "ok\n" {
			t.Errorf("%q: /healthz answers %d %q", host, a.status, a.body)
		}
	}
	r := p.visitor().request("GET", "/login", nil)
	r.Host = "ID.Example.COM"
	if a := p.visitor().send(r); a.status != http.StatusOK {
		t.Errorf("the own name in capitals: %d", a.status)
	}
	p = newPortal(t, development, nil)
	for host, want := range map[string]int{"localhost:8080": 200, "127.0.0.1:9999": 200, "[::1]:8080": 200, "evil.example": 421, "localhost.evil.example": 421} {
		r := p.visitor().request("GET", "/login", nil)
		r.Host = host
		if a := p.visitor().send(r); a.status != want {
			t.Errorf("development, %s: %d", host, a.status)
		}
	}
}

// TestTheClientsAddress reads it where it counts: in the trail.
func TestTheClientsAddress(t *testing.T) {
	p := newPortal(t, production, func(c *config.Config) { c.TrustedProxies = []string{"10.0.0.0/8", "2001:db8::1"} })
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.7:1", nil, "192.0.2.7"},
		{"192.0.2.7:1", []string{"203.0.113.66"}, "192.0.2.7"},
		{"10.1.2.3:1", []string{"203.0.113.66"}, "203.0.113.66"},
		{"10.1.2.3:1", []string{"1.1.1.1, 203.0.113.66"}, "203.0.113.66"},
		{"10.1.2.3:1", []string{"1.1.1.1", "203.0.113.66, 10.9.9.9"}, "203.0.113.66"},
		{"10.1.2.3:1", []string{"203.0.113.66, nonsense"}, "10.1.2.3"},
		{"10.1.2.3:1", nil, "10.1.2.3"},
		{"[2001:db8::1]:1", []string{"2001:db8:1::5"}, "2001:db8:1::5"},
		{"[2001:db8::2]:1", []string{"2001:db8:1::5"}, "2001:db8::2"},
		{"[::ffff:10.1.2.3]:1", []string{"::ffff:203.0.113.66"}, "203.0.113.66"},
		{"[fe80::1%eth0]:1", nil, "fe80::1"},
	} {
		v := p.visitor()
		v.open("/login")
		r := v.request("POST", "/login", strings.NewReader(v.form("email", "nobody@example.com", "password", "x").Encode()))
		r.RemoteAddr = c.peer
		for _, line := range c.forwarded {
			r.Header.Add("X-Forwarded-For", line)
		}
		a := v.send(r)
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusTooManyRequests {
			t.Fatalf("%v: answer %d", c, a.status)
		}
		lines := p.log.of(a.reference())
		if len(lines) != 1 || !strings.Contains(lines[0], `"address":"`+c.want+`"`) {
			t.Errorf("%v: the log says %q", c, lines)
		}
		if a.status == http.StatusUnprocessableEntity && p.lastAddress() != c.want {
			t.Errorf("%v: the trail says %q", c, p.lastAddress())
		}
		p.clock.Advance(20 * 60e9)
	}
}

// TestNobodyStandsBetweenOperatorsAndAConsoleWithoutTLS: it is reached on the host,
// or by a tunnel that ends there, where a trusted proxy may live as well.
func TestNobodyStandsBetweenOperatorsAndAConsoleWithoutTLS(t *testing.T) {
	for base, want := range map[string]string{"http://localhost:8081": "127.0.0.1", "https://operators.example.com": "203.0.113.66"} {
		p := newPortal(t, production, func(c *config.Config) {
			withConsole(c)
			c.OperatorBaseURL, c.TrustedProxies = base, []string{"127.0.0.1"}
		}).atConsole()
		v := p.visitor()
		v.open("/login")
		r := v.request("POST", "/login", strings.NewReader(v.form("email", "nobody@example.com", "password", "x").Encode()))
		r.RemoteAddr = "127.0.0.1:40000"
		r.Header.Set("X-Forwarded-For", "203.0.113.66")
		v.send(r)
		if got := p.lastAddress(); got != want {
			t.Errorf("at %s the trail says %q, want %q", base, got, want)
		}
	}
}

// lastAddress is where the newest act outside any organization came from.
func (p *portal) lastAddress() (address string) {
	p.Helper()
	err := p.app.DB().Read(p.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(p.Context(), `SELECT address FROM audit_events WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1`, audit.InstallationTrail).Scan(&address)
	})
	if err != nil {
		p.Fatal(err)
	}
	return address
}

// TestForgedAddressesDoNotEscapeTheThrottle: 30 tries a minute are counted for
// the peer, whatever it says about itself.
func TestForgedAddressesDoNotEscapeTheThrottle(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	v.open("/login")
	refused := 0
	for i := range 33 {
		r := v.request("POST", "/login", strings.NewReader(v.form("email", strings.Repeat("n", i+1)+"@example.com", "password", "x").Encode()))
		r.Header.Set("X-Forwarded-For", "203.0.113."+strings.Repeat("1", i%2+1))
		if v.send(r).status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("%d of 33 tries were refused, want 3", refused)
	}
}

var waysOut = []string{
	"https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
	"https:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x", "/%2fevil.example", "/%2Fevil.example/..", "%2f%2fevil.example",
	"//evil.example@id.example.com", "https://id.example.com@evil.example", "https://id.example.com.evil.example", "evil.example", "./evil", "",
	"/\x00/evil.example", "http://[::1", "?next=//evil.example", "#//evil.example", "/..//evil.example", "//localhost:8080/",
}

func TestNoWayLeadsOut(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	stays := func(what, location string) {
		t.Helper()
		u, err := url.Parse(production)
		if err != nil {
			t.Fatal(err)
		}
		to, err := u.Parse(location)
		if err != nil || to.Scheme != "https" || to.Host != "id.example.com" || strings.HasPrefix(location, "//") || strings.Contains(location, "\\") {
			t.Errorf("%s leads to %q", what, location)
		}
	}
	for _, way := range waysOut {
		stays("samePage "+way, web.SamePage(way))
		stays("next="+way+" when logged in", owner.get("/login?next="+url.QueryEscape(way)).location())
		owner.open("/")
		stays("back="+way, owner.post("/theme", "theme", "dark", "back", way).location())
		stays("language back="+way, owner.post("/language", "language", "en", "back", way).location())
		v := p.visitor()
		v.key = owner.key
		v.cookies["__Host-idkit_next"] = url.QueryEscape(way)
		stays("a forged way on", v.clone().get("/login/code").location())
	}
	for _, way := range []string{"//evil.example", "/users?q=a", "/users?q=%2F%2Fevil.example"} {
		v := p.visitor()
		v.key = owner.key
		v.open("/login?next=" + url.QueryEscape(way))
		a := v.post("/login", "email", admin, "password", password, "next", way)
		v.leads(a, "/login/code")
		p.clock.Advance(30e9)
		v.open("/login/code")
		a = v.post("/login/code", "code", v.code())
		stays("a log-in with next="+way, a.location())
		if strings.HasPrefix(way, "/users") && a.location() != way {
			t.Errorf("the way %s was lost: %s", way, a.location())
		}
	}
	for _, path := range []string{"//evil.example/login", "/\\evil.example/login", "//evil.example/..", "/x/..//evil.example"} {
		r := owner.request("GET", "/", nil)
		r.URL.Path, r.RequestURI = path, path
		stays(path, p.visitor().send(r).location())
	}
}
