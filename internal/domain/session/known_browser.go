package session

import (
	"encoding/binary"
	"strings"
	"time"

	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

// Limits of the cookie by which a browser is known.
const (
	// KnownBrowserLifetime counts from the last log-in with the browser.
	KnownBrowserLifetime = 180 * 24 * time.Hour
	knownAccounts        = 5 // accounts that one browser is known to; the oldest makes room
	knownBrowserLimit    = 4096
	knownBrowserPurpose  = "known browser"
)

// KnownBrowsers recognizes browsers from which an account was logged in to
// before. The mark proves nothing about who sits there: it only keeps the owner
// apart from strangers where tries are counted, and spares letters about a new
// device. It is safe for concurrent use.
type KnownBrowsers struct {
	keyring *secret.Keyring
	now     func() time.Time
}

// NewKnownBrowsers signs the cookie with the keyring.
func NewKnownBrowsers(keyring *secret.Keyring, now func() time.Time) *KnownBrowsers {
	return &KnownBrowsers{keyring: keyring, now: now}
}

// mark is one account in the cookie.
type mark struct {
	signed    string
	accountID string
	browserID string
	at        time.Time
}

// Recognize returns the browser's id in the cookie, if the browser logged in to
// the account within KnownBrowserLifetime and since that moment: a new password
// makes every browser a stranger.
func (k *KnownBrowsers) Recognize(cookie, accountID string, since time.Time) (browserID string, known bool) {
	now := k.now()
	for _, m := range k.parse(cookie) {
		if m.accountID == accountID && !m.at.Before(since) && now.Before(m.at.Add(KnownBrowserLifetime)) {
			return m.browserID, true
		}
	}
	return "", false
}

// Remember returns the cookie with the account as its newest; what else it says
// stays, except what nobody signed. The browser keeps its id for the account.
func (k *KnownBrowsers) Remember(cookie, accountID string) string {
	browserID := id.New("brw")
	var signed []string
	for _, m := range k.parse(cookie) {
		if m.accountID == accountID {
			browserID = m.browserID
			continue
		}
		signed = append(signed, m.signed)
	}
	signed = signed[:min(len(signed), knownAccounts-1)]
	data := binary.BigEndian.AppendUint64(nil, uint64(k.now().UnixMicro()))
	newest := k.keyring.Sign(knownBrowserPurpose, append(data, accountID+" "+browserID...))
	return strings.Join(append([]string{newest}, signed...), ".")
}

// parse reads the marks that this installation signed, and drops all others.
func (k *KnownBrowsers) parse(cookie string) []mark {
	if len(cookie) > knownBrowserLimit {
		return nil
	}
	var marks []mark
	for _, signed := range strings.SplitN(cookie, ".", knownAccounts+1) {
		data, ok := k.keyring.Verify(knownBrowserPurpose, signed)
		if !ok || len(data) < 8 {
			continue
		}
		accountID, browserID, ok := strings.Cut(string(data[8:]), " ")
		if ok {
			at := time.UnixMicro(int64(binary.BigEndian.Uint64(data))).UTC()
			marks = append(marks, mark{signed: signed, accountID: accountID, browserID: browserID, at: at})
		}
	}
	return marks
}
