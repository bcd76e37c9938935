package notice

import (
	"context"

	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// buttons are the notices that Composers writes, and where their buttons lead,
// where they have one.
var buttons = map[mail.Kind]string{
	mail.KindPasswordChanged:                  "login",
	mail.KindPasswordChangedOnly:              "login",
	mail.KindEmailChanged:                     "",
	mail.KindEmailUndone:                      "",
	mail.KindMobileChanged:                    "",
	mail.KindMobileRemoved:                    "",
	mail.KindSecondFactorOn:                   "profile",
	mail.KindSecondFactorOff:                  "profile",
	mail.KindSecondFactorReset:                "profile",
	mail.KindRecoveryCodesMade:                "profile",
	mail.KindSecondFactorResetByAdministrator: "profile",
	mail.KindSecondFactorResetApproved:        "profile",
	mail.KindSecondFactorRequestApproved:      "",
	mail.KindSecondFactorResetAsked:           "",
	mail.KindNameChangedByAdministrator:       "profile",
	mail.KindSuspended:                        "",
	mail.KindReactivated:                      "login",
	mail.KindRoleChanged:                      "login",
	mail.KindAccountLocked:                    "",
	mail.KindUserDeleted:                      "",
}

// Composers writes the notices whose sentences need no more than a Notice holds,
// and how many recovery codes there are. Whoever adds a link composes with Speak.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	composers := map[mail.Kind]mail.Composer{}
	for kind := range buttons {
		composers[kind] = s.compose
	}
	return composers
}

func (s *Service) compose(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	codes, err := s.RecoveryCodes.Remaining(ctx, tx, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	content, err := s.Speak(letter, say, map[string]any{"Count": codes})
	if content.Button != nil {
		content.Button.URL = s.BaseURL.JoinPath(buttons[letter.Kind]).String()
	}
	return content, err
}

// Speak says what a notice says, with some values beside its own.
func (s *Service) Speak(letter mail.Letter, say *language.Speaker, values map[string]any) (mail.Content, error) {
	device, err := session.Device(say, letter.Data[keptUserAgent])
	if err != nil {
		return mail.Content{}, err
	}
	newAddress := letter.Data[keptNewAddress]
	if newAddress != letter.Address {
		newAddress = person.Masked(newAddress)
	}
	for name, value := range letter.Data {
		values[name] = value
	}
	values["Brand"], values["Device"], values["When"] = letter.Brand, device, say.Moment(letter.CreatedAt)
	values["FirstName"], values["Organization"] = letter.Data[keptFirstName], letter.Data[keptOrganization]
	values["Who"], values["Administrator"] = letter.Data[keptWho], letter.Data[keptWho]
	values["NewAddress"] = mail.Plain(newAddress)
	content, err := mail.Speak(say, letter.Kind, values)
	content.Organization = letter.Data[keptOrganization]
	return content, err
}
