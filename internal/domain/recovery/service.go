package recovery

import (
	"log/slog"
	"net/url"
	"time"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/platform/db"
	"idkit/internal/platform/job"
	"idkit/internal/platform/mail"
)

// How long a recovery takes.
const (
	// Wait is how long after the first letters somebody is invited at the earliest.
	Wait = rounds * day
	// Patience is how long after the start it ends by itself, approved or not.
	Patience = 7 * day
	// Seniority is how long before the start somebody must have been an operator to
	// approve it: an operator who invited another one for it waits that long, in
	// sight of all the others.
	Seniority = 7 * day
	// Pause is how long after an objection none is started for the organization.
	Pause = 7 * day

	day    = 24 * time.Hour
	rounds = 3 // of letters, each with a day after it, before somebody is invited
)

const (
	// absence is how long no Administrator was in the portal before a start.
	absence = day
	// startsInAMonth bounds how often one organization is written to.
	startsInAMonth = 3
	month          = 30 * day
)

const (
	// batchSize is how many letters one transaction puts into the outbox.
	batchSize = 100
	// letterPause is between two letters of a round, so that a reset link that
	// somebody waits for does not stand behind ten thousand of them.
	letterPause = 100 * time.Millisecond
	// lookEvery is how often the worker looks at what waits.
	lookEvery = 30 * time.Second
)

// linkObjection is the link in the letters to the users of an organization.
const linkObjection credential.LinkPurpose = "recovery_objection"

// The trail of a recovery, in the organization that it is about.
const (
	actionStarted  audit.Action = "recovery.started"
	actionTold     audit.Action = "recovery.told"
	actionApproved audit.Action = "recovery.approved"
	actionObjected audit.Action = "recovery.objected"
	actionStopped  audit.Action = "recovery.stopped"
	actionReturned audit.Action = "recovery.returned"
	actionLapsed   audit.Action = "recovery.lapsed"
	actionVoid     audit.Action = "recovery.void"
	actionInvited  audit.Action = "recovery.invited"
)

// Front is where one kind of people is written to: the users of clients at the
// portal, the operators at the console.
type Front struct {
	Outbox  *mail.Outbox
	BaseURL *url.URL // links are built from it and from nothing else
	Brand   string
}

// Options are what a Service stands on.
type Options struct {
	DB          *db.DB
	Invitations *invitation.Service // of the portal
	Portal      Front
	Console     Front
	Log         *slog.Logger
}

// Service carries out recoveries. Each exported method is one complete act; Job
// does what becomes due.
type Service struct {
	Options
	bell job.Bell
}

// New makes the service.
func New(o Options) *Service { return &Service{o, job.NewBell(1)} }
