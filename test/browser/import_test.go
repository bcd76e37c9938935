//go:build browser

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestImport invites people from a file in each way that people have: the file is checked, put right, sent and
// looked at in the end.
func TestImport(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		j := newJourney(t, way)
		j.setUpPortal()
		j.importPeople()
	})
}

// TestEveryPageOfAnImportIsAccessible looks at each page of the journey with axe.
func TestEveryPageOfAnImportIsAccessible(t *testing.T) {
	t.Parallel()
	j := newJourney(t, way{})
	j.setUpPortal()
	j.look = (*person).accessibleEverywhere
	j.importPeople()
}

const importColumns = "first name,last name,email,role\n"

func (j *journey) importPeople() {
	j.t.Helper()
	p := j.ada
	p.open("/users")
	p.press("Import people")
	p.on("Import people")
	j.look(p, "import")
	p.press("Check the file")
	p.reads("Choose a CSV file")
	j.look(p, "import-no-file")
	p.chooseFile("latin.csv", importColumns+"Andr\xe9,,andre@northwind.example,Member\n")
	p.press("Check the file")
	p.reads("Line 2 is not text in UTF-8. Save the sheet as \"CSV UTF-8\" and choose it again.")

	p.chooseFile("large.csv", strings.Repeat("x", 40<<20)) // a browser that is not heard out shows a broken connection
	p.press("Check the file")
	p.reads("This file is too large. Use at most 5 MiB, and split it if need be.")

	p.chooseFile("people.csv", importColumns+strings.Join([]string{
		"Wei,Zhang,wei@northwind.example,Member", "Marco,Rossi,marco@northwind,Member", "Ada,Okafor," + adaEmail + ",Member",
		"Wei,Zhang,WEI@northwind.example,Member", "Björk,,bjork@northwind.example,Editor",
	}, "\n"))
	p.press("Check the file")
	p.on("Check the import")
	p.reads("4 rows are left out. Nothing is sent yet")
	p.reads("Enter an email address like name@example.com")
	p.reads("There is no role \"Editor\" that you can give. Use one of: Administrator, Member.")
	p.reads("The address stands in line 2 first.")
	j.look(p, "import-check")
	p.press("Twice in the file 1")
	p.reads("WEI@northwind.example")
	p.press("Discard")
	p.on("The import was discarded")
	j.look(p, "import-discarded")

	p.press("Import another file")
	p.on("Import people")
	p.reads("Discarded, nothing sent")
	p.chooseFile("people.csv", importColumns+"Wei,Zhang,wei@northwind.example,Member\nBjörk,,bjork@northwind.example,Administrator\n")
	p.press("Check the file")
	p.on("Check the import")
	p.reads("Every row will be invited. Nothing is sent yet.")
	p.press("Send 2 invitations")
	p.on("The import is finished") // by itself, with scripts and without
	j.look(p, "import-result")
	for i, row := range p.downloaded("Result as CSV")[1:] {
		if want := []string{"wei@northwind.example", "bjork@northwind.example"}[i]; row[2] != want || row[5] != "invited" {
			j.t.Errorf("the result file says %q about %s", row, want)
		}
	}
	p.press("Look at the invited users")
	p.on("Users")
	p.reads("wei@northwind.example")
	p.reads("bjork@northwind.example")
	j.openInvitation(j.newPerson(), "wei@northwind.example")
}

// TestImportIsPausedAndStopped: a long import shows how far it has come, rests, goes on and leaves off when told.
func TestImportIsPausedAndStopped(t *testing.T) {
	t.Parallel()
	j := newJourney(t, way{})
	j.setUpPortal()
	p := j.ada
	p.open("/users/import")
	var many strings.Builder
	many.WriteString(importColumns)
	for i := range 9000 {
		fmt.Fprintf(&many, "Priya,Shah,priya%d@northwind.example,Member\n", i)
	}
	p.chooseFile("everybody.csv", many.String())
	p.press("Check the file")
	p.on("Check the import")
	p.press("Send 9,000 invitations")
	p.on("Sending invitations")
	p.accessible("import-progress")
	p.press("Pause")
	p.reads("Paused by Ada Okafor. No invitation leaves until somebody continues.")
	p.accessible("import-paused")
	p.press("Continue")
	p.reads("You can leave this page. The invitations go on, and nobody gets two.")
	p.press("Pause")
	p.press("Do not send the rest")
	p.on("The import was stopped")
	p.reads("were not sent")
	p.accessible("import-stopped")
}

// chooseFile chooses a file with that name and content.
func (p *person) chooseFile(name, content string) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := chromedp.Do(p.ctx, chromedp.SetUploadFiles("#file", []string{file})); err != nil {
		p.t.Fatal(err)
	}
}
