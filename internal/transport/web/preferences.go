package web

import (
	"net/url"
	"slices"

	"idkit/internal/transport/web/page"
)

// chooseTheme keeps the choice of colours in this browser and goes back.
func (r *request) chooseTheme() error {
	theme := page.Theme(r.value("theme"))
	switch theme {
	case page.ThemeLight, page.ThemeDark:
		r.setCookie(cookieTheme, string(theme), browserMemory)
	default:
		r.dropCookie(cookieTheme)
	}
	return r.redirect(r.back())
}

// chooseLanguage keeps the choice of language in this browser and goes back.
func (r *request) chooseLanguage() error {
	if tag := r.value("language"); slices.Contains(r.front.Catalogue.Languages(), tag) {
		r.setCookie(cookieLanguage, tag, browserMemory)
	}
	return r.redirect(r.back())
}

// back is the page that a form of the shell was posted from.
func (r *request) back() string {
	if path := r.value("back"); path != "" {
		return samePage(path)
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return samePage(from.RequestURI())
}
