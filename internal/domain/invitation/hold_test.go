package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// actsOnInvitations is what an administrator does with an open invitation.
var actsOnInvitations = map[string]func(ctx context.Context, p house, admin access.Actor, u user.User) error{
	"invite": func(ctx context.Context, p house, admin access.Actor, u user.User) error {
		_, err := p.Invitations.Invite(ctx, admin, invitation.Draft{FirstName: "Wei", Email: "wei." + u.Email, RoleID: u.RoleID})
		return err
	},
	"resend": func(ctx context.Context, p house, admin access.Actor, u user.User) error {
		_, err := p.Invitations.Resend(ctx, admin, u.ID)
		return err
	},
	"copy link": func(ctx context.Context, p house, admin access.Actor, u user.User) error {
		_, _, err := p.Invitations.CopyLink(ctx, admin, u.ID)
		return err
	},
	"withdraw": func(ctx context.Context, p house, admin access.Actor, u user.User) error {
		_, err := p.Invitations.Withdraw(ctx, admin, u.ID)
		return err
	},
}

// TestNobodyInvitesAfterTheirSuspension lets a request that passed the door
// already meet the suspension, or the demotion, of its sender.
func TestNobodyInvitesAfterTheirSuspension(t *testing.T) {
	for name, act := range actsOnInvitations {
		for what, change := range map[string]string{
			"suspended": `UPDATE users SET status = 'suspended' WHERE id = $1`,
			"demoted":   `UPDATE users SET role_id = (SELECT id FROM roles r WHERE r.organization_id = users.organization_id AND r.kind = 'member') WHERE id = $1`,
		} {
			t.Run(name+" while "+what, func(t *testing.T) {
				p := newHouse(t)
				for round := range dbtest.RaceRounds() {
					p.Exec(t, `DELETE FROM throttles`) // an hour has fewer invitations than there may be rounds
					admin := p.Administrator(t)
					u := p.Invite(t, admin, fmt.Sprintf("p%d@northwind.example", round))
					before, after := 0, 0
					answers := domaintest.Together(
						func() error { return act(context.Background(), p, admin, u) },
						func() error {
							err := p.DB.Write(context.Background(), func(tx *db.Tx) error {
								if err := audit.Hold(context.Background(), tx, p.Northwind); err != nil {
									return err
								}
								if _, err := tx.Exec(context.Background(), change, admin.UserID); err != nil {
									return err
								}
								return tx.QueryRow(context.Background(), `SELECT count(*) FROM audit_events WHERE actor_id = $1`, admin.UserID).Scan(&before)
							})
							return err
						},
					)
					domaintest.MustNot(t, answers[1])
					after = p.Count(t, `SELECT count(*) FROM audit_events WHERE actor_id = $1`, admin.UserID)
					if before != after {
						t.Fatalf("round %d: an act was recorded after the sender was %s", round, what)
					}
					if err := answers[0]; err != nil && !errors.Is(err, session.ErrSuspended) && !errors.Is(err, access.ErrForbidden) {
						t.Fatalf("round %d: %v", round, err)
					}
				}
			})
		}
	}
}
