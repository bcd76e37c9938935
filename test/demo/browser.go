package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// pace is how long a person takes over a page.
const pace = 4 * time.Second

// browser keeps the cookies of one person and speaks with the portal's handler. The first thing that goes wrong in it is
// kept by the stage; after that nothing is asked any more.
type browser struct {
	stage   *stage
	owner   string
	front   *front
	address string // that the portal believes it to have
	agent   string
	cookies map[string]string
	used    time.Time // when it last asked for something
}

// loggedIn reports whether the browser holds a session, which may have ended meanwhile.
func (b *browser) loggedIn() bool {
	for name := range b.cookies {
		if strings.HasSuffix(name, "_session") {
			return true
		}
	}
	return false
}

// answer is what came back.
type answer struct {
	status   int
	location string
	body     string
}

func (b *browser) send(r *http.Request, target string) answer {
	if b.stage.err != nil {
		return answer{}
	}
	address, err := url.Parse(target)
	if err != nil {
		b.stage.err = err
		return answer{}
	}
	b.stage.clock.pass(pace)
	b.used = b.stage.clock.now()
	r.URL, r.RequestURI, r.Host, r.RemoteAddr = address, target, b.front.host, b.address+":40000"
	r.Header.Set("User-Agent", b.agent)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	recorder := httptest.NewRecorder()
	b.front.handler.ServeHTTP(recorder, r)
	for _, c := range recorder.Result().Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer{recorder.Code, recorder.Header().Get("Location"), recorder.Body.String()}
}

// open goes to an address and on to where it leads.
func (b *browser) open(target string) answer {
	a := answer{location: target}
	for range 5 {
		if a = b.send(httptest.NewRequest(http.MethodGet, "/", nil), a.location); a.status != http.StatusSeeOther {
			return a
		}
	}
	return a
}

// post opens a page, fills the form that it shows with names and values in turn, and expects to be led on.
func (b *browser) post(page, action string, fields ...string) answer {
	return b.expect(http.StatusSeeOther, action, b.submit(b.open(page), action, fields...))
}

// try is post where the answer may be a page: a refusal, or what has become of it.
func (b *browser) try(page, action string, fields ...string) answer {
	return b.submit(b.open(page), action, fields...)
}

// submit sends the form of a page that is open.
func (b *browser) submit(page answer, action string, fields ...string) answer {
	form := url.Values{tokenField: {b.token(page, action)}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r, action)
}

// upload sends a file with the form of a page and expects to be led on.
func (b *browser) upload(page, name, content string) answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	token := b.token(b.open(page), page)
	if err := form.WriteField(tokenField, token); err != nil {
		b.stage.fail(err)
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(file, content)
	}
	if err != nil {
		b.stage.fail(err)
	}
	if err := form.Close(); err != nil {
		b.stage.fail(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.expect(http.StatusSeeOther, page, b.send(r, page))
}

const tokenField = "form_token"

var formToken = regexp.MustCompile(`name="` + tokenField + `" value="([^"]+)"`)

func (b *browser) token(page answer, action string) string {
	found := formToken.FindStringSubmatch(page.body)
	if found == nil {
		b.stage.fail(fmt.Errorf("%s: the page for %s is %d without a form: %s", b.owner, action, page.status, words(page.body)))
		return ""
	}
	return html.UnescapeString(found[1])
}

func (b *browser) expect(status int, what string, a answer) answer {
	if a.status != status {
		b.stage.fail(fmt.Errorf("%s: %s answered %d instead of %d: %s", b.owner, what, a.status, status, words(a.body)))
	}
	return a
}

// find returns what the group of a pattern matches on a page.
func (b *browser) find(page answer, pattern *regexp.Regexp) string {
	found := pattern.FindStringSubmatch(page.body)
	if found == nil {
		b.stage.fail(fmt.Errorf("%s: no %s on the page: %s", b.owner, pattern, words(page.body)))
		return ""
	}
	return html.UnescapeString(found[1])
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// hidden are the hidden fields of a page's forms, names and values in turn, without the token.
func hidden(page answer) (fields []string) {
	for _, f := range hiddenField.FindAllStringSubmatch(page.body, -1) {
		if f[1] != tokenField {
			fields = append(fields, f[1], html.UnescapeString(f[2]))
		}
	}
	return fields
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

// words are what a person reads of a page.
func words(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}
