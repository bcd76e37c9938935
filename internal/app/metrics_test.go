package app_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/app/apptest"
	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
)

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestMetrics(t *testing.T) {
	c := settings(t)
	c.MetricsListen = apptest.FreeAddress(t)
	c.SMTP = "smtp://idkit:hunter2@127.0.0.1:1"
	r := start(t, c)
	made, err := r.Clients().Create(t.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: "Globex"}, FirstName: "Ada", Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	user := made.First
	get(t, c.BaseURL+"/login")
	get(t, c.BaseURL+"/no/such/page/as/ada")
	wrong, err := http.PostForm(c.BaseURL+"/forgot", url.Values{"email": {"x"}}) // without the token of a form
	if err != nil {
		t.Fatal(err)
	}
	_ = wrong.Body.Close()

	status, text := get(t, "http://"+c.MetricsListen+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics answers %d", status)
	}
	for _, want := range []string{
		`idkit_http_requests_total{front="portal",route="GET /login",status="2xx"} 1`,
		`idkit_http_requests_total{front="portal",route="none",status="4xx"} 2`,
		`idkit_http_request_duration_seconds_count{front="portal",route="GET /login"} 1`,
		`idkit_http_request_duration_seconds_bucket{front="portal",route="GET /login",le="+Inf"} 1`,
		`idkit_refusals_total{front="portal",code="`,
		"idkit_outbox_letters 1\n", "idkit_outbox_held 0\n", "idkit_outbox_undeliverable_letters 0\n", "idkit_sessions 0\n",
		`idkit_password_hashes{state="waiting"} 0`, "idkit_password_hashes_refused_total 0\n", `idkit_database_connections{state="open"} `,
		`idkit_build_info{revision="`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) idkit_\w+ .+|idkit_\w+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)$`)
	for l := range strings.Lines(text) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("a line of no known form: %q", l)
		}
	}
	for _, told := range []string{"Globex", "ada", user.ID, user.OrganizationID, "hunter2"} {
		if strings.Contains(text, told) {
			t.Errorf("the numbers tell %q", told)
		}
	}
	// Each stays where it belongs.
	if status, _ := get(t, c.BaseURL+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the portal answers /metrics with %d", status)
	}
	for _, path := range []string{"/", "/login", "/healthz", "/debug/pprof/"} {
		if status, _ := get(t, "http://"+c.MetricsListen+path); status != http.StatusNotFound {
			t.Errorf("beside the numbers %s answers %d", path, status)
		}
	}
	r.end(t)
}
