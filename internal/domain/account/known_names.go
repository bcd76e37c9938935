package account

import (
	"idkit/internal/domain/credential"
)

// KnownNames are the names that a password of the account must not be made of.
func KnownNames(brand, email string, members []Membership) credential.KnownNames {
	names := credential.KnownNames{Brand: brand, Email: email}
	for _, m := range members {
		names.Organization += " " + m.OrganizationName
		names.FirstName += " " + m.FullName
	}
	return names
}
