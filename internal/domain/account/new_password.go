package account

import (
	"context"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
)

// judgeAndHash returns the stored form of a new password. Fault: field password.
func (s *Service) judgeAndHash(ctx context.Context, password string, names credential.KnownNames) (string, error) {
	var bad person.Fields
	if err := bad.Collect("password", s.judge(password, names)); err != nil {
		return "", err
	}
	if err := bad.Fault(); err != nil {
		return "", err
	}
	return s.Passwords.Hash(ctx, password)
}

// judge refuses a new password that the policy or the lists do not allow.
func (s *Service) judge(password string, names credential.KnownNames) error {
	return s.Passwords.Check(credential.PolicyFor(false), password, names)
}

// namesOf are the names that a password of the account must not be made of.
func (s *Service) namesOf(email string, members []Membership) credential.KnownNames {
	names := credential.KnownNames{Brand: s.Brand, Email: email}
	for _, m := range members {
		names.Organization += " " + m.OrganizationName
		names.FirstName += " " + m.FullName
	}
	return names
}
