package page

import "cmp"

// sheet is the data of every template: the page, what surrounds it, and what the renderer worked out.
type sheet struct {
	Shell
	View     View
	Brand    string
	Support  string
	Heading  string // the page's name, in the language of the page
	Title    string // "Users - Northwind - IDKit"
	Problems []Problem
	Typing   bool   // the focus belongs to a field, not to the problems
	Refresh  int    // seconds, without script
	Frame    string // portal, entry, print, tools or dialog
	Lang     string
	Dir      string // ltr or rtl
	Template string // which page it is
}

var frames = map[frame]string{framePortal: "portal", frameEntry: "entry", framePrint: "print", frameTools: "tools"}

func (r *Renderer) sheet(v voice, shell Shell, view View) (sheet, error) {
	d := view.describe()
	heading, err := v.say(d.title, d.params...)
	if err != nil {
		return sheet{}, err
	}
	title, err := r.title(v, shell, d, heading)
	if err != nil {
		return sheet{}, err
	}
	in := d.frame
	if in == frameEither {
		in = frameEntry
		if shell.Viewer != (Viewer{}) {
			in = framePortal
		}
	}
	name := frames[in]
	if shell.Fragment {
		name = "dialog"
	}
	return sheet{
		Shell: shell, View: view, Brand: r.brand(shell), Support: cmp.Or(shell.Support, r.options.SupportURL),
		Heading: string(heading), Title: title, Problems: d.problems, Typing: d.typing, Refresh: d.refresh, Frame: name,
		Lang: v.speaker.Language(), Dir: direction(v.speaker.Language()), Template: d.template,
	}, nil
}

// brand is the name at the top.
func (r *Renderer) brand(s Shell) string { return cmp.Or(s.Brand, r.options.Brand) }

// title is "Users - Northwind - IDKit", after "Error: " when something has to be put right and after "Done: " when
// the last POST worked.
func (r *Renderer) title(v voice, shell Shell, d description, heading spoken) (string, error) {
	key, parts := "page.title.plain", []any{"Page", string(heading), "Brand", r.brand(shell)}
	switch {
	case shell.Console:
		front, err := v.say("page.console.name")
		if err != nil {
			return "", err
		}
		key, parts = "page.title.client", append(parts, "Client", string(front))
	case shell.OrganizationName != "":
		key, parts = "page.title.client", append(parts, "Client", shell.OrganizationName)
	}
	title, err := v.speaker.Say(key, parts...)
	if err != nil {
		return "", err
	}
	switch {
	case len(d.problems) > 0, shell.Flash != nil && shell.Flash.Problem:
		return v.speaker.Say("page.title.error", "Title", title)
	case shell.Flash != nil:
		return v.speaker.Say("page.title.done", "Title", title)
	}
	return title, nil
}

// direction of the languages that are written from right to left, by primary subtag.
func direction(lang string) string {
	switch lang {
	case "ar", "fa", "he", "ur":
		return "rtl"
	}
	return "ltr"
}
