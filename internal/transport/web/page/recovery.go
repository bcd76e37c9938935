package page

import (
	"path"
	"time"
)

// Recovering is what every page of a recovery tells: whose, for whom, and why.
type Recovering struct {
	ClientID  string
	Client    string // name
	Person    string // to be invited, full name
	Email     string // of that person
	Reason    string // the starter's own words
	Starter   string // full name
	Vendor    string // name
	ByCommand bool   // started at the command line of the host
}

// Path is where the window of an act on the recovery is posted.
func (r Recovering) Path(act string) string { return RecoveryHref(r.ClientID, act) }

// RecoveryHref is the address of the page of a client's recovery, with a further word that of an act on it.
func RecoveryHref(clientID, act string) string {
	return ClientHref(clientID, path.Join("recovery", act), "")
}

// RecoveryStep is one line of the timeline.
type RecoveryStep struct {
	What string // of the sentences under page.recovery.step
	Who  string // full name; empty where nobody did it
	At   time.Time
}

// Recovery is the state of a client's newest recovery, at the console. POST /clients/{id}/recovery/stop carries the
// field recovery.
type Recovery struct {
	Recovering
	ID       string
	State    string // of the sentences under page.recovery.state
	Steps    []RecoveryStep
	Earliest time.Time // when the invitation may leave
	Lapses   time.Time
	Waits    bool // it is under way
	Telling  bool // letters of the present round have still to leave
	// MayApprove offers the approval, MayStop the stop and MayStart, after the end, the start of another one.
	MayApprove, MayStop, MayStart bool
	// NoApproval says why the viewer cannot approve; spoken, empty where nothing is to be said.
	NoApproval string
	// NoStart says why the viewer can start no other one now; likewise.
	NoStart string
}

func (v Recovery) describe() description {
	return description{template: "recovery", frame: framePortal, title: "page.recovery.title", params: []any{"Client", v.Client}}
}

// StartRecovery is posted to /clients/{id}/recovery/new: fields first_name, last_name, email, reason.
type StartRecovery struct {
	ClientID                           string
	Client                             string // name
	FirstName, LastName, Email, Reason Field
	Problem                            string
	Refused                            string // spoken: why none can be started now, instead of the form
}

func (v StartRecovery) describe() description {
	return description{
		template: "start_recovery", frame: framePortal, title: "page.start_recovery.title", params: []any{"Client", v.Client},
		problems: problems(v.Problem, named{"first_name", v.FirstName}, named{"last_name", v.LastName}, named{"email", v.Email}, named{"reason", v.Reason}),
	}
}

// Action is where the form is posted.
func (v StartRecovery) Action() string { return RecoveryHref(v.ClientID, "new") }

// ApproveRecovery is the question before an approval, posted to /clients/{id}/recovery/approve: fields recovery, sure.
type ApproveRecovery struct {
	Recovering
	ID       string
	Earliest time.Time
	Sure     Field
}

func (v ApproveRecovery) describe() description {
	return description{
		template: "approve_recovery", frame: framePortal, title: "page.approve_recovery.title",
		problems: problems("", named{"sure", v.Sure}),
	}
}

// ObjectRecovery is behind "Object" in the letters about a recovery, posted to /recovery/object: field sure.
type ObjectRecovery struct {
	Recovering
	Earliest time.Time
	Approver string // full name; empty before the approval
	Sure     Field
}

func (v ObjectRecovery) describe() description {
	return description{
		template: "object_recovery", frame: frameEntry, title: "page.object_recovery.title",
		problems: problems("", named{"sure", v.Sure}),
	}
}

// RecoveryOver says how a recovery ended, to whoever follows the link in a letter about it.
type RecoveryOver struct {
	Recovering
	State string // of the sentences under page.recovery_over
	Yours bool   // the viewer's own objection has just ended it
}

func (v RecoveryOver) describe() description {
	return description{template: "recovery_over", frame: frameEntry, title: "page.recovery_over.title." + v.State}
}
