package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/secret"
	"idkit/internal/transport/web"
)

// fuzzed is a portal without the work in the background.
func fuzzed(f *testing.F) http.Handler {
	f.Helper()
	a, err := app.New(f.Context(), app.Options{
		Config: config.Config{
			Listen: "127.0.0.1:0", BaseURL: production, Database: dbtest.URL(f), SecretKey: secret.Redacted(secret.NewKey()),
			MailFrom: "idkit@example.com", Brand: "IDKit",
		},
		Now: time.Now, Announce: io.Discard, Log: slog.New(slog.DiscardHandler), Unsynced: true,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = a.Close() })
	return a.Handler()
}

func answered(t *testing.T, handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	r.Host = "id.example.com"
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	if recorder.Code >= 500 || recorder.Header().Get("Content-Security-Policy") == "" {
		t.Fatalf("answer %d", recorder.Code)
	}
	return recorder
}

// FuzzForm: whatever is posted, nobody gets in and nothing breaks.
func FuzzForm(f *testing.F) {
	handler := fuzzed(f)
	for _, seed := range []string{
		"", "email=a", "email=a&email=b", "form_token=", "form_token=a.b.c", "%zz", "a=%00", "&&&=", "a;b", "email=%ff", "=", strings.Repeat("a=b&", 1000), "{}", "form_token=%0a",
	} {
		f.Add("/login", seed)
		f.Add("/theme", seed)
		f.Add("/join", seed)
	}
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#%") || path == "/theme" && len(body) > 4096 {
			t.Skip()
		}
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.URL.Path = path
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		a := answered(t, handler, r)
		if a.Code < 300 {
			t.Fatalf("POST %q with %q: answer %d", path, body, a.Code)
		}
		if to := a.Header().Get("Location"); to != "" && !strings.HasPrefix(to, "/") {
			t.Fatalf("POST %q with %q leads to %q", path, body, to)
		}
	})
}

// FuzzCookies: no cookie that the portal has not made opens anything.
func FuzzCookies(f *testing.F) {
	handler := fuzzed(f)
	for _, name := range []string{"session", "login", "link", "flash", "browser", "next", "theme", "language", "later", "first"} {
		for _, seed := range []string{"", "a", strings.Repeat("A", 43), strings.Repeat("a", 4000), "a.b", "..", "//evil.example", "en", "dark", "\x7f", "AAAA=="} {
			f.Add(name, seed)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, path := range []string{"/users", "/login", "/login/code", "/join", "/not-me", "/setup"} {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("Cookie", "__Host-idkit_"+name+"="+value)
			a := answered(t, handler, r)
			if path == "/users" && (a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/login")) {
				t.Fatalf("%s=%q opens the portal: %d", name, value, a.Code)
			}
			if to := a.Header().Get("Location"); strings.HasPrefix(to, "//") || to != "" && !strings.HasPrefix(to, "/") {
				t.Fatalf("%s=%q leads to %q", name, value, to)
			}
		}
	})
}

// FuzzSamePage: every way on stays on this site.
func FuzzSamePage(f *testing.F) {
	for _, way := range waysOut {
		f.Add(way)
	}
	base := &url.URL{Scheme: "https", Host: "id.example.com", Path: "/login"}
	f.Fuzz(func(t *testing.T, way string) {
		got := web.SamePage(way)
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t\x00") {
			t.Fatalf("%q leads to %q", way, got)
		}
		if again := web.SamePage(got); again != got && len(got) <= 1024 {
			t.Fatalf("%q becomes %q and then %q", way, got, again)
		}
	})
}

// FuzzAcceptLanguage: whatever a browser asks for, it gets a page in a language that there is.
func FuzzAcceptLanguage(f *testing.F) {
	handler := fuzzed(f)
	for _, seed := range []string{"", "en", "en-AU,en;q=0.5", "*", "de, fr;q=0.1", strings.Repeat("en-", 2000), "x-x-x", ";q=", "en;q=NaN", "\xff", "zh-Hant-TW", strings.Repeat("a,", 5000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("GET", "/login", nil)
		r.Header.Set("Accept-Language", header)
		if a := answered(t, handler, r); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `lang="en"`) {
			t.Fatalf("%q: answer %d", header, a.Code)
		}
	})
}
