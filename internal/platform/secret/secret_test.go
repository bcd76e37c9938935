package secret

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func keyring(t *testing.T, keys ...string) *Keyring {
	t.Helper()
	ring, err := ParseKeyring(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestSealOpensOnlyInItsPlace(t *testing.T) {
	ring := keyring(t, NewKey())
	sealed, err := ring.Seal([]byte("seed"), "second_factors", "secret", "acc_1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ring.Open(sealed, "second_factors", "secret", "acc_1"); err != nil || string(got) != "seed" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	if _, err := ring.Open(sealed, "second_factors", "secret", "acc_2"); err == nil {
		t.Error("a sealed value opens for another row")
	}
	if _, err := ring.Open(sealed, "second_factors", "secretacc_1"); err == nil {
		t.Error("contexts that join to the same text are taken for the same place")
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := ring.Open(changed, "second_factors", "secret", "acc_1"); err == nil {
			t.Fatalf("a change of byte %d goes unnoticed", i)
		}
	}
	for n := range sealed {
		if _, err := ring.Open(sealed[:n], "second_factors", "secret", "acc_1"); err == nil {
			t.Fatalf("a value cut to %d bytes opens", n)
		}
	}
}

func TestRotationKeepsOldValuesReadable(t *testing.T) {
	older, newer := NewKey(), NewKey()
	before := keyring(t, older)
	sealed, _ := before.Seal([]byte("seed"), "here")
	signed := before.Sign("cookie", []byte("value"))
	id := before.CurrentKeyID()
	mac, _ := before.MAC(id, "pepper", []byte("x"))

	after := keyring(t, newer, older)
	if got, err := after.Open(sealed, "here"); err != nil || string(got) != "seed" {
		t.Errorf("after rotation Open = %q, %v", got, err)
	}
	if got, ok := after.Verify("cookie", signed); !ok || string(got) != "value" {
		t.Errorf("after rotation Verify = %q, %v", got, ok)
	}
	if got, err := after.MAC(id, "pepper", []byte("x")); err != nil || !bytes.Equal(got, mac) {
		t.Errorf("after rotation MAC = %x, %v", got, err)
	}
	gone := keyring(t, newer)
	if _, err := gone.Open(sealed, "here"); err != ErrUnknownKey {
		t.Errorf("without the old key Open = %v, want ErrUnknownKey", err)
	}
	if _, err := gone.MAC(id, "pepper", []byte("x")); err != ErrUnknownKey {
		t.Errorf("without the old key MAC = %v, want ErrUnknownKey", err)
	}
	if _, ok := gone.Verify("cookie", signed); ok {
		t.Error("without the old key Verify accepts")
	}
}

func TestVerifyIsBoundToThePurpose(t *testing.T) {
	ring := keyring(t, NewKey())
	if _, ok := ring.Verify("browser", ring.Sign("flash", []byte("value"))); ok {
		t.Error("a value signed for one purpose is accepted for another")
	}
}

func TestParseKeyringRefuses(t *testing.T) {
	for _, bad := range []string{"", " ,\n", "short", NewKey() + ",x", NewKey()[:40]} {
		if _, err := ParseKeyring(bad); err == nil {
			t.Errorf("ParseKeyring accepts %q", bad)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	token, text := NewToken(), Redacted("hunter2")
	for _, printed := range []string{
		fmt.Sprint(token), fmt.Sprintf("%v %+v %#v %s", token, token, token, token),
		fmt.Sprint(text), fmt.Sprintf("%v %+v %#v %s", text, text, text, text),
	} {
		if strings.Contains(printed, token.Reveal()) || strings.Contains(printed, "hunter2") {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add("")
	f.Add(NewToken().Reveal())
	f.Add(strings.Repeat("A", 43))
	f.Add(strings.Repeat("A", 42) + "B") // not canonical: stray low bits
	f.Add(strings.Repeat("=", 43))
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text)
		if err == nil && token.Reveal() != text {
			t.Errorf("%q was accepted although it is not the canonical form", text)
		}
	})
}

func FuzzVerify(f *testing.F) {
	ring, _ := ParseKeyring("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	f.Add(ring.Sign("flash", []byte("value")))
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, signed string) {
		data, ok := ring.Verify("flash", signed)
		if ok && ring.Sign("flash", data) != signed {
			t.Errorf("%q was accepted although it was never signed", signed)
		}
	})
}
