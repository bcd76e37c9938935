package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/secret"
	"idkit/internal/transport/web/page"
)

// The cookies. Except by plain http each gets the __Host- prefix, which ties it
// to this host, to HTTPS and to all paths (ASVS 3.3.1).
const (
	cookieSession  = "idkit_session"
	cookieHalf     = "idkit_login"   // a log-in whose password is proven
	cookieBrowser  = "idkit_browser" // accounts that this browser has logged in to
	cookieNext     = "idkit_next"    // where the log-in, or a new second factor, leads to in the end
	cookieFirstRun = "idkit_first"   // the first Administrator has steps of the first run ahead
	cookieLink     = "idkit_link"    // a mailed link on its way through its pages
	cookieFlash    = "idkit_flash"
	cookieTheme    = "idkit_theme"
	cookieLanguage = "idkit_language"
	cookieLater    = "idkit_later" // "Remind me in 7 days"
)

const (
	browserMemory = 400 * 24 * time.Hour
	linkMemory    = time.Hour
	reminderPause = 7 * 24 * time.Hour
)

// cookieName keeps the cookies of the console apart: a port does not, where both
// fronts are reached at one host (ASVS 3.5.4).
func (r *request) cookieName(name string) string {
	if r.front.Kind == organization.Vendor {
		name = strings.Replace(name, "idkit_", "idkit_operator_", 1)
	}
	if r.front.Plain {
		return name
	}
	return "__Host-" + name
}

// setCookie sets a cookie for this host; without a lifetime it ends with the browser.
func (r *request) setCookie(name, value string, lifetime time.Duration) {
	http.SetCookie(r.response, &http.Cookie{
		Name: r.cookieName(name), Value: value, Path: "/", MaxAge: int(lifetime / time.Second),
		Secure: !r.front.Plain, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (r *request) dropCookie(name string) {
	if r.cookie(name) == "" {
		return
	}
	r.setCookie(name, "", -time.Second)
}

func (r *request) cookie(name string) string {
	c, err := r.Cookie(r.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (r *request) theme() page.Theme {
	switch theme := page.Theme(r.cookie(cookieTheme)); theme {
	case page.ThemeLight, page.ThemeDark:
		return theme
	}
	return page.ThemeSystem
}

func (r *request) remindedLater() bool { return r.cookie(cookieLater) != "" }

// startSession hands the new session to the browser; the steps before it are over.
func (r *request) startSession(token secret.Token) {
	r.setCookie(cookieSession, token.Reveal(), 0)
	r.dropCookie(cookieHalf)
}

// flash is what the next page tells about this act.
type flash struct {
	Key     string         `json:"k"`
	Values  map[string]any `json:"v,omitempty"`
	Action  string         `json:"a,omitempty"` // sentence of a way on
	Href    string         `json:"h,omitempty"`
	Fields  []string       `json:"f,omitempty"` // names and values in turn of a form that is posted there, instead of a link
	Problem bool           `json:"p,omitempty"` // it tells what did not happen
}

const flashPurpose = "flash"

// setFlash keeps the message in a signed cookie until the next page.
func (r *request) setFlash(f flash) {
	text, err := json.Marshal(f)
	if err != nil {
		r.front.Log.Error("flash", "error", err)
		return
	}
	r.setCookie(cookieFlash, r.front.Keyring.Sign(flashPurpose, text), time.Minute)
}

// takeFlash speaks the message of the last act, once.
func (r *request) takeFlash() *page.Flash {
	value := r.cookie(cookieFlash)
	if value == "" {
		return nil
	}
	r.dropCookie(cookieFlash)
	text, ok := r.front.Keyring.Verify(flashPurpose, value)
	if !ok {
		return nil
	}
	f, err := readFlash(text)
	if err != nil {
		return nil
	}
	sentence, err := r.speaker().SayWith(f.Key, f.Values)
	if err != nil {
		r.front.Log.Error("sentence missing", "key", f.Key, "error", err)
		return nil
	}
	spoken := &page.Flash{Text: sentence, Problem: f.Problem}
	if f.Href != "" {
		spoken.Action = &page.Action{Label: r.say(f.Action), Href: f.Href, Post: len(f.Fields) > 0}
		for i := 1; i < len(f.Fields); i += 2 {
			spoken.Action.Values = append(spoken.Action.Values, page.HiddenValue{Name: f.Fields[i-1], Value: f.Fields[i]})
		}
	}
	return spoken
}

// readFlash keeps the digits of numbers as they are: a count that became a float
// has no plural.
func readFlash(text []byte) (f flash, err error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	if err := in.Decode(&f); err != nil {
		return flash{}, err
	}
	for name, value := range f.Values {
		if n, ok := value.(json.Number); ok {
			f.Values[name] = n.String()
		}
	}
	return f, nil
}
