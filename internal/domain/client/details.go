package client

import (
	"context"
	"strings"
	"unicode/utf8"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

// CategoryLimit is the longest category, in code points.
const CategoryLimit = 60

// Refusals of a client's details.
var (
	ErrCountryMissing     = fault.New(fault.Invalid, "client.country_missing")
	ErrCategoryMissing    = fault.New(fault.Invalid, "client.category_missing")
	ErrCategoryTooLong    = fault.New(fault.Invalid, "client.category_too_long").With("Maximum", CategoryLimit)
	ErrCategoryUnreadable = fault.New(fault.Invalid, "client.category_unreadable")
)

const actionChanged audit.Action = "organization.changed"

// Details are what the vendor keeps about a client.
type Details struct {
	Name     string
	Country  string // ISO 3166, one of person.Regions
	Category string // the vendor's own word for what kind of client it is
}

// ChangeDetails stores another name, country or category. Where nothing differs it
// changes nothing.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow; fields
// organization, country, category.
func (s *Service) ChangeDetails(ctx context.Context, actor access.Actor, clientID string, d Details) (c Client, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return Client{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		before, actor, err := subject(ctx, tx, actor, clientID)
		if err != nil {
			return err
		}
		var bad person.Fields
		drawn := d.check(&bad, actor)
		if err := bad.Fault(); err != nil {
			return err
		}
		if err := drawn.store(ctx, tx, clientID); err != nil {
			return err
		}
		if c, err = find(ctx, tx, clientID); err != nil {
			return err
		}
		details := changes(before, c)
		if len(details) == 0 {
			return nil
		}
		return record(ctx, tx, actor, c, actionChanged, details)
	})
	return c, err
}

// check judges all fields. The command line may leave out country and category:
// scripts from before there were any go on working.
func (d Details) check(bad *person.Fields, actor access.Actor) Details {
	_ = bad.Collect("organization", organization.CheckName(d.Name)) // which returns nothing but refusals
	d.Name, d.Category = strings.TrimSpace(d.Name), strings.Join(strings.Fields(d.Category), " ")
	script := actor.Kind == access.KindInstallation
	switch {
	case d.Country == "" && script:
	case !person.IsRegion(d.Country):
		bad.Add("country", ErrCountryMissing)
	}
	switch {
	case d.Category == "" && script:
	case d.Category == "":
		bad.Add("category", ErrCategoryMissing)
	case utf8.RuneCountInString(d.Category) > CategoryLimit:
		bad.Add("category", ErrCategoryTooLong)
	case !organization.Readable(d.Category) || !organization.Shows(d.Category):
		bad.Add("category", ErrCategoryUnreadable)
	}
	return d
}

func (d Details) store(ctx context.Context, tx *db.Tx, clientID string) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET name = $2, name_key = $3, country = $4, category = $5 WHERE id = $1`,
		clientID, d.Name, language.Fold(d.Name), d.Country, d.Category)
	return err
}

// tell adds to the line of the trail what was said.
func (d Details) tell(details map[string]string) {
	if d.Country != "" {
		details["country"] = d.Country
	}
	if d.Category != "" {
		details["category"] = d.Category
	}
}

// changes are what is different now, as the trail tells changed values.
func changes(before, after Client) map[string]string {
	details := map[string]string{}
	for _, v := range []struct{ name, from, to string }{
		{"name", before.Name, after.Name}, {"country", before.Country, after.Country}, {"category", before.Category, after.Category},
	} {
		if v.from != v.to {
			details[v.name+"_from"], details[v.name+"_to"] = v.from, v.to
		}
	}
	return details
}
