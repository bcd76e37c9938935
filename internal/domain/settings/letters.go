package settings

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindSecondFactorDue:      s.composeRequirement,
		mail.KindSecondFactorReminder: s.composeRequirement,
		mail.KindSecondFactorRequired: s.composeRequirement,
		mail.KindAuditHead:            s.composeHead,
		mail.KindAuditHeadMoved:       s.composeFormer,
		mail.KindAuditHeadEnded:       s.composeFormer,
	}
}

// composeRequirement writes to somebody without a second factor. A letter is
// obsolete once they have one, or are not obliged any more, or since another day.
func (s *Service) composeRequirement(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	var firstName, status, name string
	var role access.RoleKind
	var protected bool
	err := tx.QueryRow(ctx, `SELECT u.first_name, u.status, r.kind, o.name, EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = u.account_id)
		FROM users u
		JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
		JOIN organizations o ON o.id = u.organization_id
		WHERE u.organization_id = $1 AND u.id = $2`, letter.OrganizationID, letter.SubjectID).Scan(&firstName, &status, &role, &name, &protected)
	if errors.Is(err, db.ErrNoRow) {
		return mail.Content{}, mail.ErrObsolete
	}
	if err != nil {
		return mail.Content{}, err
	}
	policy, err := organization.PolicyOf(ctx, tx, letter.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	tooLate := letter.Kind != mail.KindSecondFactorRequired && !tx.Now.Before(policy.From)
	if protected || status != "active" || !policy.Obliges(role) || tooLate || policy.From.Format(time.RFC3339) != letter.Data[tellFrom] {
		return mail.Content{}, mail.ErrObsolete
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "FirstName": firstName, "Organization": name, "Day": say.Day(policy.From),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization = name
	content.Button.URL = s.BaseURL.JoinPath("protect").String()
	return content, nil
}

// composeHead writes where the trail ends at this moment. A letter to an address
// that was given up since is obsolete.
func (s *Service) composeHead(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	var name, address string
	err := tx.QueryRow(ctx, `SELECT name, audit_head_address FROM organizations WHERE id = $1`, letter.OrganizationID).Scan(&name, &address)
	if err != nil {
		return mail.Content{}, err
	}
	if address != letter.Address {
		return mail.Content{}, mail.ErrObsolete
	}
	head, err := audit.HeadOf(ctx, tx, letter.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Organization": name, "Line": say.Number(int(head.Sequence)), "When": say.Moment(tx.Now),
	})
	content.Organization = name
	content.Verbatim = verification(head)
	return content, err
}

// composeFormer tells whoever got the head until now, and takes leave with where
// the trail ends after that change: the change is among what they can prove.
func (s *Service) composeFormer(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	head, err := audit.HeadOf(ctx, tx, letter.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	content, err := s.Notices.Speak(letter, say, map[string]any{})
	content.Verbatim = verification(head)
	return content, err
}

// verification is the command that holds a trail to a head.
func verification(head audit.Head) string { return "idkit audit verify --head " + head.String() }
