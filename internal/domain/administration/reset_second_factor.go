package administration

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
)

// How long a reset waits for its second half, from when it was asked for. The
// code is part of a conversation; an Administrator may be away for a day.
const (
	CodeLifetime     = time.Hour
	ApprovalLifetime = 24 * time.Hour
)

// Refusals of a reset of a second factor.
var (
	// ErrFactorNotHere says that the second factor is not this organization's
	// alone to take away. It does not say whose else it is. Params: Name.
	ErrFactorNotHere = fault.New(fault.Conflict, "administration.second_factor_not_here")
	// ErrNobodyApproves says that a second Administrator is needed, and that there
	// is none. Params: Organization.
	ErrNobodyApproves = fault.New(fault.Conflict, "administration.nobody_approves")
	// ErrFactorResetGone says that the reset has ended: it was finished, withdrawn,
	// refused or replaced, its time ran out, or something changed that it stood on.
	ErrFactorResetGone = fault.New(fault.Conflict, "administration.second_factor_reset_gone")
)

// FactorResetWait is what a reset that was begun waits for.
type FactorResetWait string

// What a reset can wait for.
const (
	WaitsForCode     FactorResetWait = "code"     // its owner reads a mailed code out to the administrator
	WaitsForApproval FactorResetWait = "approval" // a second Administrator agrees
)

// FactorReset is a reset of a second factor that was begun and not finished.
//
// For most users the right code finishes it, or, where the mailbox is lost too,
// the approval of a second Administrator alone. For an Administrator the approval
// is always needed, with or without a code. Who approves is an active
// Administrator, neither who asked nor whom it is about, and was asked: whoever
// became one later could be a second account of who asked.
//
// It stands on what it was begun with. It ends when its time is over, when who
// asked is suspended, gets another role or loses the right to ask, and when the
// user does, or changes address, password or second factor.
type FactorReset struct {
	AskedByID  string
	AskedBy    string // full name
	WaitsFor   FactorResetWait
	CodeProven bool // the code from the mailbox was right
	AskedAt    time.Time
	EndsAt     time.Time

	id       string
	letterID *string
	codeHash []byte
	tries    int
	askedOf  []string // user ids of who may approve
}

// AskedOf reports whether somebody was asked to approve it.
func (r FactorReset) AskedOf(userID string) bool { return slices.Contains(r.askedOf, userID) }

// FactorResetView is how the reset of a user's second factor stands to an
// administrator who looks.
type FactorResetView struct {
	Preview
	Open          *FactorReset // nil when none was begun
	NeedsApproval bool         // a right code is not enough
	MayAsk        bool         // there is a second Administrator to approve
	MayApprove    bool         // the viewer is one, and was asked
}

// SecondFactorReset returns how the reset of a user's second factor stands. With
// a refusal that is about the user, what is known of them comes along.
//
// Faults: access.ErrForbidden, user.ErrNotFound; ErrOwnAccess, ErrHoldsMore;
// ErrNotJoined, ErrSetActiveFirst, credential.ErrNoSecondFactor,
// ErrFactorNotHere, ErrNobodyApproves.
func (s *Service) SecondFactorReset(ctx context.Context, actor access.Actor, userID string) (v FactorResetView, err error) {
	if err := actor.Require(access.UsersResetPassword); err != nil {
		return FactorResetView{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if v.Preview, err = preview(ctx, tx, actor, userID); err != nil {
			return err
		}
		v.Ends.Invitations = 0 // those go on
		if err := mayActOn(actor, v.User); err != nil {
			return err
		}
		if err := requireResettable(ctx, tx, v.User); err != nil {
			return err
		}
		viewer, err := user.Find(ctx, tx, actor.OrganizationID, actor.UserID)
		if err != nil {
			return err
		}
		others, err := approvers(ctx, tx, v.User, actor.UserID)
		if err != nil {
			return err
		}
		v.NeedsApproval, v.MayAsk = isAdministrator(v.User), len(others) > 0
		if v.Open, err = begunFor(ctx, tx, v.User); err != nil {
			return err
		}
		mine := v.Open != nil && v.Open.AskedByID == viewer.ID
		v.MayApprove = v.Open != nil && v.Open.WaitsFor == WaitsForApproval && v.Open.AskedOf(viewer.ID) && isAdministrator(viewer)
		if v.NeedsApproval && !v.MayAsk && !v.MayApprove && !mine {
			return nobodyApproves(ctx, tx, v.User)
		}
		return nil
	})
	return v, err
}

// begunFor returns the reset that was begun for a user, or nil.
func begunFor(ctx context.Context, tx *db.Tx, u user.User) (*FactorReset, error) {
	open, err := openFactorReset(ctx, tx, u)
	if errors.Is(err, ErrFactorResetGone) {
		return nil, nil
	}
	return &open, err
}

// requireResettable refuses what no way leads to.
// Faults: ErrNotJoined, ErrSetActiveFirst, credential.ErrNoSecondFactor, ErrFactorNotHere.
func requireResettable(ctx context.Context, tx *db.Tx, u user.User) error {
	if err := requireActive(u); err != nil {
		return err
	}
	if !u.SecondFactorOn {
		return credential.ErrNoSecondFactor
	}
	elsewhere, err := belongsElsewhere(ctx, tx, u)
	if err == nil && elsewhere {
		err = ErrFactorNotHere.With("Name", u.Name())
	}
	return err
}

// resettable opens an act of a reset: the guard, the account held, and a user
// whose second factor can be reset here.
// Faults: those of subject and of requireResettable.
func resettable(ctx context.Context, tx *db.Tx, actor access.Actor, userID string) (user.User, error) {
	u, err := subject(ctx, tx, actor, access.UsersResetPassword, userID)
	if err != nil {
		return user.User{}, err
	}
	if err := takeAccount(ctx, tx, u.AccountID); err != nil {
		return user.User{}, err
	}
	return u, requireResettable(ctx, tx, u)
}

// approvers are the active Administrators who may approve what somebody asks for
// a user. An Administrator holds everything that the user can hold.
func approvers(ctx context.Context, tx *db.Tx, u user.User, askedBy string) ([]user.User, error) {
	return db.Collect(ctx, tx, user.Scan, user.Columns+`
		WHERE u.organization_id = $1 AND r.kind = 'administrator' AND u.status = 'active' AND u.id <> $2 AND u.id <> $3 ORDER BY u.id`,
		u.OrganizationID, u.ID, askedBy)
}

func nobodyApproves(ctx context.Context, tx *db.Tx, u user.User) error {
	o, err := organization.Get(ctx, tx, u.OrganizationID)
	if err != nil {
		return err
	}
	return ErrNobodyApproves.With("Organization", o.Name)
}

// openFactorReset reads the reset that was begun for a user, if it still stands
// on what it was begun with. Fault: ErrFactorResetGone.
func openFactorReset(ctx context.Context, tx *db.Tx, u user.User) (FactorReset, error) {
	var r FactorReset
	var askedOf string
	err := tx.QueryRow(ctx, `SELECT r.id, r.asked_by, r.waits_for, r.asked_at, r.ends_at, r.letter_id, r.code_hash, r.tries, r.code_proven, r.asked_of
		FROM second_factor_resets r
		JOIN accounts a ON a.id = $3 AND a.email_key = r.email_key AND a.password_changed_at = r.password_changed_at
		JOIN second_factors f ON f.account_id = a.id AND f.created_at = r.factor_created_at
		WHERE r.organization_id = $1 AND r.user_id = $2 AND r.ends_at > $4`, u.OrganizationID, u.ID, u.AccountID, tx.Now).
		Scan(&r.id, &r.AskedByID, &r.WaitsFor, &r.AskedAt, &r.EndsAt, &r.letterID, &r.codeHash, &r.tries, &r.CodeProven, &askedOf)
	if errors.Is(err, db.ErrNoRow) || err == nil && u.Status != user.Active {
		return FactorReset{}, ErrFactorResetGone
	}
	if err != nil {
		return FactorReset{}, err
	}
	asker, err := user.Find(ctx, tx, u.OrganizationID, r.AskedByID)
	if err != nil {
		return FactorReset{}, err
	}
	if asker.Status != user.Active || !asker.Permissions.Has(access.UsersResetPassword) || !asker.Permissions.Covers(u.Permissions) {
		return FactorReset{}, ErrFactorResetGone
	}
	r.AskedBy, r.askedOf = asker.Name(), strings.Fields(askedOf)
	return r, nil
}

// beginFactorReset stores a reset in the place of any earlier one of the user,
// whose code and letter then open nothing. The caller has counted it.
func (s *Service) beginFactorReset(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, r FactorReset) error {
	var earlier *string
	err := tx.QueryRow(ctx, `SELECT letter_id FROM second_factor_resets WHERE organization_id = $1 AND user_id = $2`, u.OrganizationID, u.ID).Scan(&earlier)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return err
	}
	if err := s.Outbox.Withdraw(ctx, tx, user.OrEmpty(earlier)); err != nil {
		return err
	}
	var emailKey string
	var passwordChanged, factorMade time.Time
	err = tx.QueryRow(ctx, `SELECT a.email_key, a.password_changed_at, f.created_at FROM accounts a JOIN second_factors f ON f.account_id = a.id WHERE a.id = $1`,
		u.AccountID).Scan(&emailKey, &passwordChanged, &factorMade)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO second_factor_resets (organization_id, user_id, id, asked_by, waits_for, asked_at, ends_at, letter_id, tries, code_proven,
			email_key, password_changed_at, factor_created_at, asked_of)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13)
		ON CONFLICT (organization_id, user_id) DO UPDATE
		SET id = excluded.id, asked_by = excluded.asked_by, waits_for = excluded.waits_for, asked_at = excluded.asked_at, ends_at = excluded.ends_at,
			letter_id = excluded.letter_id, code_hash = NULL, tries = 0, code_proven = excluded.code_proven,
			email_key = excluded.email_key, password_changed_at = excluded.password_changed_at, factor_created_at = excluded.factor_created_at,
			asked_of = excluded.asked_of`,
		u.OrganizationID, u.ID, r.id, actor.UserID, string(r.WaitsFor), tx.Now, r.EndsAt, r.letterID, r.CodeProven,
		emailKey, passwordChanged, factorMade, strings.Join(r.askedOf, " "))
	return err
}

func newFactorResetID() string { return id.New("sfr") }

// endFactorReset ends one reset, whoever was first. Fault: ErrFactorResetGone.
func endFactorReset(ctx context.Context, tx *db.Tx, u user.User, r FactorReset) error {
	ended, err := tx.Exec(ctx, `DELETE FROM second_factor_resets WHERE organization_id = $1 AND user_id = $2 AND id = $3`, u.OrganizationID, u.ID, r.id)
	if err == nil && ended != 1 {
		err = ErrFactorResetGone
	}
	return err
}

// endFactorResets ends the resets that a user asked for, and the one that is
// about them: with any change of their rights or their status.
func endFactorResets(ctx context.Context, tx *db.Tx, u user.User) error {
	_, err := tx.Exec(ctx, `DELETE FROM second_factor_resets WHERE organization_id = $1 AND (user_id = $2 OR asked_by = $2)`, u.OrganizationID, u.ID)
	return err
}

// takeFactorAway removes the second factor with its recovery codes and ends what
// was opened with it: sessions, half log-ins, pending links. The next log-in sets
// up a new one before anything else.
func (s *Service) takeFactorAway(ctx context.Context, tx *db.Tx, u user.User, r FactorReset) (Endings, error) {
	ended, err := endingsOf(ctx, tx, u)
	if err != nil {
		return Endings{}, err
	}
	ended.Invitations = 0 // those go on
	if err := endFactorReset(ctx, tx, u, r); err != nil {
		return Endings{}, err
	}
	if _, err := logOut(ctx, tx, u); err != nil {
		return Endings{}, err
	}
	if err := s.SecondFactors.Remove(ctx, tx, u.AccountID); err != nil {
		return Endings{}, err
	}
	if err := s.RecoveryCodes.Remove(ctx, tx, u.AccountID); err != nil {
		return Endings{}, err
	}
	if err := attempt.SecondFactorReplaced(ctx, tx, u.AccountID); err != nil {
		return Endings{}, err
	}
	if err := account.VoidPending(ctx, tx, u.AccountID); err != nil {
		return Endings{}, err
	}
	return ended, account.RequireSecondFactor(ctx, tx, u.AccountID)
}

// The trail of resets.
const (
	actionFactorCodeSent       audit.Action = "second_factor.reset_code_sent"
	actionFactorCodeWrong      audit.Action = "second_factor.reset_code_wrong"
	actionFactorCodeRight      audit.Action = "second_factor.reset_code_right"
	actionFactorResetAsked     audit.Action = "second_factor.reset_asked"
	actionFactorResetRefused   audit.Action = "second_factor.reset_refused"
	actionFactorResetWithdrawn audit.Action = "second_factor.reset_withdrawn"
	actionFactorResetByCode    audit.Action = "second_factor.reset_by_code"
	actionFactorResetApproved  audit.Action = "second_factor.reset_approved"
)
