package invitation

import (
	"cmp"
	"context"
	"errors"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindInvite:      s.composeInvitation,
		mail.KindReminder:    s.composeReminder,
		mail.KindInviteAsked: s.composeAskedAgain,
	}
}

func (s *Service) enqueueInvitation(ctx context.Context, tx *db.Tx, u user.User, lang string, notBefore time.Time) (string, error) {
	return s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindInvite, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: u.Email, Language: lang, NotBefore: notBefore,
	})
}

// invitee is the person whose invitation a letter is about.
type invitee struct {
	user.User
	organization string // its name
	note         string // of the inviter
}

// inviteeOf reads the invitation that a letter is about. An invitation that was
// accepted or withdrawn, or whose inviter may no longer give it, makes the
// letter obsolete.
func inviteeOf(ctx context.Context, tx *db.Tx, letter mail.Letter) (i invitee, err error) {
	i.User, err = findInvited(ctx, tx, letter.OrganizationID, letter.SubjectID)
	if errors.Is(err, user.ErrNotFound) || errors.Is(err, ErrNotInvited) {
		return invitee{}, mail.ErrObsolete
	}
	if err != nil {
		return invitee{}, err
	}
	if stands, err := inviterStillMay(ctx, tx, i.User); err != nil || !stands {
		return invitee{}, cmp.Or(err, mail.ErrObsolete)
	}
	err = tx.QueryRow(ctx, `SELECT o.name, i.note FROM invitations i JOIN organizations o ON o.id = i.organization_id
		WHERE i.organization_id = $1 AND i.user_id = $2`, i.OrganizationID, i.ID).Scan(&i.organization, &i.note)
	return i, err
}

// invitationEnd is what an invitation that is sent once more keeps: its end, by
// which it is told from a newer one of the same person.
const invitationEnd = "end"

// holdEnd makes sure, until the transaction ends, that the invitation still has
// that end: whoever replaces it, or its links, waits.
func holdEnd(ctx context.Context, tx *db.Tx, organizationID, userID string, end time.Time) (holds bool, err error) {
	held, err := tx.Exec(ctx, `UPDATE invitations SET expires_at = $3 WHERE organization_id = $1 AND user_id = $2 AND expires_at = $3`,
		organizationID, userID, end)
	return held == 1, err
}

// SendAgain sends an invitation that was handed over once more, with
// the same end. A stranger can ask for it, so it takes nothing away: the earlier
// links go on working. While a letter still waits to leave, none is added.
func (s *Service) SendAgain(ctx context.Context, tx *db.Tx, u user.User) error {
	if _, err := holdEnd(ctx, tx, u.OrganizationID, u.ID, *u.Invitation.ExpiresAt); err != nil {
		return err
	}
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindInvite, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: u.Email, Language: u.Invitation.Language,
		Data: map[string]string{invitationEnd: u.Invitation.ExpiresAt.Format(time.RFC3339Nano)},
	})
	return err
}

// composeInvitation makes the link of a new invitation, which begins its time,
// or a further link of one that is sent once more.
func (s *Service) composeInvitation(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	end, again := letter.Data[invitationEnd]
	if again {
		at, err := time.Parse(time.RFC3339Nano, end)
		if err != nil {
			return mail.Content{}, err
		}
		if holds, err := holdEnd(ctx, tx, letter.OrganizationID, letter.SubjectID, at); err != nil || !holds || !tx.Now.Before(at) {
			return mail.Content{}, cmp.Or(err, mail.ErrObsolete)
		}
	}
	i, err := inviteeOf(ctx, tx, letter)
	if err != nil {
		return mail.Content{}, err
	}
	if !again && i.Invitation.LetterID != letter.ID {
		return mail.Content{}, mail.ErrObsolete
	}
	letter.Kind = mail.KindInvite
	existing, err := account.OwnerOf(ctx, tx, s.Kind, i.Email)
	if err != nil {
		return mail.Content{}, err
	}
	if existing != "" {
		letter.Kind = mail.KindInviteExisting
	}
	handOver := s.handOver
	if again {
		handOver = s.handOverAgain
	}
	link, err := handOver(ctx, tx, i.User, letter.ID)
	if err != nil {
		return mail.Content{}, err
	}
	return s.invitationContent(say, letter, i, link)
}

// composeReminder adds a link with the same end to the same invitation. It takes
// the invitation's row first, so that whoever replaces its links at this moment
// waits and ends this one too.
func (s *Service) composeReminder(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	if _, err := tx.Exec(ctx, `UPDATE invitations SET remind_at = NULL WHERE organization_id = $1 AND user_id = $2 AND expires_at > $3`,
		letter.OrganizationID, letter.SubjectID, tx.Now); err != nil {
		return mail.Content{}, err
	}
	i, err := inviteeOf(ctx, tx, letter)
	if err != nil {
		return mail.Content{}, err
	}
	host, err := organization.Get(ctx, tx, i.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	if !host.Open(tx.Now) {
		return mail.Content{}, mail.ErrObsolete // nobody gets in there now
	}
	if i.Invitation.ExpiresAt == nil || i.Invitation.Expired(tx.Now) || i.Invitation.ExpiresAt.Sub(tx.Now) > reminderLead {
		return mail.Content{}, mail.ErrObsolete // also where a newer invitation was sent meanwhile
	}
	link, err := s.handOverAgain(ctx, tx, i.User, letter.ID)
	if err != nil {
		return mail.Content{}, err
	}
	i.note = "" // the reminder does not repeat it
	return s.invitationContent(say, letter, i, link)
}

// byHost are the letters about an invitation that the command line sent: nobody's
// name could stand in them.
var byHost = map[mail.Kind]mail.Kind{mail.KindInvite: mail.KindInviteByHost, mail.KindReminder: mail.KindReminderByHost}

func (s *Service) invitationContent(say *language.Speaker, letter mail.Letter, i invitee, link Link) (mail.Content, error) {
	kind := letter.Kind
	if s.Kind == organization.Vendor && i.Invitation.InviterID == "" {
		kind = cmp.Or(byHost[kind], kind)
	}
	content, err := mail.Speak(say, kind, map[string]any{
		"Brand": letter.Brand, "FirstName": i.FirstName, "Inviter": i.Invitation.InviterName, "Organization": i.organization,
		"Role": i.RoleName, "Ends": say.Moment(link.ExpiresAt), "EndsDay": say.Day(link.ExpiresAt),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Quote, content.Organization = i.note, i.organization
	content.Button.URL = link.URL
	return content, nil
}

func (s *Service) composeAskedAgain(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	i, err := inviteeOf(ctx, tx, letter)
	if err != nil {
		return mail.Content{}, err
	}
	if !i.Invitation.AskedAgain || i.Invitation.ExpiresAt == nil {
		return mail.Content{}, mail.ErrObsolete
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Person": i.Name(), "Organization": i.organization, "EndedDay": say.Day(*i.Invitation.ExpiresAt),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization = i.organization
	content.Button.URL = s.BaseURL.JoinPath("users", i.ID).String()
	return content, nil
}
