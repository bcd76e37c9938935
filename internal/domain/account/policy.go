package account

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

// lot is what one of the organizations of an account lays down for it.
type lot struct {
	name   string
	role   access.RoleKind
	policy organization.Policy
}

func lotsOf(ctx context.Context, tx *db.Tx, accountID string) ([]lot, error) {
	return db.Collect(ctx, tx, func(row db.Row) (l lot, err error) {
		var p organization.PolicyRow
		err = row.Scan(append([]any{&l.name, &l.role}, p.Into()...)...)
		l.policy = p.Policy()
		return l, err
	}, `SELECT o.name, r.kind, `+organization.PolicyColumns+` FROM users u
		JOIN organizations o ON o.id = u.organization_id
		JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
		WHERE u.account_id = $1 ORDER BY u.organization_id`, accountID)
}

// PasswordPolicy is what a new password of an account must meet: the strictest of
// what the organizations lay down that it belongs to.
func PasswordPolicy(ctx context.Context, tx *db.Tx, accountID string) (credential.Policy, error) {
	lots, err := lotsOf(ctx, tx, accountID)
	var strictest credential.Policy
	for _, l := range lots {
		strictest.MinLength = max(strictest.MinLength, l.policy.PasswordMinimum(tx.Now))
	}
	if len(lots) == 0 {
		strictest = credential.DefaultPolicy
	}
	return strictest, err
}

// RequiresSecondFactor returns the name of an organization that requires a second
// factor of the account now, or nothing.
func RequiresSecondFactor(ctx context.Context, tx *db.Tx, accountID string) (organizationName string, err error) {
	lots, err := lotsOf(ctx, tx, accountID)
	for _, l := range lots {
		if l.policy.Requires(l.role, tx.Now) {
			return l.name, err
		}
	}
	return "", err
}
