package page

import "time"

// NotMe is behind "This was not me" of the mail about a new device, posted to /not-me: field sure.
type NotMe struct {
	Email  string
	Device string // "Firefox on Windows"
	At     time.Time
	From   string // network address, and the place if it is known
	Sure   Field
}

func (v NotMe) describe() description {
	return description{
		template: "not_me", frame: frameEntry, title: "page.not_me.title",
		problems: problems("", named{"sure", v.Sure}),
	}
}

// NotMeDone says that the session is ended and a reset link is on its way.
type NotMeDone struct {
	Email string
}

func (v NotMeDone) describe() description {
	return description{template: "not_me_done", frame: frameEntry, title: "page.not_me_done.title"}
}

// LinkEnded is the dead link (410) of every mail but the invitation and the reset.
type LinkEnded struct {
	End LinkEnd
}

func (v LinkEnded) describe() description {
	return description{template: "link_ended", frame: frameEntry, title: v.End.title()}
}
