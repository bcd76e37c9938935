package web_test

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"idkit/internal/transport/web"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"}

// concrete puts something into the wildcards of a pattern.
func concrete(path string) string {
	return strings.NewReplacer("{$}", "", "{id}", "usr_00000000000000000000000000", "{name...}", "nothing.css", "{name}", "login").Replace(path)
}

// holdHeaders holds one answer to what ASVS 5.0.0 V3.4 and V4.1.1 ask for.
func holdHeaders(t *testing.T, what string, base string, a *answer) {
	t.Helper()
	want := map[string]string{
		"Content-Security-Policy":      web.ContentPolicy,
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
	}
	if base == production {
		want["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
	} else if a.header.Get("Strict-Transport-Security") != "" {
		t.Errorf("%s: Strict-Transport-Security on a developer's machine", what)
	}
	for name, value := range want {
		if got := a.header.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s: %d: %s is %q", what, a.status, name, got)
		}
	}
	if policy := a.header.Get("Referrer-Policy"); policy != "same-origin" && policy != "no-referrer" {
		t.Errorf("%s: Referrer-Policy is %q", what, policy)
	}
	kinds := []string{"text/html; charset=utf-8", "text/plain; charset=utf-8", "text/csv; charset=utf-8", "text/csv; charset=utf-8; header=present", "application/json; charset=utf-8", "application/jsonl; charset=utf-8"}
	if kind := a.header.Get("Content-Type"); !slices.Contains(kinds, kind) {
		t.Errorf("%s: Content-Type is %q", what, kind)
	}
	for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
		if a.header.Get(name) != "" {
			t.Errorf("%s: %s is told", what, name)
		}
	}
	if a.header.Get("X-Request-Id") == "" {
		t.Errorf("%s: no X-Request-Id", what)
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing at a time: there is no race to look for")
	}
	for name, base := range map[string]string{"development": development, "production": production} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, base, nil)
			visitors := map[string]*visitor{"stranger": p.visitor(), "administrator": p.found()}
			for who, v := range visitors {
				for _, line := range web.Lines(p.handler) {
					if strings.HasSuffix(line.Path, "/html") && base == development {
						continue // the framed letters of development have a policy of their own
					}
					for _, method := range methods {
						path := concrete(line.Path)
						if path == "/logout" && method == "POST" {
							continue
						}
						a := v.clone().send(v.request(method, path, strings.NewReader("a=b")))
						holdHeaders(t, who+" "+method+" "+path, base, a)
					}
				}
			}
		})
	}
}

// TestEveryRefusalHasTheHeaders walks the answers that no route gives.
func TestEveryRefusalHasTheHeaders(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	for what, c := range map[string]struct {
		status  int
		request func() *http.Request
	}{
		"an unknown path": {404, func() *http.Request { return v.request("GET", "/nowhere", nil) }},
		"a wrong method":  {405, func() *http.Request { return v.request("DELETE", "/login", nil) }},
		"a path to clean": {307, func() *http.Request { return v.request("GET", "//users/../login?email=a", nil) }},
		"a foreign host":  {421, func() *http.Request { r := v.request("GET", "/login", nil); r.Host = "evil.example"; return r }},
		"a long address":  {414, func() *http.Request { return v.request("GET", "/login?next="+strings.Repeat("a", web.URLLimit), nil) }},
		"a large form": {413, func() *http.Request {
			return v.request("POST", "/login", strings.NewReader(strings.Repeat("a", web.FormLimit+1)))
		}},
		"a foreign form": {403, func() *http.Request {
			r := v.request("POST", "/login", nil)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			return r
		}},
		"a form without token": {303, func() *http.Request { return v.request("POST", "/login", strings.NewReader("email=a")) }},
		"OPTIONS *": {404, func() *http.Request {
			r := v.request("OPTIONS", "/x", nil)
			r.URL.Path, r.RequestURI = "*", "*"
			return r
		}},
	} {
		a := v.clone().send(c.request())
		if a.status != c.status {
			t.Errorf("%s: answer %d, want %d", what, a.status, c.status)
		}
		holdHeaders(t, what, production, a)
		if c.status >= 400 && !strings.Contains(a.body, "<h1>") {
			t.Errorf("%s: no page but %q", what, a.body)
		}
	}
	_ = p.app.Close()
	v.cookies["__Host-idkit_session"] = strings.Repeat("A", 43)
	a := v.send(v.request("GET", "/users", nil))
	if a.status != 500 {
		t.Errorf("without a database: answer %d", a.status)
	}
	holdHeaders(t, "without a database", production, a)
}

func TestMethods(t *testing.T) {
	p := newPortal(t, production, nil)
	admin := p.found()
	known := map[string][]string{}
	for _, line := range web.Lines(p.handler) {
		if line.Method != "GET" && line.Method != "POST" {
			t.Errorf("%s %s: only GET and POST pass the checks for forms", line.Method, line.Path)
		}
		known[concrete(line.Path)] = append(known[concrete(line.Path)], line.Method)
	}
	for _, path := range slices.Sorted(maps.Keys(known)) {
		var want []string
		if slices.Contains(known[path], "GET") {
			want = append(want, "GET", "HEAD")
		}
		if slices.Contains(known[path], "POST") {
			want = append(want, "POST")
		}
		for _, method := range methods {
			if slices.Contains(want, method) {
				continue
			}
			a := admin.clone().send(admin.request(method, path, nil))
			if a.status != 405 || a.header.Get("Allow") != strings.Join(want, ", ") {
				t.Errorf("%s %s: answer %d, Allow %q, want 405 with %v", method, path, a.status, a.header.Get("Allow"), want)
			}
		}
		if !slices.Contains(want, "HEAD") {
			continue
		}
		get, head := admin.clone().get(path), admin.clone().send(admin.request("HEAD", path, nil))
		if head.status != get.status || head.body != "" || head.location() != get.location() || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %q, while GET answers %d %q", path, head.status, head.body, get.status, get.location())
		}
	}
}

// TestOverTheWire looks at what the server itself adds and reads.
func TestOverTheWire(t *testing.T) {
	p := newPortal(t, development, nil)
	server := httptest.NewServer(p.handler)
	defer server.Close()
	for _, request := range []string{
		"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"HEAD /login HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"TRACE /login HTTP/1.1\r\nHost: localhost\r\nCookie: idkit_session=canary\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100000000\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(80),
	} {
		line, _, _ := strings.Cut(request, "\r\n")
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		method, _, _ := strings.Cut(line, " ")
		answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		_ = conn.Close()
		if strings.Contains(string(body), "canary") || answer.Header.Get("Server") != "" {
			t.Errorf("%s: %v %s", line, answer.Header, body)
		}
		want := map[string]int{"GET": 200, "HEAD": 200, "TRACE": 405, "POST": 413}[method]
		if answer.StatusCode != want || (method == "HEAD") != (len(body) == 0) || answer.ContentLength < 1000 {
			t.Errorf("%s: answer %d with %d bytes, want %d", line, answer.StatusCode, len(body), want)
		}
		if method == "POST" && !answer.Close {
			t.Errorf("%s: the connection stays open for the rest of the form", line)
		}
	}
}

// chunks is a chunked body of so many KiB that never ends.
func chunks(n int) string {
	return strings.Repeat("400\r\n"+strings.Repeat("a", 1024)+"\r\n", n)
}

// TestALargeFormIsNotRead counts what the portal takes off the wire before it refuses.
func TestALargeFormIsNotRead(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	for what, length := range map[string]int64{"with its length told": 10 << 20, "chunked": -1} {
		body := &endless{}
		r := v.request("POST", "/login", body)
		r.ContentLength = length
		a := v.send(r)
		if a.status != 413 || !strings.Contains(a.body, "<h1>") {
			t.Errorf("%s: answer %d", what, a.status)
		}
		if body.read > web.FormLimit+4096 {
			t.Errorf("%s: %d bytes were read", what, body.read)
		}
	}
}

type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	e.read += len(b)
	return len(b), nil
}
