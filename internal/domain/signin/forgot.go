package signin

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
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// answerTime is how long every answer takes at least, so that the one or the
// other row that an account costs more does not show (promise P11).
const answerTime = 20 * time.Millisecond

const actionResetRequested audit.Action = "password.reset_requested"

// RequestReset is "Forgot your password?". An active account gets a link, an
// open invitation of an organization that takes people in gets its mail again,
// and everybody else gets nothing; neither the answer nor the work that it takes
// says which it was.
//
// Faults: field email if empty or no address; throttle.ErrWait…, the same for
// all addresses.
func (s *Service) RequestReset(ctx context.Context, typedEmail string, origin access.Origin) error {
	if strings.TrimSpace(typedEmail) == "" {
		return fault.InvalidFields(ErrEmailMissing.At("email"))
	}
	email, err := person.ParseEmail(typedEmail)
	if err != nil {
		return fault.InvalidFields(person.ErrEmailInvalid.At("email"))
	}
	defer waitOut(ctx, time.Now().Add(answerTime))
	if err := attempt.CountReset(ctx, s.Throttle, s.Kind, email.Key, origin.Address); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := s.findResettable(ctx, tx, email.Key)
		if err != nil {
			return err
		}
		if err := audit.Hold(ctx, tx, who.trails()...); err != nil {
			return err
		}
		if err := s.answerReset(ctx, tx, who); err != nil {
			return err
		}
		return who.record(ctx, tx, origin)
	})
}

// waitOut returns at that moment, or when nobody waits any more.
func waitOut(ctx context.Context, moment time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(moment)):
	}
}

// resettable is whom an address leads to when its password was forgotten.
type resettable struct {
	emailKey string
	login    account.Login
	members  []account.Membership // of the account
	invited  []user.User          // with that address, by organizations that are open, if there is no account
}

func (s *Service) findResettable(ctx context.Context, tx *db.Tx, emailKey string) (resettable, error) {
	who := resettable{emailKey: emailKey}
	var err error
	if who.login, err = account.FindLogin(ctx, tx, s.Kind, emailKey); err != nil && !errors.Is(err, db.ErrNoRow) {
		return who, err
	}
	if who.members, err = account.MembersOf(ctx, tx, who.login.AccountID); err != nil {
		return who, err
	}
	who.invited, err = db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.email_key = $1 AND u.status = 'invited'
		AND u.organization_id IN (SELECT o.id FROM organizations o WHERE o.kind = $2 AND NOT `+organization.Closed("$3")+`)
		ORDER BY u.id`, emailKey, string(s.Kind), tx.Now)
	if who.login.AccountID != "" {
		who.invited = nil
	}
	return who, err
}

// answerReset writes to whom there is to write to. Each of the three answers
// makes the same number of writes.
func (s *Service) answerReset(ctx context.Context, tx *db.Tx, who resettable) error {
	if slices.ContainsFunc(who.members, account.Membership.Open) {
		return s.Accounts.SendReset(ctx, tx, who.login)
	}
	if err := s.replaceNothing(ctx, tx, who); err != nil {
		return err
	}
	sent := false
	for _, u := range who.invited {
		if !s.Outbox.Ready() || u.Invitation.ExpiresAt == nil || u.Invitation.Expired(tx.Now) {
			continue
		}
		sent = true
		if err := s.Invitations.SendAgain(ctx, tx, u); err != nil {
			return err
		}
	}
	if sent {
		return nil
	}
	return s.Outbox.Rehearse(ctx, tx, mail.KindReset)
}

// replaceNothing does the work of account.SendReset that takes back earlier letters and
// links, for an address without any.
func (s *Service) replaceNothing(ctx context.Context, tx *db.Tx, who resettable) error {
	if err := s.Outbox.Withdraw(ctx, tx, ""); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, credential.LinkPasswordReset, account.StrangerTarget(who.emailKey).ID, credential.LinkReplaced)
}

// people are the members and the invited alike.
func (who resettable) people() []account.Membership {
	people := slices.Clone(who.members)
	for _, u := range who.invited {
		people = append(people, account.Membership{OrganizationID: u.OrganizationID, UserID: u.ID, FullName: u.Name()})
	}
	return people
}

// trails are where record writes.
func (who resettable) trails() (organizationIDs []string) {
	for _, m := range who.people() {
		organizationIDs = append(organizationIDs, m.OrganizationID)
	}
	if len(organizationIDs) == 0 {
		return []string{audit.InstallationTrail}
	}
	return organizationIDs
}

// record writes the request to the trail of whom it is about.
func (who resettable) record(ctx context.Context, tx *db.Tx, origin access.Origin) error {
	actor, members := access.Visitor(origin), who.people()
	if len(members) > 0 {
		return account.RecordEverywhere(ctx, tx, members, actor, audit.Event{Action: actionResetRequested})
	}
	return audit.Record(ctx, tx, actor, audit.Event{
		OrganizationID: audit.InstallationTrail, Action: actionResetRequested, Target: account.StrangerTarget(who.emailKey),
	})
}
