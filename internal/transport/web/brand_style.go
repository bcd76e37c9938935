package web

import (
	"fmt"
	"strings"

	"idkit/internal/domain/organization"
)

// brandStyle serves the style sheet of two accent colours, which its name says:
// "7a1f5c-dc9ecb.css". It asks nobody who they are and reads no database, and a
// colour that cannot be read has no style sheet, whoever asks for it. The content
// security policy allows no style within a page.
func (r *request) brandStyle() error {
	light, dark, found := strings.Cut(strings.TrimSuffix(r.PathValue("name"), ".css"), "-")
	inLight, errLight := organization.ParseColour(light)
	inDark, errDark := organization.ParseColour(dark)
	if !found || errLight != nil || errDark != nil || r.URL.Path != stylePath(inLight, inDark) ||
		organization.LightTheme.Contrast(inLight) < organization.LeastContrast || organization.DarkTheme.Contrast(inDark) < organization.LeastContrast {
		return errNoPage
	}
	l, d := organization.LightTheme.Palette(inLight), organization.DarkTheme.Palette(inDark)
	h := r.response.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, err := fmt.Fprintf(r.response, ":root{--accent:light-dark(%s,%s);--on-accent:light-dark(%s,%s);--accent-soft:light-dark(%s,%s)}\n",
		l.Accent, d.Accent, l.On, d.On, l.Soft, d.Soft)
	return err
}

func stylePath(light, dark organization.Colour) string {
	return strings.ToLower(fmt.Sprintf("/brand/%s-%s.css", light.String()[1:], dark.String()[1:]))
}

// styleOf is the path of the style sheet of a brand, empty where it has no colour.
func styleOf(b organization.Brand) string {
	light, err := organization.ParseColour(b.Light)
	if err != nil {
		return ""
	}
	dark, err := organization.ParseColour(b.Dark)
	if err != nil {
		return ""
	}
	return stylePath(light, dark)
}
