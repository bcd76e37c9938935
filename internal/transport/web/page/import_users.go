package page

import "time"

// ImportUsers is posted to /users/import as multipart: field file. A sample is at /users/import/sample.csv.
type ImportUsers struct {
	Problem string
	File    Field // Error tells what is wrong with the file as a whole
	Roles   []string
	Earlier []ImportSummary // newest first
	// MailMissing says that letters wait until mail is set up.
	MailMissing bool
}

// ImportHref is the page of one import, whatever its state. Its last word keeps it apart from /users/{id} and an act, which
// a path of three words would be as well.
func ImportHref(importID string) string { return "/users/import/" + importID + "/rows" }

// ImportState is how far an import has come.
type ImportState string

// The states of an import.
const (
	ImportChecked   ImportState = "checked" // nothing was sent
	ImportSending   ImportState = "sending"
	ImportPaused    ImportState = "paused"
	ImportFinished  ImportState = "finished"
	ImportStopped   ImportState = "stopped"   // some were sent, the rest is not
	ImportDiscarded ImportState = "discarded" // nothing was sent, and nothing will be
)

// ImportSummary is one import in the list of earlier ones.
type ImportSummary struct {
	ID    string
	File  string // name of the file, somebody's own words
	By    string // empty where they are gone
	At    time.Time
	State ImportState
	Sent  int // invitations
	Of    int // invitations that were to be sent
}

// Href is the page of the import.
func (s ImportSummary) Href() string { return ImportHref(s.ID) }

func (v ImportUsers) describe() description {
	return description{
		template: "import_users", frame: framePortal, title: "page.import_users.title",
		problems: problems(v.Problem, named{"file", v.File}),
	}
}
