package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// ResetLifetime is how long a reset link works that its owner asked for, from
// its hand-over. A request that could not be handed over for that long is
// forgotten: nobody waits for its mail any more.
const ResetLifetime = time.Hour

// ErrEmailMissing is the answer to an empty address.
var ErrEmailMissing = fault.New(fault.Invalid, "account.email_missing")

// answerTime is how long every answer takes at least, so that the one or the
// other row that an account costs more does not show (promise P11).
const answerTime = 20 * time.Millisecond

const actionResetRequested audit.Action = "password.reset_requested"

// RequestReset is "Forgot your password?". An active account gets a link, an
// open invitation gets its mail again, and everybody else gets nothing; neither
// the answer nor the work that it takes says which it was.
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
	if err := attempt.CountReset(ctx, s.Throttle, email.Key, origin.Address); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := findResettable(ctx, tx, email.Key)
		if err != nil {
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
	login    Login
	letterID *string      // of the account's last request
	members  []Membership // of the account
	invited  []user.User  // with that address, if there is no account
}

func findResettable(ctx context.Context, tx *db.Tx, emailKey string) (resettable, error) {
	who := resettable{emailKey: emailKey}
	var err error
	if who.login, err = FindLogin(ctx, tx, emailKey); err != nil && !fault.IsKind(err, fault.NotFound) {
		return who, err
	}
	err = tx.QueryRow(ctx, `SELECT reset_letter_id FROM accounts WHERE id = $1`, who.login.AccountID).Scan(&who.letterID)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return who, err
	}
	if who.members, err = MembersOf(ctx, tx, who.login.AccountID); err != nil {
		return who, err
	}
	who.invited, err = db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.email_key = $1 AND u.status = 'invited' ORDER BY u.id`, emailKey)
	if who.login.AccountID != "" {
		who.invited = nil
	}
	return who, err
}

// answerReset writes to whom there is to write to. Each of the three answers
// makes the same number of writes.
func (s *Service) answerReset(ctx context.Context, tx *db.Tx, who resettable) error {
	if slices.ContainsFunc(who.members, Membership.Open) {
		return s.sendReset(ctx, tx, who)
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
		if err := s.sendInvitationAgain(ctx, tx, u); err != nil {
			return err
		}
	}
	if sent {
		return nil
	}
	return s.Outbox.Rehearse(ctx, tx, mail.KindReset)
}

func (s *Service) sendReset(ctx context.Context, tx *db.Tx, who resettable) error {
	return s.replaceReset(ctx, tx, user.OrEmpty(who.letterID), mail.NewLetter{
		Kind: mail.KindReset, SubjectID: who.login.AccountID, Address: who.login.Email, Language: who.login.Language,
	})
}

// replaceReset sends a letter with a reset link in the place of the earlier one,
// whoever asked for either: the newest link alone works.
func (s *Service) replaceReset(ctx context.Context, tx *db.Tx, earlierID string, letter mail.NewLetter) error {
	if err := s.Outbox.Withdraw(ctx, tx, earlierID); err != nil {
		return err
	}
	letterID, err := s.Outbox.Enqueue(ctx, tx, letter)
	if err != nil {
		return err
	}
	// The account comes before its links: the hand-over of an earlier letter that
	// is under way is waited for, and its link ended with the others.
	if _, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = $2 WHERE id = $1`, letter.SubjectID, letterID); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, credential.LinkPasswordReset, letter.SubjectID, credential.LinkReplaced)
}

// replaceNothing does the work of sendReset that takes back earlier letters and
// links, for an address without any.
func (s *Service) replaceNothing(ctx context.Context, tx *db.Tx, who resettable) error {
	if err := s.Outbox.Withdraw(ctx, tx, ""); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, credential.LinkPasswordReset, StrangerTarget(who.emailKey).ID, credential.LinkReplaced)
}

// sendInvitationAgain sends an invitation that was handed over once more, with
// the same end. A stranger can ask for it, so it takes nothing away: the earlier
// links go on working. While a letter still waits to leave, none is added.
func (s *Service) sendInvitationAgain(ctx context.Context, tx *db.Tx, u user.User) error {
	if _, err := holdEnd(ctx, tx, u.OrganizationID, u.ID, *u.Invitation.ExpiresAt); err != nil {
		return err
	}
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindInvite, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: u.Email, Language: u.Invitation.Language,
		Data: map[string]string{invitationEnd: u.Invitation.ExpiresAt.Format(time.RFC3339Nano)},
	})
	return err
}

// record writes the request to the trail of whom it is about.
func (who resettable) record(ctx context.Context, tx *db.Tx, origin access.Origin) error {
	members := who.members
	for _, u := range who.invited {
		members = append(members, Membership{OrganizationID: u.OrganizationID, UserID: u.ID, FullName: u.Name()})
	}
	actor := access.Visitor(origin)
	if len(members) > 0 {
		return RecordEverywhere(ctx, tx, members, actor, audit.Event{Action: actionResetRequested})
	}
	return audit.Record(ctx, tx, actor, audit.Event{
		OrganizationID: audit.InstallationTrail, Action: actionResetRequested, Target: StrangerTarget(who.emailKey),
	})
}

// composeReset mints the link. The letter of an older request, or of one from
// before a change of credentials, is obsolete; so is one to somebody who was
// suspended meanwhile.
func (s *Service) composeReset(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	if letter.Kind == mail.KindReset && tx.Now.Sub(letter.CreatedAt) >= ResetLifetime {
		return mail.Content{}, mail.ErrObsolete
	}
	// An update, not a look: a change of credentials under way is waited for, and
	// one that comes later finds the link.
	newest, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = $2 WHERE id = $1 AND reset_letter_id = $2`, letter.SubjectID, letter.ID)
	if err != nil {
		return mail.Content{}, err
	}
	members, err := MembersOf(ctx, tx, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	if newest != 1 || !slices.ContainsFunc(members, Membership.Open) {
		return mail.Content{}, mail.ErrObsolete
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Purpose: credential.LinkPasswordReset, OrganizationID: letter.OrganizationID, SubjectID: letter.SubjectID,
		Address: letter.Address, LetterID: letter.ID, Lifetime: resetLifetime(letter.Kind),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": s.Brand, "Ends": say.Moment(expiresAt),
		"Administrator": letter.Data[resetAdministrator], "Organization": letter.Data[resetOrganization],
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization = letter.Data[resetOrganization]
	content.Button.URL = s.link("reset", token.Reveal())
	return content, nil
}
