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
