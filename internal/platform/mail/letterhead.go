package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Letterhead is what all letters of an installation share.
type Letterhead struct {
	Brand      string // the name in the From line and at the top
	From       string // the sender's address, without a name
	BaseURL    string // every button leads below it
	SupportURL string // https: or mailto:; may be empty

	installation string // the Brand of the installation, under the name of one organization
	look         look
}

// Brand is how the letters about one organization look. What is empty is the
// letterhead's own.
type Brand struct {
	Name       string // somebody's own words
	SupportURL string
	Light      Palette
	Dark       Palette
}

// Palette is the colours of a letter in one theme, each "#RRGGBB".
type Palette struct{ Accent, On, Soft string }

// look is what the HTML part is coloured with.
type look struct{ Light, Dark Palette }

var usualLook = look{Palette{"#0B5A63", "#FFFFFF", "#DFEEEF"}, Palette{"#5FC3CD", "#04262A", "#11343A"}}

// branded is the letterhead for letters about an organization. The name is
// defused: whoever chose it may write to people who know nothing of them.
func (h Letterhead) branded(b Brand) Letterhead {
	if b.Name != "" {
		h.installation, h.Brand = h.Brand, Defuse(b.Name)
	}
	if b.SupportURL != "" {
		h.SupportURL = b.SupportURL
	}
	if b.Light.Accent != "" && b.Dark.Accent != "" {
		h.look = look{b.Light, b.Dark}
	}
	return h
}

// senderName is who the letter is from. An organization's own name stands beside
// that of the installation, which nobody chooses who only sends letters.
func (h Letterhead) senderName() string {
	if h.installation == "" {
		return clean(h.Brand, nameLimit)
	}
	return clean(h.Brand+" ("+h.installation+")", nameLimit)
}

func (h Letterhead) check() error {
	if err := checkAddress(h.From); err != nil {
		return err
	}
	base, err := url.Parse(h.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return errors.New("mail: the base URL must be an http or https address")
	}
	if h.SupportURL == "" {
		return nil
	}
	support, err := url.Parse(h.SupportURL)
	if err != nil || (support.Scheme != "http" && support.Scheme != "https" && support.Scheme != "mailto") {
		return errors.New("mail: the support address must be an https or mailto address")
	}
	return nil
}

// checkLink refuses a button that leads anywhere but below the base URL.
func (h Letterhead) checkLink(link string) error {
	if clean(link, len(link)) != link || strings.ContainsAny(link, " \"<>\\") {
		return errors.New("mail: the button's link has characters that a link cannot have")
	}
	if rest, ok := strings.CutPrefix(link, strings.TrimSuffix(h.BaseURL, "/")); !ok || (rest != "" && rest[0] != '/') {
		return fmt.Errorf("mail: the button does not lead below %s", h.BaseURL)
	}
	return nil
}
