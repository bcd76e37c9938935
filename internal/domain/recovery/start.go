package recovery

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
)

// Refusals of a start.
var (
	// ErrSuspended refuses a client that is suspended, or whose trial is over. Its Administrators could not
	// come back to show that they are there, and whom it invites could not get in.
	ErrSuspended = fault.New(fault.Conflict, "recovery.suspended")
	// ErrUnderWay says that a recovery of the client waits already.
	ErrUnderWay = fault.New(fault.Conflict, "recovery.under_way")
	// ErrObjected says that one was objected to within Pause. Params: Count, the days until the next.
	ErrObjected = fault.New(fault.Conflict, "recovery.objected_before")
	// ErrTooOften says that the users were written to about others within 30 days. Params: Maximum.
	ErrTooOften = fault.New(fault.Conflict, "recovery.too_often").With("Maximum", startsInAMonth)
	// ErrNobodyJoined says that there is nobody yet who could have been an
	// Administrator, or who could object: the first invitation is sent again instead.
	ErrNobodyJoined = fault.New(fault.Conflict, "recovery.nobody_joined")
	// ErrAdministratorThere says that an Administrator was in the portal within a day.
	ErrAdministratorThere = fault.New(fault.Conflict, "recovery.administrator_there")
	// ErrNobodyApproves says that there is no second operator.
	ErrNobodyApproves = fault.New(fault.Conflict, "recovery.nobody_approves").With("Days", int(Seniority/day))
	// ErrNoOperator is the answer to an address that is no active operator's.
	ErrNoOperator = fault.New(fault.Invalid, "recovery.no_operator")
	// ErrReasonMissing says that the users are not told why.
	ErrReasonMissing = fault.New(fault.Invalid, "recovery.reason_missing")
	// ErrAlreadyUser refuses somebody who is a user of the client: a recovery changes
	// nobody's role. They are invited with another address.
	ErrAlreadyUser = fault.New(fault.Invalid, "recovery.already_user")
)

// Draft is what an operator fills in.
type Draft struct {
	OrganizationID string
	FirstName      string
	LastName       string // may be empty
	Email          string
	Reason         string // everybody who is written to reads it
}

// Start begins a recovery: all users and all operators are written to.
//
// Faults: access.ErrForbidden, ErrNoClient; fields first_name, last_name, email
// (also ErrAlreadyUser), reason; ErrSuspended, ErrUnderWay, ErrObjected,
// ErrTooOften, ErrNobodyJoined, ErrAdministratorThere, ErrNobodyApproves; those
// of session.Recheck.
func (s *Service) Start(ctx context.Context, operator access.Actor, d Draft) (r Recovery, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		r, err = s.start(ctx, tx, operator, d, false)
		return err
	})
	return r, err
}

// StartByCommand is Start at the command line of the host, in the name of the
// operator with that address, who cannot approve it then.
// Faults: those of Start, and field as.
func (s *Service) StartByCommand(ctx context.Context, as string, d Draft) (r Recovery, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		operator, err := operatorOf(ctx, tx, as)
		if err != nil {
			return err
		}
		r, err = s.start(ctx, tx, operator, d, true)
		return err
	})
	return r, err
}

// operatorOf is the active operator with that address. Fault: field as.
func operatorOf(ctx context.Context, tx *db.Tx, email string) (access.Actor, error) {
	refusal := fault.InvalidFields(ErrNoOperator.At("as"))
	parsed, err := person.ParseEmail(email)
	if err != nil {
		return access.Actor{}, refusal
	}
	vendor, err := organization.OfVendor(ctx, tx)
	if errors.Is(err, db.ErrNoRow) {
		return access.Actor{}, refusal
	}
	if err != nil {
		return access.Actor{}, err
	}
	u, err := user.Scan(tx.QueryRow(ctx, user.Columns+`WHERE u.organization_id = $1 AND u.email_key = $2 AND u.status = 'active'`, vendor.ID, parsed.Key))
	if errors.Is(err, db.ErrNoRow) || err == nil && !u.Permissions.Has(access.ClientsEdit) {
		return access.Actor{}, refusal
	}
	return access.Actor{
		Kind: access.KindOperator, OrganizationID: vendor.ID, UserID: u.ID, AccountID: u.AccountID, Name: u.Name(), Permissions: u.Permissions,
	}, err
}

func (s *Service) start(ctx context.Context, tx *db.Tx, operator access.Actor, d Draft, byCommand bool) (Recovery, error) {
	operator, client, err := authorize(ctx, tx, operator, d.OrganizationID)
	if err != nil {
		return Recovery{}, err
	}
	if err := mayStart(ctx, tx, operator, client); err != nil {
		return Recovery{}, err
	}
	r, email, err := check(ctx, tx, d)
	if err != nil {
		return Recovery{}, err
	}
	vendor, err := organization.Get(ctx, tx, operator.OrganizationID)
	if err != nil {
		return Recovery{}, err
	}
	r.vendorID, r.Vendor, r.StarterID, r.Starter, r.ByCommand = vendor.ID, vendor.Name, operator.UserID, operator.Name, byCommand
	r.State, r.StartedAt, r.LapsesAt, r.letters.beganAt = Waiting, tx.Now, tx.Now.Add(Patience), tx.Now
	if err := insert(ctx, tx, r); err != nil {
		return Recovery{}, err
	}
	if err := s.tellOperators(ctx, tx, r, mail.KindOperatorRecoveryStarted); err != nil {
		return Recovery{}, err
	}
	tx.AfterCommit(s.bell.Ring)
	details := map[string]string{"email": email.Address, "reason": r.Reason}
	if byCommand {
		details["at"] = "command_line"
	}
	return r, audit.Record(ctx, tx, operator.Of(vendor.Name), audit.Event{
		OrganizationID: r.OrganizationID, Action: actionStarted, Target: r.target(), Details: details,
	})
}

// mayStart says what stands against a start by that operator, whoever is to be invited.
func mayStart(ctx context.Context, tx *db.Tx, operator access.Actor, client organization.Organization) error {
	if !client.Open(tx.Now) {
		return ErrSuspended
	}
	earlier, err := db.Collect(ctx, tx, scan, columns+`WHERE organization_id = $1 AND (state = 'waiting' OR started_at > $2)`,
		client.ID, tx.Now.Add(-month))
	if err != nil {
		return err
	}
	for _, r := range earlier {
		if r.State == Waiting {
			return ErrUnderWay
		}
		if r.State == Objected && tx.Now.Before(r.EndedAt.Add(Pause)) {
			return ErrObjected.With("Count", int((r.EndedAt.Add(Pause).Sub(tx.Now)+day-1)/day))
		}
	}
	if len(earlier) >= startsInAMonth {
		return ErrTooOften
	}
	var joined bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE organization_id = $1 AND status <> 'invited')`, client.ID).Scan(&joined); err != nil {
		return err
	}
	if !joined {
		return ErrNobodyJoined
	}
	seen, err := administratorSince(ctx, tx, client.ID, tx.Now.Add(-absence))
	if err != nil {
		return err
	}
	if seen != "" {
		return ErrAdministratorThere
	}
	others, err := approvers(ctx, tx, Recovery{vendorID: operator.OrganizationID, StarterID: operator.UserID, StartedAt: tx.Now})
	if err == nil && others == 0 {
		err = ErrNobodyApproves
	}
	return err
}

// administratorSince names an active Administrator who was in the portal after a
// moment; empty where none was.
func administratorSince(ctx context.Context, tx *db.Tx, organizationID string, since time.Time) (name string, err error) {
	u, err := user.Scan(tx.QueryRow(ctx, user.Columns+`
		WHERE u.organization_id = $1 AND r.kind = 'administrator' AND u.status = 'active' AND u.last_active_at > $2 ORDER BY u.last_active_at DESC LIMIT 1`,
		organizationID, since))
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return u.Name(), err
}

// check looks at every field, so that the form can show all mistakes at once.
func check(ctx context.Context, tx *db.Tx, d Draft) (Recovery, person.Email, error) {
	r := Recovery{OrganizationID: d.OrganizationID, ID: id.New("rec")}
	var bad person.Fields
	r.FirstName = bad.Name("first_name", d.FirstName, true)
	r.LastName = bad.Name("last_name", d.LastName, false)
	email := bad.Email("email", d.Email)
	r.Email = email.Address
	var taken bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE organization_id = $1 AND email_key = $2)`, d.OrganizationID, email.Key).Scan(&taken); err != nil {
		return Recovery{}, person.Email{}, err
	}
	if taken {
		bad.Add("email", ErrAlreadyUser)
	}
	reason, err := person.CheckReason(d.Reason)
	switch unfit, refused := fault.Of(err); {
	case refused:
		bad.Bad = append(bad.Bad, unfit.Fields...)
	case reason == "":
		bad.Add("reason", ErrReasonMissing)
	}
	r.Reason = reason
	return r, email, bad.Fault()
}

func insert(ctx context.Context, tx *db.Tx, r Recovery) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO recoveries (organization_id, id, state, reason, first_name, last_name, email, vendor_id, vendor_name,
			started_by, starter_name, by_command, started_at, lapses_at, approved_by, approver_name, ended_by,
			round, round_began_at, told_up_to, letter_at, letters_over)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', '', '', 0, $13, '', $13, $15)`,
		r.OrganizationID, r.ID, string(r.State), r.Reason, r.FirstName, r.LastName, r.Email, r.vendorID, r.Vendor,
		r.StarterID, r.Starter, r.ByCommand, r.StartedAt, r.LapsesAt, false)
	return err
}
