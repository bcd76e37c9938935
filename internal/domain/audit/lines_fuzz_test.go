package audit_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"idkit/internal/domain/audit"
)

// FuzzVerifyLines: whatever is done to a file, one that is taken for whole, up to a head that was noted, says exactly
// what was recorded; and without a noted head it says of itself what it did when written anew.
func FuzzVerifyLines(f *testing.F) {
	var recorded bytes.Buffer
	var head audit.Head
	for n := range 3 {
		e := crowdedLine(northwind, n+1, now, n, n+1, rand.New(rand.NewPCG(1, 1)))
		e.Seal(head.Hash)
		head = audit.Head{OrganizationID: northwind, Sequence: e.Sequence, Hash: e.Hash}
		recorded.Write(marshal(f, e))
	}
	whole := recorded.String()
	lines := strings.SplitAfter(whole, "\n")
	for _, seed := range []string{
		whole, "", "\n", lines[0], lines[0] + lines[2], lines[1] + lines[2], lines[1] + lines[0] + lines[2], whole + lines[2], whole + "{}\n", whole + "\n",
		strings.TrimSuffix(whole, "\n"), strings.ReplaceAll(whole, "\n", "\r\n"), strings.ReplaceAll(whole, `"sequence":2`, `"sequence":2,"sequence":3`),
		strings.Replace(whole, `"sequence"`, `"Sequence"`, 1), strings.Replace(whole, `"sequence":1`, `"sequence":1e0`, 1), strings.Replace(whole, "Z\"", "+00:00\"", 1),
		strings.Replace(whole, "a", `\u0061`, 1), strings.ToUpper(lines[0]), strings.Replace(whole, northwind, "org_other", 1), "null\n", "[]\n", strings.Repeat("{", 2000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := audit.VerifyLines(bytes.NewReader(file), head); err == nil {
			if said := anew(t, file); !strings.HasPrefix(said, whole) {
				t.Errorf("a file with the noted head says something else:\n%s", said)
			}
		}
		found, err := audit.VerifyLines(bytes.NewReader(file))
		if err != nil {
			return
		}
		again, err := audit.VerifyLines(strings.NewReader(anew(t, file)))
		if err != nil || again.Sequence != found.Sequence || !bytes.Equal(again.Hash, found.Hash) {
			t.Errorf("written anew it ends at %+v (%v), was %+v", again, err, found)
		}
	})
}

func marshal(t testing.TB, e audit.Entry) []byte {
	t.Helper()
	text, err := e.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// anew reads the lines of a file and writes them as the export does.
func anew(t testing.TB, file []byte) string {
	t.Helper()
	var b bytes.Buffer
	for line := range bytes.Lines(file) {
		var e audit.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		b.Write(marshal(t, e))
	}
	return b.String()
}
