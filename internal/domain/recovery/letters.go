package recovery

import (
	"context"
	"errors"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	composers := map[mail.Kind]mail.Composer{
		mail.KindRecoveryStarted:          s.composeForUser,
		mail.KindRecoveryWaits:            s.composeForUser,
		mail.KindOperatorRecoveryStarted:  s.composeForOperator,
		mail.KindOperatorRecoveryApproved: s.composeForOperator,
	}
	for _, kind := range usersHearOf {
		composers[kind] = s.composeForUser
	}
	for _, kind := range operatorsHearOf {
		composers[kind] = s.composeForOperator
	}
	return composers
}

// composeForUser writes to a user of the organization. While the recovery waits,
// this is where the link to object is made.
func (s *Service) composeForUser(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	r, err := find(ctx, tx, letter.OrganizationID, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	asks := letter.Kind == mail.KindRecoveryStarted || letter.Kind == mail.KindRecoveryWaits
	u, err := user.Find(ctx, tx, letter.OrganizationID, letter.Data[keptUser])
	if errors.Is(err, user.ErrNotFound) || err == nil && asks != (r.State == Waiting) {
		return mail.Content{}, mail.ErrObsolete
	}
	if err != nil {
		return mail.Content{}, err
	}
	o, err := organization.Get(ctx, tx, letter.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	values := valuesOf(r, o, say)
	values["Brand"], values["FirstName"] = s.Portal.Brand, u.FirstName
	content, err := mail.Speak(say, letter.Kind, values)
	content.Organization = o.Name
	if err != nil || !asks {
		return content, err
	}
	token, _, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: organization.Client, Purpose: linkObjection, OrganizationID: r.OrganizationID, SubjectID: r.ID, Address: u.Email, LetterID: letter.ID,
		Lifetime: r.LapsesAt.Sub(tx.Now),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Quote = r.Reason
	content.Button.URL = credential.LinkURL(s.Portal.BaseURL, "recovery/object", token)
	return content, nil
}

// composeForOperator writes to an operator, whom it does not tell which user of
// the client objected, or came back.
func (s *Service) composeForOperator(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	r, err := find(ctx, tx, letter.Data[keptOrganization], letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	o, err := organization.Get(ctx, tx, r.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	values := valuesOf(r, o, say)
	values["Brand"], values["FirstName"] = s.Console.Brand, letter.Data[keptFirstName]
	content, err := mail.Speak(say, letter.Kind, values)
	if err != nil {
		return mail.Content{}, err
	}
	if letter.Kind == mail.KindOperatorRecoveryStarted {
		content.Quote = r.Reason
	}
	content.Button.URL = s.Console.BaseURL.JoinPath("clients", r.OrganizationID, "recovery").String()
	return content, nil
}

func valuesOf(r Recovery, o organization.Organization, say *language.Speaker) map[string]any {
	return map[string]any{
		"Organization": o.Name, "Vendor": r.Vendor, "Starter": r.Starter, "Approver": r.Approver, "Person": r.Invitee(), "Address": mail.Plain(r.Email),
		"EndedBy": r.EndedBy, "Earliest": say.Moment(r.Earliest()), "Lapses": say.Moment(r.LapsesAt),
	}
}
