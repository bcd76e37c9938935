package roster

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/job"
	"idkit/internal/platform/throttle"
)

// State is how far an import has come.
type State string

// The states; doc.go draws the ways between them.
const (
	Checked   State = "checked"
	Sending   State = "sending"
	Paused    State = "paused"
	Finished  State = "finished"
	Stopped   State = "stopped"
	Discarded State = "discarded"
)

// Cause is why an import ended by itself; empty for one that somebody ended, or
// that came to its end.
type Cause string

// The causes.
const (
	ImporterSuspended     Cause = "importer_suspended"
	ImporterDemoted       Cause = "importer_demoted" // lost the permission to invite
	ImporterDeleted       Cause = "importer_deleted"
	OrganizationSuspended Cause = "organization_suspended"
	NotContinued          Cause = "not_continued" // stayed paused
	NotStarted            Cause = "not_started"   // nothing was sent within a day of the check
)

const (
	// checkLifetime is how long an import waits to be started: what its verdicts
	// say about people grows old.
	checkLifetime = 24 * time.Hour
	// retention is how long its rows, with names and addresses, outlive its end.
	retention = 30 * 24 * time.Hour
)

// ErrNotFound is also the answer for another organization's import.
var ErrNotFound = fault.New(fault.NotFound, "roster.not_found")

// Options are what a Service stands on.
type Options struct {
	DB          *db.DB
	Invitations *invitation.Service
	Throttle    *throttle.Throttle
	Log         *slog.Logger
}

// Service carries out imports. Each exported method with an actor is one
// complete act or look; Job is the work in the background.
type Service struct {
	Options
	bell job.Bell
}

// New makes the service.
func New(o Options) *Service { return &Service{o, job.NewBell(1)} }

// Import is a file of people on its way.
type Import struct {
	OrganizationID string
	ID             string
	File           string // its name, somebody's own words
	State          State
	ImporterID     string // who checked, started or continued it last, and answers for its invitations; empty where they are gone
	ImporterName   string
	PausedBy       string // a name, empty while it is not paused
	CreatedAt      time.Time
	EndedAt        *time.Time
	Cause          Cause      // of the end
	ErasedAt       *time.Time // when its rows were erased
	RestsUntil     *time.Time // set while the limit of a day holds it up
	ToInvite       int        // rows by verdict
	Here           int
	Twice          int
	Wrong          int
	Invited        int // of ToInvite, what became of them
	Failed         int

	origin   access.Origin
	letterAt time.Time // when the newest of its letters may leave
}

// All is every row of the file.
func (i Import) All() int { return i.ToInvite + i.Here + i.Twice + i.Wrong }

// CheckEndsAt is until when the import can be started.
func (i Import) CheckEndsAt() time.Time { return i.CreatedAt.Add(checkLifetime) }

const importColumns = `SELECT organization_id, id, file_name, state, importer_id, importer_name, paused_by, created_at, ended_at, ended_because, erased_at, rests_until,
	to_invite, here, twice, wrong, invited, failed, address, user_agent, request_id, letter_at FROM imports `

func scanImport(row db.Row) (Import, error) {
	var i Import
	err := row.Scan(&i.OrganizationID, &i.ID, &i.File, &i.State, &i.ImporterID, &i.ImporterName, &i.PausedBy, &i.CreatedAt, &i.EndedAt, &i.Cause, &i.ErasedAt, &i.RestsUntil,
		&i.ToInvite, &i.Here, &i.Twice, &i.Wrong, &i.Invited, &i.Failed, &i.origin.Address, &i.origin.UserAgent, &i.origin.RequestID, &i.letterAt)
	return i, err
}

func find(ctx context.Context, tx *db.Tx, organizationID, importID string) (Import, error) {
	i, err := scanImport(tx.QueryRow(ctx, importColumns+`WHERE organization_id = $1 AND id = $2`, organizationID, importID))
	if errors.Is(err, db.ErrNoRow) {
		return Import{}, ErrNotFound
	}
	return i, err
}

// Get returns one import. Faults: access.ErrForbidden, ErrNotFound.
func (s *Service) Get(ctx context.Context, actor access.Actor, importID string) (i Import, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return Import{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		i, err = find(ctx, tx, actor.OrganizationID, importID)
		return err
	})
	return i, err
}

// listed is how many imports List returns at most.
const listed = 20

// List returns the newest imports of the organization. Fault: access.ErrForbidden.
func (s *Service) List(ctx context.Context, actor access.Actor) (imports []Import, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		imports, err = db.Collect(ctx, tx, scanImport, importColumns+`WHERE organization_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`,
			actor.OrganizationID, listed)
		return err
	})
	return imports, err
}

// endByItself ends an import that nobody ended, and says why in the trail.
func (i Import) endByItself(ctx context.Context, tx *db.Tx, state State, because Cause) error {
	if err := i.end(ctx, tx, state, because); err != nil {
		return err
	}
	action := map[State]audit.Action{Stopped: actionStopped, Discarded: actionDiscarded}[state]
	return i.note(ctx, tx, access.Installation(access.Origin{}), action+"."+audit.Action(because), i.progress())
}

// note writes what happened to the import into the trail.
func (i Import) note(ctx context.Context, tx *db.Tx, actor access.Actor, action audit.Action, details map[string]string) error {
	return audit.Record(ctx, tx, actor, audit.Event{
		OrganizationID: i.OrganizationID, Action: action, Target: audit.Target{Kind: "import", ID: i.ID, Name: i.File}, Details: details,
	})
}
