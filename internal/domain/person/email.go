package person

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"

	"idkit/internal/platform/fault"
)

// emailLimit is the longest address, in octets (RFC 5321, 4.5.3.1.3).
const emailLimit = 254

// ErrEmailInvalid is the answer to what is no address that we can write to.
var ErrEmailInvalid = fault.New(fault.Invalid, "person.email_invalid")

// Email is an address in the form that mail is sent to, and the key by which
// two addresses are the same mailbox to us.
type Email struct {
	Address string // the local part as typed, the domain as A-label in lower case
	Key     string // the whole in ASCII lower case; no provider's tricks are undone
}

// ParseEmail reads what a person typed. The local part is ASCII; a domain in
// another script must be written as its owner registered it, because mapping
// look-alike characters would lead to another mailbox than the one on screen.
// Address literals and hosts without a dot are refused. Fault: ErrEmailInvalid.
func ParseEmail(typed string) (Email, error) {
	typed = strings.TrimSpace(typed)
	if len(typed) > emailLimit {
		return Email{}, ErrEmailInvalid
	}
	at := strings.LastIndexByte(typed, '@')
	if at < 1 {
		return Email{}, ErrEmailInvalid
	}
	local, domain := typed[:at], typed[at+1:]
	domain, err := asciiDomain(domain)
	if err != nil {
		return Email{}, ErrEmailInvalid
	}
	address := local + "@" + domain
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" || !plainLocalPart(local) || len(address) > emailLimit {
		return Email{}, ErrEmailInvalid
	}
	return Email{Address: address, Key: strings.ToLower(address)}, nil
}

// plainLocalPart allows the dot-atom of RFC 5322, 3.2.3, up to the 64 octets of
// RFC 5321; quoted local parts serve mostly those who attack parsers.
func plainLocalPart(local string) bool {
	const others = "!#$%&'*+-/=?^_`{|}~."
	if len(local) > 64 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return false
	}
	for _, c := range []byte(local) {
		alphanumeric := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alphanumeric && !strings.ContainsRune(others, rune(c)) {
			return false
		}
	}
	return true
}

// asciiDomain returns the A-label form in lower case. The registration profile
// refuses whatever it would have to map, such as full-width letters.
func asciiDomain(domain string) (string, error) {
	ascii := true
	for _, c := range []byte(domain) {
		ascii = ascii && c < 0x80
	}
	if ascii {
		domain = strings.ToLower(domain)
	}
	label, err := idna.Registration.ToASCII(domain)
	if err != nil {
		return "", err
	}
	last := label[strings.LastIndexByte(label, '.')+1:]
	if !strings.Contains(label, ".") || last == "" || strings.Trim(last, "0123456789") == "" || len(label) > 253 {
		return "", ErrEmailInvalid
	}
	return label, nil
}

// Masked is an address for eyes that need to recognize it and not to learn it:
// "p•••@n•••.example".
func Masked(address string) string {
	at := strings.LastIndexByte(address, '@')
	dot := strings.LastIndexByte(address, '.')
	if at < 1 || dot < at+2 {
		return "•••"
	}
	return address[:1] + "•••@" + address[at+1:at+2] + "•••" + address[dot:]
}
