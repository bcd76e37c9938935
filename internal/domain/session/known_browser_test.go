package session_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/session"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/language"
	"idkit/internal/platform/secret"
)

const zeroKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func knownBrowsers(t testing.TB, c *dbtest.Clock) *session.KnownBrowsers {
	t.Helper()
	ring, err := secret.ParseKeyring(zeroKey)
	if err != nil {
		t.Fatal(err)
	}
	return session.NewKnownBrowsers(ring, c.Now)
}

func TestKnownBrowser(t *testing.T) {
	c := newClock()
	k := knownBrowsers(t, c)
	since := c.Now()
	cookie := k.Remember("", "acc_priya")
	browser, known := k.Recognize(cookie, "acc_priya", since)
	if !known || browser == "" {
		t.Fatal("a remembered browser is not recognized")
	}
	for name, strange := range map[string]struct {
		cookie, account string
		since           time.Time
	}{
		"another account":        {cookie, "acc_sam", since},
		"no account":             {cookie, "", since},
		"a newer password":       {cookie, "acc_priya", since.Add(time.Microsecond)},
		"no cookie":              {"", "acc_priya", since},
		"a changed cookie":       {changed(cookie), "acc_priya", since},
		"a cut cookie":           {cookie[:len(cookie)/2], "acc_priya", since},
		"an endless cookie":      {cookie + strings.Repeat(".", 5000), "acc_priya", since},
		"another account's mark": {k.Remember("", "acc_sam"), "acc_priya", since},
	} {
		if _, known := k.Recognize(strange.cookie, strange.account, strange.since); known {
			t.Errorf("%s: the browser is recognized", name)
		}
	}
	other := session.NewKnownBrowsers(func() *secret.Keyring { ring, _ := secret.ParseKeyring(secret.NewKey()); return ring }(), c.Now)
	if _, known := other.Recognize(cookie, "acc_priya", since); known {
		t.Error("another installation recognizes the browser")
	}
	c.Advance(session.KnownBrowserLifetime - time.Second)
	renewed := k.Remember(cookie, "acc_priya")
	c.Advance(time.Second)
	if _, known := k.Recognize(cookie, "acc_priya", since); known {
		t.Error("the browser is known for ever")
	}
	if again, known := k.Recognize(renewed, "acc_priya", since); !known || again != browser {
		t.Error("a log-in does not renew the mark of the same browser")
	}
}

// changed is the cookie with another last character.
func changed(cookie string) string {
	rest, last := cookie[:len(cookie)-1], cookie[len(cookie)-1:]
	if last == "_" {
		return rest + "A"
	}
	return rest + "_"
}

func TestOneBrowserOfSeveralPeople(t *testing.T) {
	c := newClock()
	k := knownBrowsers(t, c)
	cookie := "garbage.AAAA"
	for i := range 7 {
		cookie = k.Remember(cookie, fmt.Sprint("acc_", i))
	}
	for i := range 7 {
		if _, known := k.Recognize(cookie, fmt.Sprint("acc_", i), c.Now()); known != (i >= 2) {
			t.Errorf("account %d: known is %v", i, known)
		}
	}
	if len(cookie) > 1000 {
		t.Errorf("the cookie has %d bytes", len(cookie))
	}
}

func FuzzKnownBrowser(f *testing.F) {
	c := newClock()
	k := knownBrowsers(f, c)
	// The same in every process that fuzzes, unlike a remembered one.
	ring, err := secret.ParseKeyring(zeroKey)
	if err != nil {
		f.Fatal(err)
	}
	good := ring.Sign("known browser", append(binary.BigEndian.AppendUint64(nil, uint64(c.Now().UnixMicro())), "acc_priya brw_1"...))
	for _, seed := range []string{"", ".", "....", good, good + "." + good, good + ".x", "x." + good, good[:20], strings.Repeat(good+".", 6)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		if _, known := k.Recognize(cookie, "acc_priya", c.Now()); known && !strings.Contains(cookie, good) {
			t.Errorf("%q is recognized although it was never signed", cookie)
		}
		next := k.Remember(cookie, "acc_sam")
		if _, known := k.Recognize(next, "acc_sam", c.Now()); !known {
			t.Errorf("%q keeps a browser from being remembered", cookie)
		}
		if len(next) > 4096 {
			t.Errorf("%q grows the cookie to %d bytes", cookie, len(next))
		}
	})
}

func TestDevice(t *testing.T) {
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	for userAgent, want := range map[string]string{
		origin.UserAgent: "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36": "Chrome on Windows",
		"": "An unknown device",
	} {
		if got, err := session.Device(catalogue.Speaker("en"), userAgent); got != want || err != nil {
			t.Errorf("%q is called %q, want %q (%v)", userAgent, got, want, err)
		}
	}
}
