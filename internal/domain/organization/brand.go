package organization

import (
	"context"

	"idkit/internal/platform/db"
)

// Brand is how the portal and the letters look to the people of an organization.
// What is empty is the installation's own.
type Brand struct {
	Name       string
	Light      string // the colour of links and buttons in the light theme, "#RRGGBB"
	Dark       string // and in the dark one; there are both or none
	SupportURL string // https: or mailto:
}

// BrandColumns are the columns of organizations o that a Brand is read from.
const BrandColumns = `o.brand_name, o.brand_light, o.brand_dark, o.support_url`

// Into are the places for BrandColumns, to be scanned into.
func (b *Brand) Into() []any { return []any{&b.Name, &b.Light, &b.Dark, &b.SupportURL} }

// BrandOf returns the brand of an organization. Fault: db.ErrNoRow.
func BrandOf(ctx context.Context, tx *db.Tx, organizationID string) (b Brand, err error) {
	err = tx.QueryRow(ctx, `SELECT `+BrandColumns+` FROM organizations o WHERE o.id = $1`, organizationID).Scan(b.Into()...)
	return b, err
}

// SetBrand stores a brand, which the caller has judged.
func SetBrand(ctx context.Context, tx *db.Tx, organizationID string, b Brand) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET brand_name = $2, brand_light = $3, brand_dark = $4, support_url = $5 WHERE id = $1`,
		organizationID, b.Name, b.Light, b.Dark, b.SupportURL)
	return err
}
