package session

import (
	"github.com/mileusna/useragent"

	"idkit/internal/platform/language"
)

// Device says what a browser claims to be: "Firefox on Windows". It is a label,
// and nothing is ever decided by it.
func Device(say *language.Speaker, userAgent string) (string, error) {
	ua := useragent.Parse(userAgent)
	switch {
	case ua.Name == "":
		return say.Say("session.device.unknown")
	case ua.OS == "":
		return ua.Name, nil
	}
	return say.Say("session.device", "Browser", ua.Name, "System", ua.OS)
}

// Handheld reports whether a browser claims to be on a phone or tablet.
func Handheld(userAgent string) bool {
	ua := useragent.Parse(userAgent)
	return ua.Mobile || ua.Tablet
}
