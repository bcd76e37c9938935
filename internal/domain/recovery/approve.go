package recovery

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// Refusals of an approval.
var (
	// ErrOwnStart refuses the approval of whoever started it: it takes two.
	ErrOwnStart = fault.New(fault.Forbidden, "recovery.own_start")
	// ErrNewOperator refuses an operator who was none yet a while before it was
	// started (Seniority): a starter could have made them for it.
	ErrNewOperator = fault.New(fault.Forbidden, "recovery.new_operator").With("Days", int(Seniority/day))
	// ErrApproved says that somebody else has approved it already.
	ErrApproved = fault.New(fault.Conflict, "recovery.approved")
)

// approvers counts the operators who could approve a recovery.
func approvers(ctx context.Context, tx *db.Tx, r Recovery) (n int, err error) {
	operators, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.organization_id = $1 AND u.status = 'active' AND u.id <> $2 AND u.activated_at < $3`,
		r.vendorID, r.StarterID, r.StartedAt.Add(-Seniority))
	for _, o := range operators {
		if o.Permissions.Has(access.ClientsEdit) {
			n++
		}
	}
	return n, err
}

// mayApprove refuses whoever may not be the second of the two.
// Faults: ErrOwnStart, ErrNewOperator.
func mayApprove(ctx context.Context, tx *db.Tx, operator access.Actor, r Recovery) error {
	if operator.UserID == r.StarterID {
		return ErrOwnStart
	}
	var before bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE organization_id = $1 AND id = $2 AND activated_at < $3)`,
		r.vendorID, operator.UserID, r.StartedAt.Add(-Seniority)).Scan(&before)
	if err == nil && !before {
		err = ErrNewOperator
	}
	return err
}

// Approve is the second operator's yes. The invitation leaves by itself then, as
// soon as the wait is over.
//
// Faults: access.ErrForbidden, ErrNoClient, ErrNone, ErrOver; ErrOwnStart,
// ErrNewOperator, ErrApproved; those of session.Recheck.
func (s *Service) Approve(ctx context.Context, operator access.Actor, organizationID, recoveryID string) (r Recovery, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		operator, _, err := authorize(ctx, tx, operator, organizationID)
		if err != nil {
			return err
		}
		if r, err = waiting(ctx, tx, organizationID, recoveryID); err != nil {
			return err
		}
		if err := mayApprove(ctx, tx, operator, r); err != nil {
			return err
		}
		approved, err := tx.Exec(ctx, `UPDATE recoveries SET approved_by = $3, approver_name = $4, approved_at = $5
			WHERE organization_id = $1 AND id = $2 AND state = 'waiting' AND approved_by = ''`,
			organizationID, recoveryID, operator.UserID, operator.Name, tx.Now)
		if err == nil && approved != 1 {
			err = ErrApproved
		}
		if err != nil {
			return err
		}
		r.ApproverID, r.Approver, r.ApprovedAt = operator.UserID, operator.Name, &tx.Now
		if err := s.tellOperators(ctx, tx, r, mail.KindOperatorRecoveryApproved); err != nil {
			return err
		}
		tx.AfterCommit(s.bell.Ring)
		return audit.Record(ctx, tx, operator.Of(r.Vendor), audit.Event{OrganizationID: organizationID, Action: actionApproved, Target: r.target()})
	})
	return r, err
}
