package page

import "time"

// Theme is the person's choice of colours.
type Theme string

// The themes. ThemeSystem follows the device and is the default.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Shell is everything around a page that does not belong to the action itself. The handler fills it once per request.
type Shell struct {
	Language string // preferred language tag, such as "en"; the closest one of the catalogue is used
	Theme    Theme
	Path     string // path and query of this request, so that the theme and language forms can come back here

	// Brand and Support are those of the viewer's organization, empty for the installation's; Style is the path of the
	// style sheet with its colours, empty for none.
	Brand   string
	Support string
	Style   string

	OrganizationID   string // seeds the guilloche; empty before anybody is known
	OrganizationName string

	Viewer  Viewer
	Modules []Module // what the viewer's role opens, in the order of the navigation

	FormToken string // value of the hidden field "form_token" in every POST form
	Flash     *Flash // what the last POST did
	// SecondFactorOff shows the banner that asks to turn two-factor authentication on.
	SecondFactorOff bool
	// SecondFactorFrom is when the organization begins to require it, of a viewer who has none; zero where it does not.
	SecondFactorFrom time.Time

	// Fragment asks for the page's body alone, to be shown inside the dialog of the page that is already open.
	// Set it when the request carries "HX-Request: true".
	Fragment bool
	// Console says beside the brand, and in the colour of the frame, that this is the operator's console.
	Console bool
	// Development shows the strip that says so, with links to the mailbox and the gallery.
	Development bool
}

// Viewer is the person who is logged in. The zero Viewer is nobody.
type Viewer struct {
	Name  string
	Email string
}

// Module is one entry of the navigation, and of the list at home.
type Module struct {
	Icon    string // one of ModuleIcons
	Title   string // spoken: "Reports"
	What    string // spoken: what it is for, in one line
	Href    string
	Current bool
}

// Flash tells what the last POST did. It stays until the next navigation.
type Flash struct {
	Text   string // spoken sentence
	Action *Action
	// Problem says that the sentence tells what did not happen.
	Problem bool
}

// Action is a way on, offered beside a sentence.
type Action struct {
	Label string // spoken
	Href  string
	Post  bool // a form with one button instead of a link; it also carries this page's address as "back"
	// Values are further hidden fields of that form.
	Values []HiddenValue
}

// HiddenValue is a hidden field of a form.
type HiddenValue struct {
	Name, Value string
}

// ModuleIcons are the icons that a module can have: those of the sprite that stand for a thing rather than for an act.
func ModuleIcons() []string {
	return []string{
		"users", "editor", "remote_verify", "reports", "developer", "repository", "support", "audit", "settings",
		"mail", "key", "shield", "monitor", "phone", "inbox", "outside", "info", "clock", "user",
	}
}
