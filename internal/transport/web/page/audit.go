package page

import (
	"strings"
	"time"
)

// Audit is the page /audit: what happened in the organization, the newest first. The address holds all of its state, see
// AuditQuery.
type Audit struct {
	Query AuditQuery
	// Who and Whom are the names of those that Query names by their ids.
	Who, Whom string
	Until     time.Time // the last day that is shown
	Groups    []Option  // what the select Action offers, in the order in which people look for it
	Events    []AuditEvent
	Page      Page
	MayExport bool // the page /audit/export
}

// AuditEvent is one line of the log.
type AuditEvent struct {
	Number  int64
	At      time.Time
	Text    string // spoken: "Sam Ito suspended Priya Shah"
	Address string // network address; may be empty
	Device  string // in words; may be empty
	Details []AuditDetail
	Request string // id of the request; empty for what the program did by itself
	Open    bool   // shows the details at once
}

// AuditDetail is one thing that the log keeps of an event.
type AuditDetail struct {
	Label   string // spoken: "Reason"
	Value   string
	Changed bool // from Before to Value
	Before  string
}

// AuditExport is the window /audit/export, which says how long the file will be.
type AuditExport struct {
	Query  AuditQuery
	Events int
}

func (v Audit) describe() description {
	return description{template: "audit", frame: framePortal, title: "page.audit.title"}
}

func (v AuditExport) describe() description {
	return description{template: "audit_export", frame: framePortal, title: "page.audit.export"}
}

// AddressGroups is the network address in the pieces between which a narrow line may break: those of IPv6 end in a colon.
func (e AuditEvent) AddressGroups() []string {
	if e.Address == "" {
		return nil
	}
	return strings.SplitAfter(e.Address, ":")
}

// EmptyKey names why nothing is shown.
func (v Audit) EmptyKey() string {
	if v.Query.Filtered() {
		return "match"
	}
	return "all"
}
