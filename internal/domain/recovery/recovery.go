package recovery

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// State of a recovery.
type State string

// The states. All but the first are its end; the chart is in doc.go.
const (
	Waiting  State = "waiting"
	Invited  State = "invited"
	Objected State = "objected"
	Stopped  State = "stopped"
	Returned State = "returned"
	Lapsed   State = "lapsed"
	Void     State = "void"
)

// Refusals that several acts share.
var (
	// ErrNoClient is the answer for an organization that is no client.
	ErrNoClient = fault.New(fault.NotFound, "recovery.no_client")
	// ErrNone is the answer for a recovery that never was.
	ErrNone = fault.New(fault.NotFound, "recovery.none")
	// ErrOver is the answer to an act on a recovery that has ended.
	ErrOver = fault.New(fault.Conflict, "recovery.over")
)

// Recovery is one try to give a client its first Administrator anew.
type Recovery struct {
	OrganizationID string
	ID             string
	State          State
	Reason         string // the starter's own words
	FirstName      string // of the person to invite
	LastName       string // may be empty
	Email          string
	Vendor         string // name
	StarterID      string // a user of the vendor
	Starter        string // full name
	ByCommand      bool   // at the command line of the host
	StartedAt      time.Time
	FirstToldAt    *time.Time // when everybody was told of the start; nil before
	OpensAt        *time.Time // when the invitation may leave; nil until the last of its days has begun
	LapsesAt       time.Time  // when it ends by itself, approved or not
	ApproverID     string     // empty before the approval
	Approver       string     // full name
	ApprovedAt     *time.Time
	EndedBy        string // full name; empty where it ended by itself
	EndedAt        *time.Time

	vendorID string
	letters  letters
}

// letters is how far the present round of letters has come.
type letters struct {
	round   int64 // from 0, and the letters about the end are one more
	over    bool  // the recovery has ended and everybody was told
	beganAt time.Time
	upTo    string     // the user whom the last letter of the round is for; they are told in the order of their ids
	at      time.Time  // when the newest of them may leave
	queued  *time.Time // when the last one was put into the outbox
	toldAt  *time.Time // when all of them had left, or were tried
}

// Invitee is the full name of the person to invite.
func (r Recovery) Invitee() string { return person.FullName(r.FirstName, r.LastName) }

// Earliest is when the invitation leaves at the earliest.
func (r Recovery) Earliest() time.Time {
	l := r.letters
	switch left := time.Duration(rounds - l.round); {
	case r.OpensAt != nil:
		return *r.OpensAt
	case l.toldAt != nil:
		return l.toldAt.Add(left * day)
	default:
		return l.beganAt.Add(left * day)
	}
}

// Telling reports whether letters of the present round have still to leave.
func (r Recovery) Telling() bool { return r.letters.toldAt == nil && !r.letters.over }

func (r Recovery) target() audit.Target {
	return audit.Target{Kind: "recovery", ID: r.ID, Name: r.Invitee()}
}

const columns = `SELECT organization_id, id, state, reason, first_name, last_name, email, vendor_id, vendor_name,
	started_by, starter_name, by_command, started_at, first_told_at, opens_at, lapses_at, approved_by, approver_name, approved_at,
	ended_by, ended_at, round, letters_over, round_began_at, told_up_to, letter_at, queued_at, told_at FROM recoveries `

func scan(row db.Row) (r Recovery, err error) {
	l := &r.letters
	err = row.Scan(&r.OrganizationID, &r.ID, &r.State, &r.Reason, &r.FirstName, &r.LastName, &r.Email, &r.vendorID, &r.Vendor,
		&r.StarterID, &r.Starter, &r.ByCommand, &r.StartedAt, &r.FirstToldAt, &r.OpensAt, &r.LapsesAt, &r.ApproverID, &r.Approver, &r.ApprovedAt,
		&r.EndedBy, &r.EndedAt, &l.round, &l.over, &l.beganAt, &l.upTo, &l.at, &l.queued, &l.toldAt)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNone
	}
	return r, err
}

// find returns a recovery of that organization. Fault: ErrNone.
func find(ctx context.Context, tx *db.Tx, organizationID, recoveryID string) (Recovery, error) {
	return scan(tx.QueryRow(ctx, columns+`WHERE organization_id = $1 AND id = $2`, organizationID, recoveryID))
}

// waiting is find for an act that a recovery must wait for. Faults: ErrNone, ErrOver.
func waiting(ctx context.Context, tx *db.Tx, organizationID, recoveryID string) (Recovery, error) {
	r, err := find(ctx, tx, organizationID, recoveryID)
	if err == nil && r.State != Waiting {
		err = ErrOver
	}
	return r, err
}

// findClient returns a client organization. Fault: ErrNoClient.
func findClient(ctx context.Context, tx *db.Tx, organizationID string) (organization.Organization, error) {
	o, err := organization.Get(ctx, tx, organizationID)
	if errors.Is(err, db.ErrNoRow) || err == nil && o.Kind != organization.Client {
		return organization.Organization{}, ErrNoClient
	}
	return o, err
}

// authorize begins an operator's act on a client: nobody else acts on either
// organization until it ends, and the operator may still do it.
// Faults: access.ErrForbidden, ErrNoClient; those of session.Recheck.
func authorize(ctx context.Context, tx *db.Tx, operator access.Actor, organizationID string) (access.Actor, organization.Organization, error) {
	if err := operator.RequireOperator(access.ClientsEdit); err != nil {
		return access.Actor{}, organization.Organization{}, err
	}
	if _, err := findClient(ctx, tx, organizationID); err != nil {
		return access.Actor{}, organization.Organization{}, err
	}
	if err := audit.Hold(ctx, tx, operator.OrganizationID, organizationID); err != nil {
		return access.Actor{}, organization.Organization{}, err
	}
	operator, err := session.Recheck(ctx, tx, operator)
	if err != nil {
		return access.Actor{}, organization.Organization{}, err
	}
	if err := operator.RequireOperator(access.ClientsEdit); err != nil {
		return access.Actor{}, organization.Organization{}, err
	}
	o, err := findClient(ctx, tx, organizationID) // as it is now that nobody changes it
	return operator, o, err
}

// View is a client with its newest recovery, as an operator sees it.
type View struct {
	OrganizationID string
	Organization   string // name
	Recovery       *Recovery
	MayApprove     bool         // the operator who looks
	Refusal        *fault.Fault // why not, where it waits for an approval
	NoStart        *fault.Fault // why that operator can start none now; nil also for whoever starts none at all
}

// Look returns a client and its newest recovery, if it ever had one.
// Faults: access.ErrForbidden, ErrNoClient.
func (s *Service) Look(ctx context.Context, operator access.Actor, organizationID string) (v View, err error) {
	if err := operator.RequireOperator(access.ClientsView); err != nil {
		return View{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := findClient(ctx, tx, organizationID)
		if err != nil {
			return err
		}
		v = View{OrganizationID: o.ID, Organization: o.Name}
		r, err := scan(tx.QueryRow(ctx, columns+`WHERE organization_id = $1 ORDER BY started_at DESC, id DESC LIMIT 1`, organizationID))
		if err != nil && !errors.Is(err, ErrNone) {
			return err
		}
		if err == nil {
			if r.State == Objected || r.State == Returned {
				r.EndedBy = "" // that is between the client's own people
			}
			v.Recovery = &r
		}
		if operator.RequireOperator(access.ClientsEdit) != nil {
			return nil
		}
		v.NoStart, err = refusalOf(mayStart(ctx, tx, operator, o))
		if err != nil || r.State != Waiting || r.ApprovedAt != nil {
			return err
		}
		v.Refusal, err = refusalOf(mayApprove(ctx, tx, operator, r))
		v.MayApprove = err == nil && v.Refusal == nil
		return err
	})
	return v, err
}

// refusalOf parts what stands against an act from what went wrong while it was looked for.
func refusalOf(err error) (*fault.Fault, error) {
	if refusal, refused := fault.Of(err); refused {
		return refusal, nil
	}
	return nil, err
}

// stillOperator reports whether a user of the vendor may still act on clients.
func stillOperator(ctx context.Context, tx *db.Tx, vendorID, userID string) (bool, error) {
	u, err := user.Find(ctx, tx, vendorID, userID)
	if errors.Is(err, user.ErrNotFound) {
		return false, nil
	}
	return err == nil && u.Status == user.Active && u.Permissions.Has(access.ClientsEdit), err
}
