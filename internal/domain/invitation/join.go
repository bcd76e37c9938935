package invitation

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Refusals of joining.
var (
	// ErrAccountExists says that the address has an account: its owner logs in and joins with JoinAs.
	ErrAccountExists = fault.New(fault.Conflict, "invitation.account_exists")
	// ErrNotYourInvitation refuses an invitation to another address than the account's.
	ErrNotYourInvitation = fault.New(fault.Forbidden, "invitation.not_your_invitation")
)

const actionJoined audit.Action = "user.joined"

// Opened is an invitation as its link shows it. Looking changes nothing.
type Opened struct {
	State            credential.LinkState
	EndedAt          time.Time // of an expired one
	UserID           string
	OrganizationID   string
	OrganizationName string
	RoleName         string
	RoleKind         access.RoleKind
	Email            string
	InviterName      string
	AccountID        string    // of the account that the address already has, or empty
	MinLength        int       // of the password to choose, in code points
	joiner           user.User // while the invitation is open
}

// Open reads what an invitation link is about. A dead link is told by
// its State; a link that never was is the fault credential.ErrLinkUnknown.
func (s *Service) Open(ctx context.Context, token string) (opened Opened, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		opened, err = s.open(ctx, tx, token)
		return err
	})
	return opened, err
}

func (s *Service) open(ctx context.Context, tx *db.Tx, token string) (Opened, error) {
	link, err := credential.FindLink(ctx, tx, s.Kind, credential.LinkInvitation, token)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{
		State: link.State(), EndedAt: link.ExpiresAt, UserID: link.SubjectID, OrganizationID: link.OrganizationID,
		Email: link.Address,
	}
	policy, err := organization.PolicyOf(ctx, tx, link.OrganizationID)
	if err != nil {
		return Opened{}, err
	}
	o.MinLength = policy.PasswordMinimum(tx.Now)
	if err := tx.QueryRow(ctx, `SELECT name FROM organizations WHERE id = $1`, link.OrganizationID).Scan(&o.OrganizationName); err != nil {
		return Opened{}, err
	}
	o.joiner, err = findInvited(ctx, tx, link.OrganizationID, link.SubjectID)
	switch {
	case errors.Is(err, ErrNotInvited):
		o.State = credential.LinkUsed
		return o, nil
	case errors.Is(err, user.ErrNotFound):
		o.State = credential.LinkWithdrawn
		return o, nil
	case err != nil:
		return Opened{}, err
	}
	o.RoleName, o.RoleKind, o.InviterName = o.joiner.RoleName, o.joiner.RoleKind, o.joiner.Invitation.InviterName
	if o.State != credential.LinkLive {
		return o, nil
	}
	stands, err := inviterStillMay(ctx, tx, o.joiner)
	if err != nil {
		return Opened{}, err
	}
	if !stands {
		o.State = credential.LinkWithdrawn
		return o, nil
	}
	o.AccountID, err = account.OwnerOf(ctx, tx, s.Kind, link.Address)
	return o, err
}

// inviterStillMay looks again, at acceptance, whether the inviter is active and
// may give that role: an invitation does not outlive the right to send it.
func inviterStillMay(ctx context.Context, tx *db.Tx, u user.User) (bool, error) {
	if u.Invitation.InviterID == "" {
		return true, nil // the installation invites the first administrator
	}
	inviter, err := user.Find(ctx, tx, u.OrganizationID, u.Invitation.InviterID)
	if errors.Is(err, user.ErrNotFound) {
		return false, nil
	}
	if err != nil || inviter.Status != user.Active {
		return false, err
	}
	role, err := user.FindRole(ctx, tx, u.OrganizationID, inviter.RoleID)
	if err != nil {
		return false, err
	}
	given, err := user.FindRole(ctx, tx, u.OrganizationID, u.RoleID)
	return role.Permissions.Has(access.UsersInvite) && role.Permissions.Covers(given.Permissions), err
}

// Joined is a new account with its first session.
type Joined struct {
	Session      session.Started
	KnownBrowser string // for the cookie by which this browser is recognized
}

// Join turns an invitation into an account: it uses the link up, stores the
// chosen password and logs the person in, with the second factor as next step.
//
// Faults: credential.ErrLink…, ErrAccountExists; field password.
func (s *Service) Join(ctx context.Context, token, password string, origin access.Origin) (Joined, error) {
	opened, err := s.Open(ctx, token)
	if err != nil {
		return Joined{}, err
	}
	if err := opened.State.Err(); err != nil {
		return Joined{}, err
	}
	if opened.AccountID != "" {
		return Joined{}, ErrAccountExists
	}
	chosen, err := s.judge(ctx, password, credential.Policy{MinLength: opened.MinLength}, credential.KnownNames{
		Brand: s.Brand, Organization: opened.OrganizationName, Email: opened.Email,
		FirstName: opened.joiner.FirstName, LastName: opened.joiner.LastName,
	})
	if err != nil {
		return Joined{}, err
	}
	return s.joinHashed(ctx, token, chosen, origin)
}

// judge returns the stored form of a new password. Fault: field password.
func (s *Service) judge(ctx context.Context, password string, policy credential.Policy, names credential.KnownNames) (credential.Chosen, error) {
	var bad person.Fields
	if err := bad.Collect("password", s.Passwords.Check(policy, password, names)); err != nil {
		return credential.Chosen{}, err
	}
	if err := bad.Fault(); err != nil {
		return credential.Chosen{}, err
	}
	return s.Passwords.Choose(ctx, password)
}

// joinHashed is the transaction of Join.
func (s *Service) joinHashed(ctx context.Context, token string, chosen credential.Chosen, origin access.Origin) (joined Joined, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, email, err := s.accept(ctx, tx, token, "")
		if err != nil {
			return err
		}
		accountID, err := account.Insert(ctx, tx, account.NewAccount{Kind: s.Kind, Email: email, Password: chosen, Language: u.Invitation.Language})
		if err != nil {
			return err
		}
		// Only now: a change of address under way made the insert wait.
		if keeper, err := account.KeeperOf(ctx, tx, s.Kind, email.Key); err != nil {
			return err
		} else if keeper != "" {
			return ErrAccountExists
		}
		joined.KnownBrowser = s.KnownBrowsers.Remember("", accountID)
		joined.Session, err = s.activate(ctx, tx, u, session.New{
			OrganizationID: u.OrganizationID, UserID: u.ID, AccountID: accountID, Origin: origin,
		})
		return err
	})
	if db.ConflictOn(err, "accounts.kind", "accounts.email_key") {
		return Joined{}, ErrAccountExists
	}
	return joined, err
}

// JoinAs adds the organization to the account of somebody who is logged in, whose
// session goes on there. Faults: credential.ErrLink…, ErrNotYourInvitation,
// session.ErrEnded.
func (s *Service) JoinAs(ctx context.Context, current session.Current, token string) (started session.Started, err error) {
	opened, err := s.Open(ctx, token)
	if err != nil {
		return session.Started{}, err
	}
	if err := opened.State.Err(); err != nil {
		return session.Started{}, err
	}
	if opened.AccountID != current.Actor.AccountID {
		return session.Started{}, ErrNotYourInvitation
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, email, err := s.accept(ctx, tx, token, current.Actor.AccountID)
		if err != nil {
			return err
		}
		if err := holdAddress(ctx, tx, current.Actor.AccountID, email); err != nil {
			return err
		}
		started, err = s.activate(ctx, tx, u, session.New{
			OrganizationID: u.OrganizationID, UserID: u.ID, AccountID: current.Actor.AccountID,
			Continues: current.SessionID, Origin: current.Actor.Origin,
		})
		return err
	})
	return started, err
}

// holdAddress makes sure, until the transaction ends, that the address is still
// the account's. A change of its credentials under way is waited for, and one
// that comes later finds the session that is made here. Fault: ErrNotYourInvitation.
func holdAddress(ctx context.Context, tx *db.Tx, accountID string, email person.Email) error {
	holds, err := tx.Exec(ctx, `UPDATE accounts SET email_key = $2 WHERE id = $1 AND email_key = $2`, accountID, email.Key)
	if err == nil && holds != 1 {
		err = ErrNotYourInvitation
	}
	return err
}

// accept uses the link up, for an account if there is one already, and looks again
// at everything it was good for.
func (s *Service) accept(ctx context.Context, tx *db.Tx, token, accountID string) (user.User, person.Email, error) {
	link, err := credential.FindLink(ctx, tx, s.Kind, credential.LinkInvitation, token)
	if err != nil {
		return user.User{}, person.Email{}, err
	}
	// As whoever withdraws does, see session.Authorize.
	if err := account.HoldTrails(ctx, tx, accountID, link.OrganizationID); err != nil {
		return user.User{}, person.Email{}, err
	}
	if err := s.hold(ctx, tx, link.OrganizationID, link.SubjectID); err != nil {
		return user.User{}, person.Email{}, err
	}
	if _, err := credential.UseLink(ctx, tx, s.Kind, credential.LinkInvitation, token); err != nil {
		return user.User{}, person.Email{}, err
	}
	u, err := findInvited(ctx, tx, link.OrganizationID, link.SubjectID)
	if err != nil {
		return user.User{}, person.Email{}, err
	}
	stands, err := inviterStillMay(ctx, tx, u)
	if err != nil {
		return user.User{}, person.Email{}, err
	}
	if !stands {
		return user.User{}, person.Email{}, credential.ErrLinkWithdrawn
	}
	email, err := person.ParseEmail(link.Address)
	return u, email, err
}

// activate makes the invited user active, ends the invitation and starts the session.
func (s *Service) activate(ctx context.Context, tx *db.Tx, u user.User, n session.New) (session.Started, error) {
	changed, err := tx.Exec(ctx, `UPDATE users SET status = 'active', account_id = $3, activated_at = $4, last_active_at = $4
		WHERE organization_id = $1 AND id = $2 AND status = 'invited'`, u.OrganizationID, u.ID, n.AccountID, tx.Now)
	if err != nil {
		return session.Started{}, err
	}
	if changed != 1 {
		return session.Started{}, credential.ErrLinkUsed
	}
	if err := credential.EndLinks(ctx, tx, credential.LinkInvitation, u.ID, credential.LinkUsed); err != nil {
		return session.Started{}, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM invitations WHERE organization_id = $1 AND user_id = $2`, u.OrganizationID, u.ID); err != nil {
		return session.Started{}, err
	}
	started, err := session.Start(ctx, tx, n)
	if err != nil {
		return session.Started{}, err
	}
	return started, audit.Record(ctx, tx, s.actorOf(u, n), audit.Event{Action: actionJoined, Target: user.Target(u)})
}

// actorOf is a user who acts before the first request of their session.
func (s *Service) actorOf(u user.User, n session.New) access.Actor {
	return access.Actor{
		Kind: s.Kind.Actors(), OrganizationID: u.OrganizationID, UserID: u.ID, AccountID: n.AccountID, Name: u.Name(), Origin: n.Origin,
	}
}
