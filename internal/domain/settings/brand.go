package settings

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// Limits of a brand: a name in code points, an address in bytes.
const (
	brandNameLimit = 40
	supportLimit   = 300
)

// Refusals of a brand.
var (
	ErrBrandNameLong = fault.New(fault.Invalid, "settings.brand_name_long").With("Maximum", brandNameLimit)
	ErrColour        = fault.New(fault.Invalid, "settings.colour")
	ErrLightMissing  = fault.New(fault.Invalid, "settings.light_missing")
	// ErrLightFaint and ErrDarkFaint refuse a colour that cannot be read. Params:
	// Ratio, Least, Nearest (the nearest one that can).
	ErrLightFaint = fault.New(fault.Invalid, "settings.light_faint")
	ErrDarkFaint  = fault.New(fault.Invalid, "settings.dark_faint")
	ErrSupport    = fault.New(fault.Invalid, "settings.support")
)

const actionBrandChanged audit.Action = "settings.brand_changed"

// Brand returns the brand of the actor's organization. Fault: access.ErrForbidden.
func (s *Service) Brand(ctx context.Context, actor access.Actor) (b organization.Brand, err error) {
	if err := actor.Require(access.SettingsView); err != nil {
		return organization.Brand{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err = organization.BrandOf(ctx, tx, actor.OrganizationID)
		return err
	})
	return b, err
}

// ChangeBrand gives the portal and the letters of an organization a name, a colour
// and a support address. What is left empty is the installation's own; a dark
// colour that is left empty is the nearest one to the light colour that can be
// read in the dark.
//
// Faults: those of session.Authorize; fields name, light, dark, support; ErrUnchanged.
func (s *Service) ChangeBrand(ctx context.Context, actor access.Actor, draft organization.Brand) (b organization.Brand, err error) {
	if err := actor.Require(access.SettingsEdit); err != nil {
		return organization.Brand{}, err
	}
	if b, err = judgeBrand(draft); err != nil {
		return organization.Brand{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.SettingsEdit)
		if err != nil {
			return err
		}
		before, err := organization.BrandOf(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		if before == b {
			return ErrUnchanged
		}
		if err := organization.SetBrand(ctx, tx, actor.OrganizationID, b); err != nil {
			return err
		}
		details := map[string]string{}
		noteChange(details, "brand_name", before.Name, b.Name)
		noteChange(details, "brand_light", before.Light, b.Light)
		noteChange(details, "brand_dark", before.Dark, b.Dark)
		noteChange(details, "support_address", before.SupportURL, b.SupportURL)
		about, err := target(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionBrandChanged, Target: about, Details: details})
	})
	return b, err
}

// judgeBrand brings a brand into its stored form, or says which field cannot be.
func judgeBrand(draft organization.Brand) (b organization.Brand, err error) {
	var bad person.Fields
	if b.Name = strings.TrimSpace(draft.Name); b.Name != "" {
		if utf8.RuneCountInString(b.Name) > brandNameLimit {
			bad.Add("name", ErrBrandNameLong)
		} else if err := bad.Collect("name", organization.CheckName(b.Name)); err != nil {
			return organization.Brand{}, err
		}
	}
	b.Light, b.Dark = strings.TrimSpace(draft.Light), strings.TrimSpace(draft.Dark)
	if b.Light == "" && b.Dark != "" {
		bad.Add("light", ErrLightMissing)
	}
	if b.Light != "" {
		judgeColours(&b, &bad)
	}
	if b.SupportURL = strings.TrimSpace(draft.SupportURL); !isSupport(b.SupportURL) {
		bad.Add("support", ErrSupport)
	}
	return b, bad.Fault()
}

func judgeColours(b *organization.Brand, bad *person.Fields) {
	light, err := organization.ParseColour(b.Light)
	if err != nil {
		bad.Add("light", ErrColour)
		return
	}
	judgeColour(bad, "light", organization.LightTheme, light, ErrLightFaint)
	dark := organization.DarkTheme.Nearest(light)
	if b.Dark != "" {
		if dark, err = organization.ParseColour(b.Dark); err != nil {
			bad.Add("dark", ErrColour)
			return
		}
		judgeColour(bad, "dark", organization.DarkTheme, dark, ErrDarkFaint)
	}
	b.Light, b.Dark = light.String(), dark.String()
}

func judgeColour(bad *person.Fields, field string, in organization.Theme, c organization.Colour, refusal *fault.Fault) {
	if ratio := in.Contrast(c); ratio < organization.LeastContrast {
		// Cut, not rounded: 4.49 must not be refused as 4.5.
		bad.Add(field, refusal.With("Ratio", strconv.FormatFloat(float64(int(ratio*100))/100, 'f', 2, 64)).
			With("Least", strconv.FormatFloat(organization.LeastContrast, 'f', 1, 64)).With("Nearest", in.Nearest(c).String()))
	}
}

// isSupport accepts an https: page, a mailto: address, or nothing.
func isSupport(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > supportLimit || u.User != nil || strings.ContainsAny(text, " \"<>\\") || !organization.Readable(text) {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Host != ""
	case "mailto":
		_, err := person.ParseEmail(u.Opaque)
		return err == nil && u.RawQuery == "" && u.Fragment == ""
	}
	return false
}

// BrandOf is how the letters about an organization look.
func BrandOf(ctx context.Context, tx *db.Tx, organizationID string) (mail.Brand, error) {
	b, err := organization.BrandOf(ctx, tx, organizationID)
	return mail.Brand{
		Name: b.Name, SupportURL: b.SupportURL, Light: paletteOf(organization.LightTheme, b.Light), Dark: paletteOf(organization.DarkTheme, b.Dark),
	}, err
}

func paletteOf(in organization.Theme, accent string) mail.Palette {
	c, err := organization.ParseColour(accent)
	if err != nil { // none was chosen
		return mail.Palette{}
	}
	p := in.Palette(c)
	return mail.Palette{Accent: p.Accent.String(), On: p.On.String(), Soft: p.Soft.String()}
}
