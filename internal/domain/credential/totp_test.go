package credential

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"pgregory.net/rapid"
)

// The vectors of RFC 6238, appendix B, in their last six digits.
func TestCodesOfTheStandard(t *testing.T) {
	key := seed("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got, err := key.code(stepAt(time.Unix(at, 0))); got != want || err != nil {
			t.Errorf("at %d the code is %s, want %s: %v", at, got, want, err)
		}
	}
}

// Whatever came before, an accepted step is greater than the last one and at
// most one step away from now.
func TestAcceptedStepsOnlyGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := seed(rapid.SliceOfN(rapid.Byte(), seedBytes, seedBytes).Draw(t, "seed"))
		now := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "now"), 0)
		shown := stepAt(now) + rapid.Int64Range(-3, 3).Draw(t, "off")
		last := stepAt(now) + rapid.Int64Range(-4, 4).Draw(t, "last")
		code, err := key.code(shown)
		if err != nil {
			t.Fatal(err)
		}
		step, err := key.accept(code, now, last)
		if err == nil && (step <= last || step < stepAt(now)-1 || step > stepAt(now)+1) {
			t.Fatalf("accepted step %d at %d after %d", step, stepAt(now), last)
		}
		inWindow := shown >= stepAt(now)-1 && shown <= stepAt(now)+1
		if inWindow && shown > last && err != nil {
			t.Fatalf("refused a fresh code: %v", err)
		}
	})
}

func TestCodeSpellings(t *testing.T) {
	for typed, want := range map[string]string{
		"123456": "123456", " 123 456 ": "123456", "123-456": "123456", "123.456": "123456", "12 34–56\n": "123456",
		"１２３４５６": "123456", "123\u00a0456": "123456", "\u200b123456": "123456",
	} {
		if got, err := normaliseCode(typed); got != want || err != nil {
			t.Errorf("%q is read as %q: %v", typed, got, err)
		}
	}
	for typed, want := range map[string]error{
		"": ErrCodeMissing, " -. ": ErrCodeMissing, "12345": ErrCodeWrong, "1234567": ErrCodeWrong, "12345a": ErrCodeWrong,
		"+12345": ErrCodeWrong, "12a456": ErrCodeWrong, "٣٤٥٦٧٨": ErrCodeWrong, strings.Repeat(" ", 100): ErrCodeWrong, "1e5": ErrCodeWrong,
	} {
		if got, err := normaliseCode(typed); err != want || got != "" {
			t.Errorf("%q is read as %q: %v, want %v", typed, got, err, want)
		}
	}
}

// Every spelling has one normal form, which is its own: what is checked is what
// is counted and stored.
func FuzzNormaliseCode(f *testing.F) {
	for _, s := range []string{"123456", "123 456", "１２３-４５６", "", "\xff", "12345\u0301", "²²²²²²"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := normaliseCode(typed)
		if err != nil {
			if code != "" {
				t.Errorf("%q with a fault", code)
			}
			return
		}
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
			t.Errorf("%q is read as %q", typed, code)
		}
		if again, err := normaliseCode(code); again != code || err != nil {
			t.Errorf("%q is not its own normal form", code)
		}
	})
}

func TestProvisioningURIIsReadByApps(t *testing.T) {
	uri := provisioningURI("JBSWY3DPEHPK3PXP", "IDKit Müller & Söhne: Café", "priya+work@northwind.example")
	key, err := otp.NewKeyFromURL(uri)
	if err != nil {
		t.Fatal(err)
	}
	if key.Type() != "totp" || key.Secret() != "JBSWY3DPEHPK3PXP" || key.Issuer() != "IDKit Müller & Söhne Café" ||
		key.AccountName() != "priya+work@northwind.example" || key.Period() != 30 || key.Digits() != otp.DigitsSix ||
		key.Algorithm() != otp.AlgorithmSHA1 {
		t.Errorf("read back as %q of %q in %s", key.AccountName(), key.Issuer(), uri)
	}
	if strings.ContainsAny(uri, " +") {
		t.Errorf("%s writes a space or a plus as not every app reads it", uri)
	}
}

func TestGroupsOfFour(t *testing.T) {
	for text, want := range map[string]string{"": "", "ABC": "ABC", "ABCD": "ABCD", "ABCDE": "ABCD-E", "ABCDEFGH": "ABCD-EFGH"} {
		if got := groupsOfFour(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestRecoveryCodesAreUniform(t *testing.T) {
	const draws = 2000
	count := map[rune]int{}
	for range draws {
		for _, symbol := range randomSymbols(recoveryLength) {
			count[symbol]++
		}
	}
	if len(count) != len(unambiguous) {
		t.Errorf("%d symbols", len(count))
	}
	mean := float64(draws*recoveryLength) / float64(len(unambiguous))
	for symbol, n := range count { // six standard deviations
		if off := float64(n) - mean; off*off > 36*mean {
			t.Errorf("%c was drawn %d times, the mean is %.0f", symbol, n, mean)
		}
	}
}

func FuzzParseRecoveryCode(f *testing.F) {
	for _, s := range []string{"ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2", "abcd efgh jkmn pqrs tuvw xyz2", "", "0O1IL", "\xff", "ſſſſſſſſſſſſſſſſſſſſſſſſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := parseRecoveryCode(typed)
		if err != nil {
			return
		}
		if len(code) != recoveryLength || strings.Trim(code, unambiguous) != "" {
			t.Errorf("%q is read as %q", typed, code)
		}
		if again, err := parseRecoveryCode(strings.ToLower(strings.ReplaceAll(groupsOfFour(code), "-", " - "))); again != code || err != nil {
			t.Errorf("%q is not read back", code)
		}
	})
}

func FuzzParsePasswordHash(f *testing.F) {
	good := passwordHash{Argon2: DefaultArgon2, keyID: "0a1b2c3d"}.String()
	for _, s := range []string{good, "", "$$$$$", strings.Replace(good, "47104", "8388608", 1), strings.Replace(good, "m=", "m=-", 1)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parsePasswordHash(text)
		if err != nil {
			return
		}
		if h.String() != text {
			t.Errorf("%q is written back as %q", text, h)
		}
		if h.bounded() != nil {
			t.Errorf("%q is over the caps", text)
		}
	})
}
