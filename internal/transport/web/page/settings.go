package page

import "time"

// Settings is the overview of what an organization has laid down.
type Settings struct {
	Security  SecurityPolicy
	Brand     string // name, empty for the installation's own
	Coloured  bool   // the brand has a colour
	Mail      MailState
	AuditHead string // address, empty for nowhere
}

func (v Settings) describe() description {
	return description{template: "settings", frame: framePortal, title: "page.settings.title"}
}

// SecurityPolicy is a security policy as the pages tell it.
type SecurityPolicy struct {
	SecondFactor string    // recommended, administrators or all
	From         time.Time // since when it is required; zero while it is recommended
	Password     int       // characters
	Idle         int       // minutes
	Session      int       // minutes
	Invitation   int       // hours
}

// SessionHours is Session where it is a number of whole hours, or zero.
func (p SecurityPolicy) SessionHours() int {
	if p.Session%60 != 0 {
		return 0
	}
	return p.Session / 60
}

// InvitationDays is Invitation where it is a number of whole days, or zero.
func (p SecurityPolicy) InvitationDays() int {
	if p.Invitation%24 != 0 {
		return 0
	}
	return p.Invitation / 24
}

// SettingsSecurity is the security policy, as it is.
type SettingsSecurity struct {
	Policy  SecurityPolicy
	Begun   bool // the requirement holds already
	Without int  // active users without a second factor
	Active  int  // active users
	MayEdit bool
}

func (v SettingsSecurity) describe() description {
	return description{template: "settings_security", frame: framePortal, title: "page.settings_security.title"}
}

// ChangeSecurity is posted to /settings/security/review: fields second_factor, from (a date), password, idle (minutes),
// session (minutes), invitation (hours).
type ChangeSecurity struct {
	SecondFactor Field
	From         Field
	Password     Field
	Idle         Field
	Session      Field
	Invitation   Field
	Idles        []Option
	Sessions     []Option
	Invitations  []Option
	Problem      string
}

func (v ChangeSecurity) describe() description {
	return description{
		template: "change_security", frame: framePortal, title: "page.change_security.title",
		problems: problems(v.Problem, named{"second_factor", v.SecondFactor}, named{"from", v.From}, named{"password", v.Password},
			named{"idle", v.Idle}, named{"session", v.Session}, named{"invitation", v.Invitation}),
	}
}

// SecurityReview says what a change would do. It is posted to /settings/security/change with the values of the form, or back
// to /settings/security/review with edit.
type SecurityReview struct {
	Before, After SecurityPolicy
	Holds         bool // the requirement holds as soon as it is saved
	Without       int  // people who must have a second factor then, and have none
	Self          bool // the viewer is one of them
	Letters       int  // how many of them are written to now
	Reminded      bool // and again, 3 days before
	SessionsOver  int
	PasswordBack  bool // the shortest password goes back to what it needs alone
	Values        []HiddenValue
}

func (v SecurityReview) describe() description {
	return description{template: "security_review", frame: framePortal, title: "page.security_review.title"}
}

// Obliges reports whether somebody must have a second factor, which they had not to before, or from another day on.
func (v SecurityReview) Obliges() bool {
	return v.After.SecondFactor != "recommended" && (v.After.SecondFactor != v.Before.SecondFactor || !v.After.From.Equal(v.Before.From))
}

// PasswordsAlone reports whether passwords that were chosen beside a second factor may be the only one then.
func (v SecurityReview) PasswordsAlone() bool {
	return v.Before.SecondFactor == "all" && v.Before.Password < 15 && v.After.SecondFactor != "all"
}

// Limits reports whether sessions live shorter or longer.
func (v SecurityReview) Limits() bool {
	return v.Before.Idle != v.After.Idle || v.Before.Session != v.After.Session
}

// SettingsBrand is posted to /settings/brand: fields name, light, dark, support.
type SettingsBrand struct {
	Name    Field
	Light   Field
	Dark    Field
	Support Field
	Looks   []BrandLook // how its colours look; none without a colour
	Problem string
	MayEdit bool
}

// BrandLook is a theme in the colours of a brand, each as "#7A1F5C".
type BrandLook struct {
	Theme   string // "light" or "dark"
	Surface string
	Accent  string // of links and buttons
	On      string // of the text on a button
}

func (v SettingsBrand) describe() description {
	return description{
		template: "settings_brand", frame: framePortal, title: "page.settings_brand.title",
		problems: problems(v.Problem, named{"name", v.Name}, named{"light", v.Light}, named{"dark", v.Dark}, named{"support", v.Support}),
	}
}

// SettingsAudit is where the head of the audit log is mailed, posted to /settings/audit: field address, empty for nowhere.
type SettingsAudit struct {
	Current     string // the address in force, empty for none
	Address     Field
	Next        time.Time
	Last        *Delivery // nil where none was sent yet
	MailMissing bool
	Problem     string
	MayEdit     bool
}

func (v SettingsAudit) describe() description {
	return description{
		template: "settings_audit", frame: framePortal, title: "page.settings_audit.title",
		problems: problems(v.Problem, named{"address", v.Address}),
	}
}
