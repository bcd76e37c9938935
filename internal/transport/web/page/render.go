package page

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"idkit/internal/platform/language"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Options are what all pages of one installation share.
type Options struct {
	Catalogue  *language.Catalogue
	Brand      string // name of the portal, "IDKit" by default
	SupportURL string // http, https or mailto address behind "Support"; empty leads to /support
}

// Renderer turns a Shell and a View into a page. It is safe for concurrent use.
type Renderer struct {
	options Options
	assets  *Assets

	mu    sync.Mutex
	rooms map[string]*room // by language
}

// room is everything that speaks one language: the templates, bound to its words.
type room struct {
	templates *template.Template
	voice     voice
}

// New parses and escapes every template, so that a broken one stops the start instead of a request.
func New(o Options) (*Renderer, error) {
	if o.Brand == "" {
		o.Brand = "IDKit"
	}
	if o.SupportURL == "" {
		o.SupportURL = "/support"
	}
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	r := &Renderer{options: o, assets: assets, rooms: map[string]*room{}}
	for _, tag := range o.Catalogue.Languages() {
		if _, err := r.room(tag); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Assets returns the files to serve under /static/.
func (r *Renderer) Assets() *Assets { return r.assets }

// Render writes one page, or with Shell.Fragment its body alone. When it fails, a part may stand there, for the caller to drop.
func (r *Renderer) Render(w io.Writer, shell Shell, view View) error {
	room, err := r.room(shell.Language)
	if err != nil {
		return err
	}
	s, err := r.sheet(room.voice, shell, view)
	if err != nil {
		return err
	}
	if err := room.templates.ExecuteTemplate(w, dispatcher, s); err != nil {
		return fmt.Errorf("rendering %s: %w", s.Template, err)
	}
	return nil
}

// room returns the templates that speak the language closest to the wanted one.
func (r *Renderer) room(wanted string) (*room, error) {
	speaker := r.options.Catalogue.Speaker(wanted)
	r.mu.Lock()
	defer r.mu.Unlock()
	if found, ok := r.rooms[speaker.Language()]; ok {
		return found, nil
	}
	made := &room{voice: voice{speaker: speaker, assets: r.assets}}
	parsed, err := template.New("").Option("missingkey=error").Funcs(made.voice.functions()).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the pages: %w", err)
	}
	if err := made.voice.sayConstants(parsed); err != nil {
		return nil, fmt.Errorf("speaking the pages: %w", err)
	}
	if err := finish(parsed); err != nil {
		return nil, err
	}
	made.templates = parsed
	r.rooms[speaker.Language()] = made
	return made, nil
}

// dispatcher is the template through which all pages are executed.
const dispatcher = "page"

// finish adds the dispatcher and runs the contextual escaping of every page now; html/template would do it at the first
// execution of each, and works long when it meets many templates one by one. Executing without data fails at once,
// but only after the escaping.
func finish(t *template.Template) error {
	var source strings.Builder
	for _, file := range t.Templates() {
		if name, isPage := strings.CutSuffix(file.Name(), ".html"); isPage && t.Lookup(name) != nil {
			fmt.Fprintf(&source, "{{if eq .Template %q}}{{template %q .}}{{end}}", name, name)
		}
	}
	if _, err := t.New(dispatcher).Parse(source.String()); err != nil {
		return fmt.Errorf("listing the pages: %w", err)
	}
	var broken *template.Error
	if err := t.ExecuteTemplate(io.Discard, dispatcher, nil); errors.As(err, &broken) {
		return fmt.Errorf("escaping the pages: %w", broken)
	}
	return nil
}
