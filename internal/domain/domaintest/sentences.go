package domaintest

import (
	"strings"
	"testing"

	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

// Sentences checks what refusals say in the default language, and that every
// language has a sentence for them with all the values that they carry.
func Sentences(t *testing.T, want map[*fault.Fault]string) {
	t.Helper()
	catalogue, err := language.Load()
	MustNot(t, err)
	for f, sentence := range want {
		for _, tag := range catalogue.Languages() {
			got, err := catalogue.Speaker(tag).SayWith("fault."+f.Code, f.Params)
			if err != nil || strings.Contains(got, "<no value>") {
				t.Errorf("%s in %s: %q, %v", f.Code, tag, got, err)
			}
			if tag == language.Default && got != sentence {
				t.Errorf("%s says %q, want %q", f.Code, got, sentence)
			}
		}
	}
}
