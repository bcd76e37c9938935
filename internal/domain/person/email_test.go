package person_test

import (
	"errors"
	netmail "net/mail"
	"strings"
	"testing"

	"idkit/internal/domain/person"
)

func TestAddressesAreReadAsTheirOwnersWriteThem(t *testing.T) {
	for typed, want := range map[string]person.Email{
		"li.wen@northwind.example":                  {Address: "li.wen@northwind.example", Key: "li.wen@northwind.example"},
		"  Li.Wen@NorthWind.Example\t":              {Address: "Li.Wen@northwind.example", Key: "li.wen@northwind.example"},
		"li.wen+idkit@northwind.example":            {Address: "li.wen+idkit@northwind.example", Key: "li.wen+idkit@northwind.example"}, // no provider's tricks
		"l.i@gmail.example":                         {Address: "l.i@gmail.example", Key: "l.i@gmail.example"},
		"li@bücher.example":                         {Address: "li@xn--bcher-kva.example", Key: "li@xn--bcher-kva.example"},
		"li@XN--BCHER-KVA.example":                  {Address: "li@xn--bcher-kva.example", Key: "li@xn--bcher-kva.example"},
		"o'brien!#$%&*/=?^_`{|}~-@a.example":        {Address: "o'brien!#$%&*/=?^_`{|}~-@a.example", Key: "o'brien!#$%&*/=?^_`{|}~-@a.example"},
		strings.Repeat("a", 64) + "@mail.a.example": {Address: strings.Repeat("a", 64) + "@mail.a.example", Key: strings.Repeat("a", 64) + "@mail.a.example"},
	} {
		if got, err := person.ParseEmail(typed); err != nil || got != want {
			t.Errorf("%q is read as %+v, %v", typed, got, err)
		}
	}
}

// hostileAddresses must never be read as an address, least of all as another one's.
var hostileAddresses = []string{
	"", " ", "@", "li", "li@", "@northwind.example", "li@northwind", "li@localhost", "li@127.0.0.1", "li@[127.0.0.1]", "li@[IPv6:::1]",
	"li@northwind.example.", "li@.example", "li@northwind..example", "li@-northwind.example", "li@north_wind.example",
	".li@northwind.example", "li.@northwind.example", "l..i@northwind.example", `"li wen"@northwind.example`, `"li@evil.example"@northwind.example`,
	"li@evil.example@northwind.example", "li wen@northwind.example", "li@north wind.example", "li@northwind.example,all@northwind.example",
	"Li Wen <li@northwind.example>", "<li@northwind.example>", "li@northwind.example (work)", "li(work)@northwind.example", "mailto:li@northwind.example",
	"li@northwind.example\r\nBcc: all@northwind.example", "li\n@northwind.example", "li@northwind.example\x00", "li\x00@northwind.example",
	"li%00@northwind.example\x7f", "l\xffi@northwind.example", "li@northwind\xff.example",
	"\u212aim@northwind.example", "Kim@northwind.example\u200b", "l\u0131@northwind.example", "ｌｉ@northwind.example", // Kelvin sign, dotless i, full width
	"li＠northwind.example", "li﹫northwind.example", "li@northwind。example", "li@northwind．example",
	"li@ｎorthwind.example", "li@nor\u017fwind.example", "li@\u212aunde.example", "li@north\u00adwind.example", "li@north\u200dwind.example",
	strings.Repeat("a", 65) + "@northwind.example", "li@" + strings.Repeat("a", 64) + ".example",
	"li@" + strings.Repeat("a.", 130) + "example", strings.Repeat("ü", 1e6) + "@northwind.example", "li@" + strings.Repeat("ü.", 100) + "example",
	"li@xn--\u00fc.example", "li@xn--a-.example",
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, typed := range hostileAddresses {
		if got, err := person.ParseEmail(typed); !errors.Is(err, person.ErrEmailInvalid) || got != (person.Email{}) {
			t.Errorf("%.60q is read as %+v, %v", typed, got, err)
		}
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, seed := range append(hostileAddresses, "li.wen@northwind.example", "Li@BÜCHER.example", "li@bücher.example", "li@straße.example", "li@例え.example", "li@xn--bcher-kva.example") {
		if len(seed) < 1000 {
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, typed string) {
		email, err := person.ParseEmail(typed)
		if err != nil {
			if !errors.Is(err, person.ErrEmailInvalid) || email != (person.Email{}) {
				t.Errorf("%q: %+v, %v", typed, email, err)
			}
			return
		}
		again, err := person.ParseEmail(email.Address)
		if err != nil || again != email {
			t.Errorf("%q is stored as %+v, which is read as %+v, %v", typed, email, again, err)
		}
		if byKey, err := person.ParseEmail(email.Key); err != nil || byKey.Key != email.Key {
			t.Errorf("%q has the key %q, which has the key %q, %v", typed, email.Key, byKey.Key, err)
		}
		if strings.ToLower(email.Address) != email.Key || len(email.Address) > 254 {
			t.Errorf("%q is stored as %+v", typed, email)
		}
		for _, c := range []byte(email.Address) {
			if c <= ' ' || c > '~' || strings.IndexByte(`"(),:;<>[\]`, c) >= 0 {
				t.Errorf("%q is stored as %q", typed, email.Address)
			}
		}
		if one, err := netmail.ParseAddressList(email.Address); err != nil || len(one) != 1 || one[0].Address != email.Address {
			t.Errorf("%q is stored as %q, which a mail program reads as %v, %v", typed, email.Address, one, err)
		}
		checkLookAlikes(t, strings.TrimSpace(typed), email)
	})
}

// checkLookAlikes holds that only ASCII leads to an ASCII address: a label in
// another script stays visible as one.
func checkLookAlikes(t *testing.T, typed string, email person.Email) {
	t.Helper()
	local, domain, _ := strings.Cut(typed, "@")
	storedLocal, storedDomain, _ := strings.Cut(email.Address, "@")
	if local != storedLocal {
		t.Errorf("%q changed its local part to %q", typed, storedLocal)
	}
	labels, stored := strings.Split(domain, "."), strings.Split(storedDomain, ".")
	if len(labels) != len(stored) {
		t.Fatalf("%q changed its domain to %q", typed, storedDomain)
	}
	for i, label := range labels {
		ascii := strings.IndexFunc(label, func(r rune) bool { return r >= 0x80 }) < 0
		switch {
		case ascii && !strings.EqualFold(label, stored[i]), !ascii && !strings.HasPrefix(stored[i], "xn--"):
			t.Errorf("%q changed its label %q to %q", typed, label, stored[i])
		}
	}
}

func TestMaskedAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"priya@northwind.example": "p•••@n•••.example",
		"a@b.co":                  "a•••@b•••.co",
		"":                        "•••",
		"nonsense":                "•••",
		"@x.y":                    "•••",
		"a@.y":                    "•••",
	} {
		if got := person.Masked(address); got != want {
			t.Errorf("%q is masked as %q, want %q", address, got, want)
		}
	}
}
