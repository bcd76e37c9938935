package web_test

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// acts counts what was carried out, by the trails that every act leaves.
func (p *portal) acts() (n int64) {
	p.Helper()
	err := p.app.DB().Read(p.Context(), func(tx *db.Tx) error {
		trails, err := audit.Trails(p.Context(), tx)
		if err != nil {
			return err
		}
		for _, trail := range trails {
			end, err := audit.Verify(p.Context(), tx, trail)
			if err != nil {
				return err
			}
			n += end.Sequence
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	return n
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	origins := []struct {
		name         string
		site, origin string
	}{
		{"cross-site", "cross-site", "https://evil.example"},
		{"cross-site without Origin", "cross-site", ""},
		{"cross-site that claims to be us", "cross-site", production},
		{"a sister host", "same-site", "https://www.example.com"},
		{"a sister host without Origin", "same-site", ""},
		{"an old browser, foreign", "", "https://evil.example"},
		{"an old browser, null", "", "null"},
		{"an old browser, other port", "", production + ":8443"},
		{"an old browser, other scheme", "", "ftp://elsewhere"},
		{"nothing said", "", ""},
		{"an unknown word", "SAME-ORIGIN", ""},
	}
	owner.open("/users")
	before := p.acts()
	for _, line := range web.Lines(p.handler) {
		if line.Method != http.MethodPost {
			continue
		}
		for _, o := range origins {
			path := strings.Replace(concrete(line.Path), "usr_00000000000000000000000000", id, 1)
			r := owner.request("POST", path, strings.NewReader(owner.form("email", "lee@example.com", "theme", "dark", "saved", "yes").Encode()))
			r.Header.Del("Sec-Fetch-Site")
			if o.site != "" {
				r.Header.Set("Sec-Fetch-Site", o.site)
			}
			if o.origin != "" {
				r.Header.Set("Origin", o.origin)
			}
			a := owner.clone().send(r)
			if a.status != http.StatusForbidden || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("POST %s, %s: answer %d %s %v", path, o.name, a.status, a.location(), a.header.Values("Set-Cookie"))
			}
		}
	}
	if after := p.acts(); after != before {
		t.Errorf("%d acts were carried out", after-before)
	}
}

func TestFormsOfThisSiteAreAccepted(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	for name, o := range map[string][2]string{
		"a browser of today":              {"same-origin", production},
		"a page that hides its address":   {"same-origin", "null"},
		"an old browser":                  {"", production},
		"a browser that hides its Origin": {"same-origin", ""},
	} {
		owner.open("/logout")
		r := owner.request("POST", "/settings/mail", strings.NewReader(owner.form().Encode()))
		r.Header.Del("Sec-Fetch-Site")
		for header, value := range map[string]string{"Sec-Fetch-Site": o[0], "Origin": o[1]} {
			if value != "" {
				r.Header.Set(header, value)
			}
		}
		if a := owner.send(r); a.status == http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

func TestFormsWithoutTheirTokenAreRefused(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Administrator")
	stranger := p.visitor()
	stranger.open("/login")
	sam.open("/users")
	owner.open("/users")
	valid := owner.page.formToken()
	id := owner.invite("lee@example.com", "Member")
	before := p.acts()
	for _, line := range web.Lines(p.handler) {
		if line.Method != http.MethodPost || line.Open {
			continue
		}
		path := strings.Replace(concrete(line.Path), "usr_00000000000000000000000000", id, 1)
		for what, token := range map[string]string{
			"missing": "", "garbled": "nonsense", "cut": valid[:len(valid)-1], "doubled": valid + valid,
			"somebody else's": sam.page.formToken(), "a stranger's": stranger.page.formToken(),
		} {
			for _, site := range []string{"same-origin", "none"} {
				form := owner.form("email", "eve@example.com", "saved", "yes", "form_token", token)
				r := owner.request("POST", path, strings.NewReader(form.Encode()))
				r.Header.Set("Sec-Fetch-Site", site)
				if a := owner.clone().send(r); a.status != http.StatusSeeOther || a.location() != cmp.Or(line.Link, "/") || a.header.Get("Clear-Site-Data") != "" {
					t.Errorf("POST %s with a token that is %s: answer %d %s", path, what, a.status, a.location())
				}
			}
		}
	}
	if after := p.acts(); after != before {
		t.Errorf("%d acts were carried out", after-before)
	}
	owner.leads(owner.post("/users/invite", "form_token", ""), "/")
	owner.shows(owner.open("/"), http.StatusOK, "Nothing was changed. Send the form once more.")
}

func TestOddFormsAreRefusedWhole(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	fields := owner.inviteForm("sam@example.com", "Member")
	good := owner.form(fields...).Encode()
	before := p.acts()
	for what, c := range map[string]struct {
		body, kind string
		status     int
	}{
		"a field twice":            {good + "&email=eve@example.com", "", 303},
		"the token twice":          {good + "&form_token=x", "", 303},
		"a broken escape":          {good + "&note=%zz", "", 303},
		"a cut escape":             {good + "&note=%", "", 303},
		"a semicolon":              {good + ";note=a", "", 303},
		"NUL in a value":           {good + "&note=%00", "", 303},
		"NUL in a name":            {good + "&no%00te=a", "", 303},
		"bytes that are no text":   {good + "&note=%ff%fe", "", 303},
		"JSON":                     {`{"email":"sam@example.com"}`, "application/json", 303},
		"a form as plain text":     {good, "text/plain", 303},
		"a form without a type":    {good, "none", 303},
		"multipart":                {"--a\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nsam@example.com\r\n--a--\r\n", "multipart/form-data; boundary=a", 303},
		"ten thousand fields more": {good + extraFields(10_000), "", 303},
		"one byte too much":        {good + "&note=" + strings.Repeat("a", web.FormLimit-len(good)-5), "", 413},
	} {
		owner.open("/users/invite")
		r := owner.request("POST", "/users/invite", strings.NewReader(c.body))
		switch c.kind {
		case "":
		case "none":
			r.Header.Del("Content-Type")
		default:
			r.Header.Set("Content-Type", c.kind)
		}
		if a := owner.clone().send(r); a.status != c.status || c.status == 303 && a.location() != "/" {
			t.Errorf("%s: answer %d %s, want %d", what, a.status, a.location(), c.status)
		}
		r = owner.request("POST", "/users/invite", struct{ *strings.Reader }{strings.NewReader(c.body)}) // of unknown length: chunked
		r.ContentLength = -1
		if c.kind == "" {
			if a := owner.clone().send(r); a.status != c.status {
				t.Errorf("%s, chunked: answer %d, want %d", what, a.status, c.status)
			}
		}
	}
	if after := p.acts(); after != before {
		t.Errorf("%d acts were carried out", after-before)
	}
	owner.leads(owner.send(owner.request("POST", "/users/invite", strings.NewReader(good+extraFields(5_000)))), "/users") // unknown fields are nobody's
}

// extraFields are so many fields that no form has.
func extraFields(n int) string {
	many := strings.Builder{}
	for i := range n {
		fmt.Fprintf(&many, "&f%d", i)
	}
	return many.String()
}

func TestOddQuestionsAreAnswered(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	for _, target := range []string{
		"/users?q=%00", "/users?q=%ff", "/users?q=%25_%27%22--;", "/users?page=99999999999999999999", "/users?page=-1", "/users?page=1%00",
		"/users?status=%00", "/users?q=" + strings.Repeat("a", 7000), "/users?q=a;b", "/users?%zz", "/users/invite?email=%00",
		"/login?email=%00&next=%00", "/join?token=%00", "/not-me?token=%ff", "/settings?%00",
	} {
		if a := owner.open(target); a.status >= 500 || a.status < 200 {
			t.Errorf("%.40s: answer %d", target, a.status)
		}
	}
	stranger := p.visitor()
	for _, fields := range [][]string{
		{"email", "a\nb@example.com", "password", "x"},
		{"email", strings.Repeat("a", 30_000), "password", "x"},
		{"email", admin, "password", strings.Repeat("x", 60_000)},
		{"email", "x"},
		{"password", "x"},
		{},
	} {
		stranger.open("/login")
		if a := stranger.post("/login", fields...); a.status != http.StatusUnprocessableEntity {
			t.Errorf("log-in with %.20v: answer %d", fields, a.status)
		}
	}
}
