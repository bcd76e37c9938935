package credential_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

var priya = credential.KnownNames{
	Brand: "IDKit", Organization: "Northwind Traders", Email: "priya.shah@northwind.example",
	FirstName: "Priya", LastName: "Shah",
}

func TestPasswordPolicy(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	alone, withSecondFactor := credential.DefaultPolicy, credential.Policy{}
	for _, c := range []struct {
		name     string
		policy   credential.Policy
		password string
		want     *fault.Fault // nil: accepted
	}{
		{"nothing", alone, "", credential.ErrPasswordMissing},
		{"14 characters", alone, "vexing lamp ol", credential.ErrPasswordTooShort},
		{"15 characters", alone, "vexing lamp olm", nil},
		{"11 with a second factor", withSecondFactor, "vexing lamp", credential.ErrPasswordTooShort},
		{"12 with a second factor", withSecondFactor, "vexing lamps", nil},
		{"an empty policy is no hole", credential.Policy{}, "vexing lamp", credential.ErrPasswordTooShort},
		{"an organization's own minimum", credential.Policy{MinLength: 20}, "vexing lamp olm", credential.ErrPasswordTooShort},
		{"code points, not bytes", alone, strings.Repeat("é", 14), credential.ErrPasswordTooShort},
		{"code points after NFC", alone, "vexing lamp ole\u0301", nil},
		{"a composed letter counts once", alone, "vexing lamp e\u0301e\u0301", credential.ErrPasswordTooShort},
		{"emoji", alone, "🐙🦑🦐🦞🦀🐡🐠🐟🐬🐳🐋🦈🐊🐅🐆", nil},
		{"surrounding spaces are kept", alone, " vexing lamp o ", nil},
		{"256 characters", alone, strings.Repeat("olm ", 64), nil},
		{"257 characters", alone, strings.Repeat("olm ", 64) + "o", credential.ErrPasswordTooLong},
		{"256 characters of four bytes", alone, strings.Repeat("🐙🦑", 128), nil},
		{"1,025 bytes", alone, strings.Repeat("🐙🦑", 128) + "o", credential.ErrPasswordTooLong},
		{"a megabyte", alone, strings.Repeat("o\u0301", 1<<19), credential.ErrPasswordTooLong},
		{"bytes that are no text", alone, "vexing lamp \xff\xfe\xfd", nil},

		{"well known", alone, "1qaz2wsx3edc4rfv", credential.ErrPasswordCommon},
		{"well known in capitals", alone, "1QAZ2WSX3EDC4RFV", credential.ErrPasswordCommon},
		{"well known in full-width letters", alone, "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", credential.ErrPasswordCommon},
		{"a phrase around a well-known one", alone, "1qaz2wsx3edc4rfv lamp", nil},

		{"the organization", withSecondFactor, "Northwind Traders", credential.ErrPasswordContext},
		{"the organization, written otherwise", withSecondFactor, "northwind-traders!", credential.ErrPasswordContext},
		{"brand and organization", withSecondFactor, "IDKit@Northwind2026", credential.ErrPasswordContext},
		{"the email address", alone, "Priya.Shah@Northwind.Example", credential.ErrPasswordPersonal},
		{"the name", withSecondFactor, "PriyaShah1987!", credential.ErrPasswordPersonal},
		{"the name, twice", withSecondFactor, "shahpriyashahpriya", credential.ErrPasswordPersonal},
		{"the name in full-width letters", withSecondFactor, "Ｐｒｉｙａ Ｓｈａｈ 0408", credential.ErrPasswordPersonal},
		{"a phrase with the name", withSecondFactor, "Priya eats 3 lamps", nil},
		{"the name and a long number", withSecondFactor, "priya 8374 9920 1746", nil},
		{"digits only", alone, "83749 9201 7463", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := passwords.Check(c.policy, c.password, priya)
			if c.want == nil && err != nil || c.want != nil {
				wantFault(t, err, orNil(c.want))
			}
		})
	}
}

func orNil(f *fault.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

func TestPasswordWithoutKnownNames(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	if err := passwords.Check(credential.DefaultPolicy, "vexing lamp olm", credential.KnownNames{}); err != nil {
		t.Error(err)
	}
}

func TestShortPasswordTellsBothLengths(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	f, _ := fault.Of(passwords.Check(credential.DefaultPolicy, "vexing lamp", priya))
	if f == nil || f.Params["Length"] != 11 || f.Params["Minimum"] != 15 {
		t.Errorf("%+v", f)
	}
}

// Checking costs little whatever comes in, and never panics.
func FuzzPasswordCheck(f *testing.F) {
	for _, s := range []string{"", "Priya Shah 1987", "ﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁﬁ", "\xff\xfe", "İİİİİİİİİİİİİİİİ", strings.Repeat("\u0301", 300)} {
		f.Add(s, s)
	}
	passwords := newPasswords(f, keyring(f, secret.NewKey()))
	f.Fuzz(func(t *testing.T, password, name string) {
		err := passwords.Check(credential.Policy{}, password, credential.KnownNames{FirstName: name, Email: name})
		if err == nil && (len(password) > 1024 || len(password) < 12) {
			t.Errorf("%d bytes are accepted", len(password))
		}
		if err != nil && !fault.IsKind(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
