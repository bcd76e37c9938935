package roster_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

func TestEveryFaultAndActHasASentence(t *testing.T) {
	catalogue, err := language.Load()
	domaintest.MustNot(t, err)
	for _, tag := range catalogue.Languages() {
		say := catalogue.Speaker(tag)
		for _, f := range []*fault.Fault{
			roster.ErrFileMissing, roster.ErrFileEmpty, roster.ErrNobody, roster.ErrFileTooLarge, roster.ErrTooManyRows, roster.ErrTooManyColumns.With("Line", 2),
			roster.ErrNotText.With("Line", 2), roster.ErrQuotes.With("Line", 2), roster.ErrColumnsMissing.With("Columns", "email"),
			roster.ErrColumnTwice.With("Column", "email"), roster.ErrRoleUnknown.With("Role", "Editor").With("Roles", "Member"),
			roster.ErrTooOften, roster.ErrNotFound, roster.ErrOtherState,
		} {
			if got, err := say.SayWith("fault."+f.Code, f.Params); err != nil {
				t.Errorf("%s in %s: %q, %v", f.Code, tag, got, err)
			}
		}
		for _, act := range []string{
			"checked", "started", "paused", "continued", "finished", "stopped", "discarded",
			"stopped.importer_suspended", "stopped.importer_demoted", "stopped.importer_deleted", "stopped.organization_suspended",
			"stopped.not_continued", "discarded.not_started",
		} {
			if got, err := say.Say("audit.import."+act, "Actor", "Priya", "Target", "people.csv"); err != nil || !strings.Contains(got, "people.csv") {
				t.Errorf("%s in %s: %q, %v", act, tag, got, err)
			}
		}
	}
}
