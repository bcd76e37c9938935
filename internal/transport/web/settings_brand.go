package web

import (
	"net/http"

	"idkit/internal/domain/organization"
	"idkit/internal/transport/web/page"
)

func (r *request) settingsBrand() error {
	b, err := r.front.Settings.Brand(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	return r.showSettingsBrand(http.StatusOK, b, problem{})
}

func (r *request) showSettingsBrand(status int, b organization.Brand, p problem) error {
	return r.show(status, page.SettingsBrand{
		Name: page.Field{Value: b.Name, Error: p.Fields["name"]}, Light: page.Field{Value: b.Light, Error: p.Fields["light"]},
		Dark: page.Field{Value: b.Dark, Error: p.Fields["dark"]}, Support: page.Field{Value: b.SupportURL, Error: p.Fields["support"]},
		Problem: p.Text, MayEdit: r.mayEditSettings(), Looks: looksOf(b),
	})
}

// looksOf shows the colours of a brand that can be read as colours, in both themes.
func looksOf(b organization.Brand) (looks []page.BrandLook) {
	for _, look := range []struct {
		name   string
		theme  organization.Theme
		colour string
	}{{"light", organization.LightTheme, b.Light}, {"dark", organization.DarkTheme, b.Dark}} {
		if accent, err := organization.ParseColour(look.colour); err == nil {
			palette := look.theme.Palette(accent)
			looks = append(looks, page.BrandLook{
				Theme: look.name, Surface: look.theme.Surface.String(), Accent: palette.Accent.String(), On: palette.On.String(),
			})
		}
	}
	return looks
}

func (r *request) postSettingsBrand() error {
	draft := organization.Brand{Name: r.value("name"), Light: r.value("light"), Dark: r.value("dark"), SupportURL: r.value("support")}
	_, err := r.front.Settings.ChangeBrand(r.Context(), r.current.Actor, draft)
	if err == nil {
		r.setFlash(flash{Key: "web.settings.brand_saved"})
		return r.redirect("/settings/brand")
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showSettingsBrand(status, draft, p) })
}
