package user

import (
	"context"

	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
)

// Rename stores the first and last name of a user, and what a search finds them by.
func Rename(ctx context.Context, tx *db.Tx, u User) error {
	email, err := person.ParseEmail(u.Email)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE users SET first_name = $3, last_name = $4, search_text = $5 WHERE organization_id = $1 AND id = $2`,
		u.OrganizationID, u.ID, u.FirstName, u.LastName, person.SearchText(u.Name(), email))
	return err
}
