package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const asks = "/api/v1/forward-auth?module=reports"

// desk makes a role that opens Reports and gives it to a new user.
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

// proxies are those whose lines docs/operations.md gives, and how each is started with them.
var proxies = map[string]func(t *testing.T, program, address, lines string){"nginx": startNginx, "caddy": startCaddy}

// TestModuleBehindAProxy runs the lines of docs/operations.md in the real programs.
func TestModuleBehindAProxy(t *testing.T) {
	document, err := filepath.Abs("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, start := range proxies {
		t.Run(name, func(t *testing.T) {
			program, err := exec.LookPath(name)
			if err != nil {
				if program, err = exec.LookPath("/usr/sbin/" + name); err != nil {
					t.Skip(name + " is not installed: make tools-for-test")
				}
			}
			moduleBehind(t, func(address, portal, module string) {
				start(t, program, address, strings.NewReplacer("127.0.0.1:8080", portal, "127.0.0.1:9000", module).Replace(documented(t, document, name)))
			})
		})
	}
}

// moduleBehind walks a module behind a proxy, which start puts at an address.
func moduleBehind(t *testing.T, start func(address, portal, module string)) {
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
	start(address, portal.Listener.Addr().String(), module.Listener.Addr().String())

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

// documented are the lines that the document has for a proxy.
func documented(t *testing.T, document, proxy string) string {
	t.Helper()
	content, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, block := range regexp.MustCompile("(?s)```"+proxy+"\n(.*?)```").FindAllStringSubmatch(string(content), -1) {
		lines.WriteString(block[1])
	}
	if !strings.Contains(lines.String(), "/api/v1/forward-auth") {
		t.Fatalf("the document has other lines for %s:\n%s", proxy, &lines)
	}
	return lines.String()
}

func startNginx(t *testing.T, program, address, locations string) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "nginx.conf")
	var temporary strings.Builder
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temporary, "%s_temp_path %s/%s;\n", what, folder, what)
	}
	content := fmt.Sprintf("daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log %[1]s/error.log;\nevents {}\nhttp {\naccess_log off;\n%[2]sserver {\nlisten %[3]s;\n%[4]s}\n}\n",
		folder, &temporary, address, locations)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	startProxy(t, address, filepath.Join(folder, "error.log"), exec.Command(program, "-p", folder, "-c", file, "-e", filepath.Join(folder, "error.log")))
}

func startCaddy(t *testing.T, program, address, site string) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "Caddyfile")
	content := "{\nadmin off\nauto_https off\n}\n" + strings.Replace(site, "id.example.com", "http://"+address, 1)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(folder, "error.log"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "run", "--config", file, "--adapter", "caddyfile")
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	command.Stderr = log
	startProxy(t, address, log.Name(), command)
}

// startProxy runs a proxy until the end of the test, once it answers.
func startProxy(t *testing.T, address, log string, command *exec.Cmd) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return
		}
	}
	said, _ := os.ReadFile(filepath.Clean(log)) // best effort: the test fails anyway
	t.Fatalf("the proxy does not answer: %s", said)
}
