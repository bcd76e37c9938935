package person

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"idkit/internal/platform/fault"
)

// mobileLimit is the longest text that is looked at, in bytes: fifteen digits
// (ITU-T E.164) and whatever people put between them.
const mobileLimit = 64

// Refusals of a mobile number. Params: Region and CallingCode of the chosen
// region; the region's ISO 3166 code stands in Region until RegionName is put there.
var (
	ErrRegionMissing  = fault.New(fault.Invalid, "person.region_missing")
	ErrMobileMissing  = fault.New(fault.Invalid, "person.mobile_missing")
	ErrMobileNoNumber = fault.New(fault.Invalid, "person.mobile_no_number")
	ErrMobileShort    = fault.New(fault.Invalid, "person.mobile_short")
	ErrMobileLong     = fault.New(fault.Invalid, "person.mobile_long")
	ErrMobileUnknown  = fault.New(fault.Invalid, "person.mobile_unknown") // of the right length, and no number there
	// ErrMobileElsewhere says that the number names another calling code than the
	// region's. Param: Typed.
	ErrMobileElsewhere = fault.New(fault.Invalid, "person.mobile_elsewhere")
)

// Mobile is a telephone number to contact somebody with. It is never used to
// log in.
type Mobile struct {
	Number string // E.164: "+61412345210"
	Region string // ISO 3166, as its owner chose it: some share a calling code
}

// Readable is the number in groups: "+61 412 345 210".
func (m Mobile) Readable() string {
	number, err := phonenumbers.Parse(m.Number, "")
	if err != nil {
		return m.Number
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// National is the number as it is dialled in its region: "0412 345 210".
func (m Mobile) National() string {
	number, err := phonenumbers.Parse(m.Number, "")
	if err != nil {
		return m.Number
	}
	return phonenumbers.Format(number, phonenumbers.NATIONAL)
}

// Region is a place of the world with a calling code.
type Region struct {
	Code        string // ISO 3166
	Name        string
	CallingCode int
}

// Regions returns every region, sorted by its name in that language.
func Regions(lang string) []Region {
	tag, names := regionNames(lang)
	var all []Region
	for code := range phonenumbers.GetSupportedRegions() {
		region, err := language.ParseRegion(code)
		if err != nil {
			continue // not a place, such as the number space of satellites
		}
		all = append(all, Region{code, names.Name(region), phonenumbers.GetCountryCodeForRegion(code)})
	}
	order := collate.New(tag)
	slices.SortFunc(all, func(a, b Region) int { return cmp.Or(order.CompareString(a.Name, b.Name), cmp.Compare(a.Code, b.Code)) })
	return all
}

func regionNames(lang string) (language.Tag, display.Namer) {
	tag := language.Make(lang)
	if names := display.Regions(tag); names != nil && lang != "" {
		return tag, names
	}
	return language.English, display.Regions(language.English)
}

// IsRegion reports whether a code is that of one of Regions.
func IsRegion(code string) bool {
	_, err := language.ParseRegion(code)
	return err == nil && phonenumbers.GetSupportedRegions()[code]
}

// RegionName is what a region is called in that language.
func RegionName(code, lang string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	_, names := regionNames(lang)
	return names.Name(region)
}

// ParseMobile reads a number as it is dialled in the region, or with a plus sign
// and the region's own calling code. Neither ever rewrites the other. Spaces,
// dashes, dots, slashes and brackets do not matter.
//
// Faults: fields region (ErrRegionMissing) and number (ErrMobile…).
func ParseMobile(regionCode, typed string) (Mobile, error) {
	callingCode := phonenumbers.GetCountryCodeForRegion(regionCode)
	var bad Fields
	if callingCode == 0 || regionCode != strings.ToUpper(regionCode) {
		bad.Add("region", ErrRegionMissing)
	}
	digits, err := dialled(typed)
	_ = bad.Collect("number", err) // dialled returns nothing but refusals
	if err := bad.Fault(); err != nil {
		return Mobile{}, err
	}
	number, refusal := parseNumber(digits, regionCode, callingCode)
	if refusal != nil {
		return Mobile{}, fault.InvalidFields(refusal.With("Region", regionCode).With("CallingCode", callingCode).At("number"))
	}
	return Mobile{Number: phonenumbers.Format(number, phonenumbers.E164), Region: regionCode}, nil
}

// dialled keeps the digits and the plus sign in front. Letters are refused:
// what spells a word on a keypad is a shop's number and nobody's own.
func dialled(typed string) (string, error) {
	if len(typed) > mobileLimit {
		return "", ErrMobileNoNumber
	}
	var b strings.Builder
	for _, r := range strings.TrimSpace(typed) {
		switch {
		case r >= '0' && r <= '9', r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune("-./()\u2010\u2011\u2012\u2013", r), unicode.IsSpace(r):
		default:
			return "", ErrMobileNoNumber
		}
	}
	if strings.TrimPrefix(b.String(), "+") == "" {
		return "", ErrMobileMissing
	}
	return b.String(), nil
}

func parseNumber(digits, regionCode string, callingCode int) (*phonenumbers.PhoneNumber, *fault.Fault) {
	number, err := phonenumbers.Parse(digits, regionCode)
	switch {
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return nil, ErrMobileShort
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return nil, ErrMobileLong
	case err != nil:
		return nil, ErrMobileNoNumber
	case int(number.GetCountryCode()) != callingCode:
		return nil, ErrMobileElsewhere.With("Typed", int(number.GetCountryCode()))
	}
	// Valid in any region of the calling code: people keep their number when they
	// move between those that share one.
	if phonenumbers.IsValidNumber(number) {
		return number, nil
	}
	return nil, whyUnknown(number, regionCode)
}

// whyUnknown compares the length with that of a mobile number of the region,
// which is what was meant: other numbers there may be much shorter.
func whyUnknown(number *phonenumbers.PhoneNumber, regionCode string) *fault.Fault {
	example := phonenumbers.GetExampleNumberForType(regionCode, phonenumbers.MOBILE)
	if example == nil {
		return ErrMobileUnknown
	}
	typed, usual := len(phonenumbers.GetNationalSignificantNumber(number)), len(phonenumbers.GetNationalSignificantNumber(example))
	switch {
	case typed < usual:
		return ErrMobileShort
	case typed > usual:
		return ErrMobileLong
	}
	return ErrMobileUnknown
}
