package attempt

import (
	"strings"
	"testing"
)

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":              "192.0.2.1",
		"::ffff:192.0.2.1":       "192.0.2.1",
		"2001:db8:1:2:3:4:5:6":   "2001:db8:1:2::/64",
		"2001:db8:1:2::":         "2001:db8:1:2::/64",
		"fe80::1%eth0":           "fe80::/64",
		"":                       "unknown",
		"192.0.2.1:80":           "unknown",
		"192.0.2.1, 203.0.113.1": "unknown",
	} {
		if got := network(address); got != want {
			t.Errorf("%q is counted as %q, want %q", address, got, want)
		}
	}
}

// TestKeys: every secret, account and address has a counter of its own, and
// what strangers type stays out of the table.
func TestKeys(t *testing.T) {
	seen := map[string]bool{codeKey("acc_1"): true, recoveryCodeKey("acc_1"): true}
	for _, p := range []Password{
		{AccountID: "acc_1", Address: "192.0.2.1"},
		{AccountID: "acc_2", Address: "192.0.2.2"},
		{AccountID: "acc_1", BrowserID: "brw_1"},
		{AccountID: "acc_2", BrowserID: "brw_1"},
		{AccountID: "acc_1", BrowserID: "brw_2"},
		{EmailKey: "acc_1", Address: "192.0.2.3"},
		{EmailKey: "nobody@northwind.example", Address: "192.0.2.4"},
		{EmailKey: "nobody@northwind.example", BrowserID: "brw_3", Address: "192.0.2.5"},
	} {
		for _, claim := range p.claims() {
			if p.EmailKey == "nobody@northwind.example" && p.BrowserID != "" && strings.HasPrefix(claim.Key, "password:nobody:") {
				if !seen[claim.Key] {
					t.Error("a cookie gives an address without an account another counter")
				}
				continue
			}
			if seen[claim.Key] {
				t.Errorf("%s counts for two", claim.Key)
			}
			if seen[claim.Key] = true; strings.Contains(claim.Key, "@") || len(claim.Key) > 100 {
				t.Errorf("the key %s", claim.Key)
			}
		}
	}
}
