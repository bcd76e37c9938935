package credential_test

import (
	"runtime"
	"strings"
	"testing"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/secret"
)

const phrase = "vexing lamp olm"

func verify(t testing.TB, passwords *credential.Passwords, stored, password string) (ok, needsRehash bool) {
	t.Helper()
	ok, needsRehash, err := passwords.Verify(t.Context(), stored, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok, needsRehash
}

func hash(t testing.TB, passwords *credential.Passwords, password string) string {
	t.Helper()
	stored, err := passwords.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestHashedPasswordIsVerifiedExactlyAsTyped(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	stored := hash(t, passwords, phrase)
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=47104,t=1,p=1,keyid=") {
		t.Errorf("stored as %s", stored)
	}
	if ok, again := verify(t, passwords, stored, phrase); !ok || again {
		t.Errorf("verified %t, to be hashed again %t", ok, again)
	}
	for _, other := range []string{"", "Vexing lamp olm", phrase + " ", " " + phrase, phrase + "\x00", strings.Repeat("o", 2000)} {
		if ok, again := verify(t, passwords, stored, other); ok || again {
			t.Errorf("%.20q is accepted", other)
		}
	}
	if hash(t, passwords, phrase) == stored {
		t.Error("the salt does not change")
	}
}

func TestAHashThatMatchesNothing(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	stored := passwords.MatchesNothing()
	if stored == passwords.MatchesNothing() || len(stored) != len(hash(t, passwords, phrase)) {
		t.Errorf("stored as %s", stored)
	}
	for _, typed := range []string{"", phrase, stored} {
		if ok, again := verify(t, passwords, stored, typed); ok || again {
			t.Errorf("%.20q is accepted", typed)
		}
	}
}

func TestBothFormsOfALetterAreOnePassword(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	stored := hash(t, passwords, "caf\u00e9 vexing lamp")
	if ok, _ := verify(t, passwords, stored, "cafe\u0301 vexing lamp"); !ok {
		t.Error("the decomposed form is refused")
	}
	if ok, _ := verify(t, passwords, stored, "cafe vexing lamp"); ok {
		t.Error("the letter without its accent is accepted")
	}
}

// Nothing is cut off, as bcrypt cuts at 72 bytes.
func TestLongPasswordsDifferAtTheEnd(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	long := strings.Repeat("o", 255)
	if ok, _ := verify(t, passwords, hash(t, passwords, long+"a"), long+"b"); ok {
		t.Error("two passwords of 256 characters are taken for one")
	}
}

func TestHashRefusesWhatIsMissingOrTooLong(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	_, err := passwords.Hash(t.Context(), "")
	wantFault(t, err, credential.ErrPasswordMissing)
	_, err = passwords.Hash(t.Context(), strings.Repeat("o", 1025))
	wantFault(t, err, credential.ErrPasswordTooLong)
}

func TestOtherCostsAndKeysAskForAnotherHash(t *testing.T) {
	first, second := secret.NewKey(), secret.NewKey()
	stored := hash(t, newPasswords(t, keyring(t, first)), phrase)

	rotated := newPasswords(t, keyring(t, second+","+first))
	if ok, again := verify(t, rotated, stored, phrase); !ok || !again {
		t.Errorf("after a rotation: verified %t, to be hashed again %t", ok, again)
	}
	if _, again := verify(t, rotated, stored, "another password"); again {
		t.Error("a wrong password asks for another hash")
	}
	costlier, err := credential.NewPasswords(credential.PasswordOptions{
		Keyring: keyring(t, first), Argon2: credential.Argon2{MemoryKiB: 48 * 1024, Passes: 1, Threads: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if ok, again := verify(t, costlier, stored, phrase); !ok || !again {
		t.Errorf("after a change of costs: verified %t, to be hashed again %t", ok, again)
	}
}

// A stolen table is worthless without the key: not even the right password fits.
func TestHashNeedsItsKey(t *testing.T) {
	stored := hash(t, newPasswords(t, keyring(t, secret.NewKey())), phrase)
	_, _, err := newPasswords(t, keyring(t, secret.NewKey())).Verify(t.Context(), stored, phrase)
	wantFault(t, err, secret.ErrUnknownKey)
}

// The work is told by the memory that it takes: a clock would make a flaky test.
func TestNobodyIsVerifiedWithTheWorkOfSomebody(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	stored := hash(t, passwords, phrase)
	for _, password := range []string{"", phrase, strings.Repeat("o", 2000)} {
		somebody := allocated(func() { verify(t, passwords, stored, password) })
		nobody := allocated(func() {
			if err := passwords.VerifyNobody(t.Context(), password); err != nil {
				t.Error(err)
			}
		})
		if nobody>>20 != somebody>>20 {
			t.Errorf("%.20q: %d MiB for somebody, %d MiB for nobody", password, somebody>>20, nobody>>20)
		}
	}
}

func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestCostsOutsideTheBoundsAreRefused(t *testing.T) {
	ring := keyring(t, secret.NewKey())
	for name, costs := range map[string]credential.Argon2{
		"too little memory for one pass": {MemoryKiB: 19 * 1024, Passes: 1, Threads: 1},
		"too little memory at all":       {MemoryKiB: 12 * 1024, Passes: 3, Threads: 1},
		"over the memory cap":            {MemoryKiB: 256*1024 + 1, Passes: 1, Threads: 1},
		"over the pass cap":              {MemoryKiB: 46 * 1024, Passes: 11, Threads: 1},
		"over the thread cap":            {MemoryKiB: 46 * 1024, Passes: 1, Threads: 17},
		"no pass":                        {MemoryKiB: 46 * 1024, Threads: 1},
		"no thread":                      {MemoryKiB: 46 * 1024, Passes: 1},
	} {
		if _, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring, Argon2: costs}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := credential.NewPasswords(credential.PasswordOptions{}); err == nil {
		t.Error("no keyring is accepted")
	}
	for _, costs := range []credential.Argon2{{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}, {MemoryKiB: 64 * 1024, Passes: 3, Threads: 4}} {
		if _, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring, Argon2: costs}); err != nil {
			t.Errorf("%+v: %v", costs, err)
		}
	}
}

// A stored text is checked before it is obeyed.
func TestMalformedAndExcessiveHashesAreRefusedUnread(t *testing.T) {
	passwords := newPasswords(t, keyring(t, secret.NewKey()))
	good := hash(t, passwords, phrase)
	for name, stored := range map[string]string{
		"empty":               "",
		"8 GiB":               strings.Replace(good, "m=47104", "m=8388608", 1),
		"a number too large":  strings.Replace(good, "m=47104", "m=99999999999", 1),
		"eleven passes":       strings.Replace(good, "t=1", "t=11", 1),
		"17 threads":          strings.Replace(good, "p=1", "p=17", 1),
		"no passes":           strings.Replace(good, "t=1", "t=0", 1),
		"another algorithm":   strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":     strings.Replace(good, "v=19", "v=16", 1),
		"another order":       strings.Replace(good, "m=47104,t=1", "t=1,m=47104", 1),
		"a leading zero":      strings.Replace(good, "m=47104", "m=047104", 1),
		"an unknown addition": strings.Replace(good, ",keyid", ",x=1,keyid", 1),
		"a shorter tag":       good[:len(good)-1],
		"trailing text":       good + "$",
		"a new line":          good + "\n",
	} {
		ok, _, err := passwords.Verify(t.Context(), stored, phrase)
		if ok || err == nil {
			t.Errorf("%s is accepted", name)
		}
		if err != nil && strings.Contains(err.Error(), good[len(good)-20:len(good)-2]) {
			t.Errorf("%s: the error quotes the hash", name)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	passwords := newPasswords(b, keyring(b, secret.NewKey()))
	stored := hash(b, passwords, phrase)
	for b.Loop() {
		verify(b, passwords, stored, phrase)
	}
}

func BenchmarkVerifyNobody(b *testing.B) {
	passwords := newPasswords(b, keyring(b, secret.NewKey()))
	for b.Loop() {
		_ = passwords.VerifyNobody(b.Context(), phrase)
	}
}
