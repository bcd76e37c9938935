package account

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// notice is a letter about something that was done to an account.
type notice struct {
	kind           mail.Kind
	organizationID string
	subjectID      string // the account, or the change of address
	address        string
	language       string
	organization   string // names; empty where nobody was logged in
	firstName      string
	who            string
	newAddress     string // of a change of address
	lastDigits     string // of a mobile number
	origin         access.Origin
}

// What a notice keeps until its hand-over.
const (
	noticeOrganization = "organization"
	noticeFirstName    = "first_name"
	noticeWho          = "who"
	noticeNewAddress   = "new_address"
	noticeLastDigits   = "last_digits"
	noticeUserAgent    = "user_agent"
)

// noticeTo is a notice to the owner of the session about what was just done.
func noticeTo(current session.Current, kind mail.Kind) notice {
	return notice{
		kind: kind, organizationID: current.Actor.OrganizationID, subjectID: current.Actor.AccountID, address: current.Email,
		language: current.Language, organization: current.OrganizationName, firstName: current.FirstName,
		who: current.Actor.Name, origin: current.Actor.Origin,
	}
}

func (s *Service) enqueueNotice(ctx context.Context, tx *db.Tx, current session.Current, kind mail.Kind) error {
	return s.notify(ctx, tx, noticeTo(current, kind))
}

func (s *Service) notify(ctx context.Context, tx *db.Tx, n notice) error {
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: n.kind, OrganizationID: n.organizationID, SubjectID: n.subjectID, Address: n.address, Language: n.language,
		Data: map[string]string{
			noticeOrganization: n.organization,
			noticeFirstName:    n.firstName,
			noticeWho:          n.who,
			noticeNewAddress:   n.newAddress,
			noticeLastDigits:   n.lastDigits,
			noticeUserAgent:    n.origin.Bounded().UserAgent,
		},
	})
	return err
}

// noticeButtons are where the buttons of notices lead, if not to the profile.
var noticeButtons = map[mail.Kind]string{
	mail.KindPasswordChanged:     "login",
	mail.KindPasswordChangedOnly: "login",
}

// composeNotice writes the letters whose sentences need no more than who, when,
// where, and how many recovery codes there are.
func (s *Service) composeNotice(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	codes, err := s.RecoveryCodes.Remaining(ctx, tx, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	content, err := s.speakNotice(letter, say, map[string]any{"Count": codes})
	if err != nil || content.Button == nil {
		return content, err
	}
	path := "profile"
	if other, ok := noticeButtons[letter.Kind]; ok {
		path = other
	}
	content.Button.URL = s.BaseURL.JoinPath(path).String()
	return content, nil
}

// speakNotice says what a notice says, with some values beside its own.
func (s *Service) speakNotice(letter mail.Letter, say *language.Speaker, values map[string]any) (mail.Content, error) {
	device, err := session.Device(say, letter.Data[noticeUserAgent])
	if err != nil {
		return mail.Content{}, err
	}
	newAddress := letter.Data[noticeNewAddress]
	if newAddress != letter.Address {
		newAddress = Masked(newAddress)
	}
	values["Brand"], values["Device"], values["When"] = s.Brand, device, say.Moment(letter.CreatedAt)
	values["FirstName"], values["Who"] = letter.Data[noticeFirstName], letter.Data[noticeWho]
	values["NewAddress"], values["LastDigits"] = mail.Plain(newAddress), letter.Data[noticeLastDigits]
	content, err := mail.Speak(say, letter.Kind, values)
	content.Organization = letter.Data[noticeOrganization]
	return content, err
}
