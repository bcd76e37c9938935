package page

import "time"

// ImportProgress is the page ImportHref while invitations are sent. "Pause" posts to /users/import/{id}/pause,
// "Continue" to .../continue, "Do not send the rest" to .../discard. The page asks for itself again: without script by
// reloading, with it by a GET with HX-Request every two seconds, to which the same View with Shell.Fragment is the answer, and
// "HX-Redirect: /users/import/{id}/rows" once it is finished.
type ImportProgress struct {
	ID      string
	Problem string
	File    string
	Sent    int
	Failed  int // could not be invited after all
	Of      int
	Paused  bool
	By      string    // who paused it
	GoesOn  time.Time // it rests until then, because so many invitations a day are allowed; zero: it goes on now
}

// Href is this page.
func (v ImportProgress) Href() string { return ImportHref(v.ID) }

// Handled is how many are done with, one way or the other.
func (v ImportProgress) Handled() int { return v.Sent + v.Failed }

// Left is how many are still to be sent.
func (v ImportProgress) Left() int { return v.Of - v.Handled() }

// Running tells that the numbers are going to change soon.
func (v ImportProgress) Running() bool { return !v.Paused && v.GoesOn.IsZero() }

func (v ImportProgress) describe() description {
	d := description{
		template: "import_progress", frame: framePortal, title: "page.import_progress.title",
		problems: problems(v.Problem),
	}
	if v.Running() {
		d.refresh = 5
	}
	return d
}

// ImportResult is the page ImportHref after the last invitation. Its result as a file is at
// /users/import/{id}/result.csv.
type ImportResult struct {
	ID       string
	File     string
	By       string      // empty where they are gone
	At       time.Time   // of the end
	State    ImportState // ImportFinished, ImportStopped or ImportDiscarded
	Because  ImportCause // why it ended by itself; empty where it did not
	Erased   bool        // the rows are forgotten, and there is no file any more
	Sent     int
	Unsent   int // ImportStopped and ImportDiscarded: would have been invited
	Here     int
	Twice    int
	Wrong    int
	Failures []ImportFailure // could not be invited after all, at most 50
	Failed   int             // all of them
}

// ImportCause is why an import ended by itself.
type ImportCause string

// The causes.
const (
	ImportImporterSuspended     ImportCause = "importer_suspended"
	ImportImporterDemoted       ImportCause = "importer_demoted"
	ImportImporterDeleted       ImportCause = "importer_deleted"
	ImportOrganizationSuspended ImportCause = "organization_suspended"
	ImportNotContinued          ImportCause = "not_continued"
	ImportNotStarted            ImportCause = "not_started"
)

// ImportFailure is a row that turned out not to work when its turn came.
type ImportFailure struct {
	Line  int
	Name  string
	Email string
	Why   string // spoken
}

func (v ImportResult) describe() description {
	return description{template: "import_result", frame: framePortal, title: "page.import_result.title." + string(v.State)}
}
