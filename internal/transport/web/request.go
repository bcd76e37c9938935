package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/session"
	"idkit/internal/platform/id"
	"idkit/internal/platform/language"
	"idkit/internal/transport/web/page"
)

// request is one request on its way through the portal or the console.
type request struct {
	*http.Request
	front    *Front
	response *response
	started  time.Time
	id       string
	origin   access.Origin
	route    route
	current  *session.Current // who is logged in, nil for a stranger
	whole    io.ReadCloser    // the body without the limit of a form
	upload   *upload          // a posted form with a file, nil for any other
	again    string           // where the same form, posted again, is led to, if the first answer is a page
	failure  error            // what the log tells beside the status
	spoken   *language.Speaker
}

type requestKey struct{}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

func requestOf(hr *http.Request) *request {
	r := hr.Context().Value(requestKey{}).(*request)
	r.Request = hr // the mux has set the path values since
	return r
}

func (f *Front) newRequest(w http.ResponseWriter, hr *http.Request) *request {
	r := &request{Request: hr, front: f, response: newResponse(w, hr), started: f.Now(), id: id.New("req")}
	r.origin = access.Origin{Address: f.clientAddress(hr), UserAgent: hr.UserAgent(), RequestID: r.id}
	return r
}

// recoverPanic is the last resort: a panic costs this request and nothing else.
func (r *request) recoverPanic() {
	if broken := recover(); broken != nil {
		if broken == http.ErrAbortHandler {
			panic(broken)
		}
		r.front.Log.Error("panic", "panic", broken, "stack", string(debug.Stack()), "request_id", r.id)
		r.fail(errPanic)
	}
}

// finish sends what is buffered and writes the line of the access log: the
// path without its query, which may hold a mailed secret.
func (r *request) finish() {
	r.response.flush()
	r.front.Traffic.note(r)
	level := r.front.Log.Debug
	switch {
	case r.response.status == statusClientLeft:
	case r.response.status >= http.StatusInternalServerError:
		level = r.front.Log.Error
	case r.failure != nil:
		level = r.front.Log.Info
	}
	attributes := []any{
		"method", r.Method, "path", r.URL.Path, "status", r.response.status,
		"took", r.front.Now().Sub(r.started), "address", r.origin.Address, "request_id", r.id,
	}
	if r.failure != nil {
		attributes = append(attributes, "failure", r.failure.Error())
	}
	if r.current != nil {
		attributes = append(attributes, "user_id", r.current.Actor.UserID)
	}
	level("request", attributes...)
}

// value is one field of the posted form, without the spaces around it.
func (r *request) value(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }

// secretValue is a field that is taken exactly as typed.
func (r *request) secretValue(name string) string { return r.PostForm.Get(name) }

func (r *request) fragment() bool { return r.Header.Get("HX-Request") == "true" }

// speaker speaks the language of the person logged in, or else of the browser. It
// is chosen once: who is logged in is known before the first sentence.
func (r *request) speaker() *language.Speaker {
	if r.spoken == nil {
		r.spoken = r.front.Catalogue.Speaker(r.languages()...)
	}
	return r.spoken
}

// languagesLimit bounds, in bytes, the wish for languages that is read: browsers
// send a tenth of it, and reading all that fits into the headers takes 10 ms.
const languagesLimit = 1024

func (r *request) languages() []string {
	var wanted []string
	if chosen := r.cookie(cookieLanguage); chosen != "" && len(chosen) <= languagesLimit {
		wanted = append(wanted, chosen)
	}
	if r.current != nil && r.current.Language != "" {
		wanted = append(wanted, r.current.Language)
	}
	if accepted := r.Header.Get("Accept-Language"); len(accepted) <= languagesLimit {
		wanted = append(wanted, accepted)
	}
	return wanted
}

// say speaks a sentence of this package's own catalogue; tests find a missing one.
func (r *request) say(key string, values ...any) string {
	sentence, err := r.speaker().Say(key, values...)
	if err != nil {
		r.front.Log.Error("sentence missing", "key", key, "error", err)
	}
	return sentence
}

// sayFault speaks the sentence of a refusal.
func (r *request) sayFault(code string, params map[string]any) string {
	sentence, err := r.speaker().SayWith("fault."+code, params)
	if err != nil {
		r.front.Log.Error("sentence missing", "key", "fault."+code, "error", err)
	}
	return sentence
}

// show answers with a page.
func (r *request) show(status int, view page.View) error {
	if err := r.front.Pages.Render(r.response, r.shell(), view); err != nil {
		return err // what is written of it, fail drops
	}
	r.response.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.response.Header().Add("Vary", "HX-Request")
	r.response.WriteHeader(status)
	return nil
}

// redirect leads on after a POST, as a whole page also from inside a dialog.
func (r *request) redirect(path string) error {
	if r.fragment() {
		r.response.Header().Set("HX-Redirect", path)
		r.response.WriteHeader(http.StatusOK)
		return nil
	}
	r.response.Header().Set("Location", path)
	r.response.WriteHeader(http.StatusSeeOther)
	return nil
}

// brand is what the portal is called for whoever is logged in.
func (r *request) brand() string {
	if r.current != nil && r.current.Brand.Name != "" {
		return r.current.Brand.Name
	}
	return r.front.Brand
}

// shell fills everything around a page.
func (r *request) shell() page.Shell {
	s := page.Shell{
		Language: r.speaker().Language(), Theme: r.theme(), Path: r.URL.RequestURI(),
		FormToken: r.newFormToken(), Fragment: r.fragment(), Development: r.front.Development, Console: r.front.console(),
	}
	if !s.Fragment {
		s.Flash = r.takeFlash()
	}
	if r.current == nil {
		return s
	}
	c := r.current
	s.OrganizationID, s.OrganizationName = c.Actor.OrganizationID, c.OrganizationName
	s.Viewer = page.Viewer{Name: c.Actor.Name, Email: c.Email}
	s.Brand, s.Support, s.Style = c.Brand.Name, c.Brand.SupportURL, styleOf(c.Brand)
	s.Modules = r.modules()
	if !under(r.URL.Path, "/protect") { // which asks for the same
		s.SecondFactorFrom = c.SecondFactorFrom
		s.SecondFactorOff = !c.SecondFactorOn && !r.remindedLater() && s.SecondFactorFrom.IsZero()
	}
	return s
}

func under(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// pathLimit bounds, in bytes, the way on that a cookie carries: browsers drop
// cookies over 4,096 bytes (ASVS 3.3.5).
const pathLimit = 1024

// samePage returns a path of this site to go on to, or the first page: never
// another host, whatever the text says.
func samePage(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > pathLimit || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(text, "\\\r\n\t") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
