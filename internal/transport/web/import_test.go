package web_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/transport/web"
)

const columns = "first name,last name,email,role\n"

// part is a field of a form with a file; one with a file name is a file.
type part struct{ name, file, content string }

// uploadForm is a form as a browser sends it.
func (v *visitor) uploadForm(parts ...part) *http.Request {
	v.p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, p := range parts {
		var w io.Writer
		var err error
		if p.file != "" {
			w, err = form.CreateFormFile(p.name, p.file)
		} else {
			w, err = form.CreateFormField(p.name)
		}
		if err != nil {
			v.p.Fatal(err)
		}
		_, _ = io.WriteString(w, p.content)
	}
	_ = form.Close()
	r := v.request(http.MethodPost, "/users/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// upload opens the page and posts a file.
func (v *visitor) upload(file string) *answer {
	v.p.Helper()
	v.open("/users/import")
	return v.send(v.uploadForm(part{name: "form_token", content: v.page.formToken()}, part{"file", "people.csv", file}))
}

var importPath = regexp.MustCompile(`^/users/import/imp_[0-9a-v]{26}/rows$`)

// checked uploads a file that is accepted and returns the path of its import.
func (v *visitor) checked(file string) (path string) {
	v.p.Helper()
	a := v.upload(file)
	if a.status != http.StatusSeeOther || !importPath.MatchString(a.location()) {
		v.p.Fatalf("answer %d to %q\n%s", a.status, a.location(), words(a.body))
	}
	return strings.TrimSuffix(a.location(), "/rows")
}

// over waits until the import has ended, reloading its page as a browser without script does.
func (v *visitor) over(path string) *answer {
	v.p.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if a := v.open(path + "/rows"); strings.Contains(a.body, path+"/result.csv") {
			return a
		}
	}
	v.p.Fatal("the import does not end")
	return nil
}

// table reads a CSV answer.
func table(t *testing.T, a *answer) [][]string {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename=") {
		t.Fatalf("answer %d %v", a.status, a.header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestPeopleAreImportedFromAFile(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.shows(owner.open("/users"), http.StatusOK, "Import people")
	path := owner.checked(columns +
		"Sam,Ito,sam@example.com,Member\n" +
		"=SUM(A1),,formula@example.com,administrator\n" +
		"Sam,again,SAM@example.com,Member\n" +
		"Ada,Byron," + admin + ",Member\n" +
		"-1,+2,wrong@,@nobody\n")
	shown := owner.open(path + "/rows")
	for _, sentence := range []string{
		"Send 2 invitations", "Enter an email address like name@example.com", "There is no role \"@nobody\" that you can give. Use one of: Administrator, Member.",
		"The address stands in line 2 first.", "Already here",
	} {
		owner.shows(shown, http.StatusOK, sentence)
	}
	if filtered := words(owner.open(path + "/rows?show=twice").body); !strings.Contains(filtered, "SAM@example.com") || strings.Contains(filtered, "formula@example.com") {
		t.Errorf("the filter shows %s", filtered)
	}
	if n := len(p.letters("sam@example.com")); n != 0 {
		t.Fatal("an invitation was sent before anybody said so")
	}
	owner.leads(owner.post(path+"/send"), path+"/rows")
	owner.shows(owner.over(path), http.StatusOK, "The import is finished")
	invited := p.join(p.mailedPath(p.letter("sam@example.com", "/join")))
	invited.open("/protect")
	invited.leads(invited.post("/protect/later"), "/")

	want := [][]string{
		{"first name", "last name", "email", "role", "line", "result", "remark"},
		{"Sam", "Ito", "sam@example.com", "Member", "2", "invited", ""},
		{"'=SUM(A1)", "", "formula@example.com", "administrator", "3", "invited", ""},
		{"Sam", "again", "SAM@example.com", "Member", "4", "twice in the file", "The address stands in line 2 first."},
		{"Ada", "Byron", admin, "Member", "5", "already here", ""},
		{"'-1", "'+2", "wrong@", "'@nobody", "6", "not invited", "Enter an email address like name@example.com There is no role \"@nobody\" that you can give. Use one of: Administrator, Member."},
	}
	if got := table(t, owner.get(path+"/result.csv")); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the result is\n%q\nwant\n%q", got, want)
	}
	owner.shows(owner.open("/users/import"), http.StatusOK, "Finished, 2 invitations sent")
	again := owner.checked(owner.get(path + "/result.csv").body) // the result can be put right and checked
	owner.shows(owner.open(again+"/rows"), http.StatusOK, "Nobody would be invited.")
}

func TestTheSampleCanBeImported(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	path := owner.checked(owner.get("/users/import/sample.csv").body)
	owner.shows(owner.open(path+"/rows"), http.StatusOK, "Every row will be invited.")
}

func TestABadFileGetsASentenceAndChangesNothing(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.open("/users/import")
	before := p.acts()
	for file, sentence := range map[string]string{
		"":      "This file is empty.",
		columns: "nobody below it",
		"name,email,role\nSam,sam@example.com,Member\n":                                 "Add: first name, last name.",
		columns + "S\xe1m,,sam@example.com,Member\n":                                    "Line 2 is not text in UTF-8.",
		columns + "Sam,\"Ito,sam@example.com,Member\n":                                  "The quotation marks in line 2 do not match.",
		columns + strings.Repeat("Sam,Ito,sam@example.com,Member\n", roster.RowLimit+1): "This file has more than 10,000 people.",
		columns + strings.Repeat("x", roster.FileLimit):                                 "This file is too large. Use at most 5 MiB",
		columns + strings.Repeat("x", 2*roster.FileLimit):                               "This file is too large. Use at most 5 MiB",
	} {
		a, status := owner.upload(file), http.StatusUnprocessableEntity
		if len(file) > roster.FileLimit {
			status = http.StatusRequestEntityTooLarge
		}
		owner.shows(a, status, sentence)
		if !strings.Contains(a.body, `id="file-error"`) {
			t.Errorf("%.30q: the sentence does not stand at its field", file)
		}
	}
	for what, parts := range map[string][]part{
		"no file":           {},
		"an empty choice":   {{name: "file"}},
		"text for the file": {{name: "file", content: columns}},
	} {
		owner.open("/users/import")
		a := owner.send(owner.uploadForm(append([]part{{name: "form_token", content: owner.page.formToken()}}, parts...)...))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Choose a CSV file") {
			t.Errorf("%s: answer %d %s", what, a.status, words(a.body))
		}
	}
	owner.open("/users/import")
	owner.shows(owner.post("/users/import"), http.StatusUnprocessableEntity, "Choose a CSV file")
	if p.acts() != before {
		t.Error("a refused file was recorded")
	}
}

func TestTheNameOfAFileIsNoPathAndTurnsNothingAround(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.open("/users/import")
	a := owner.send(owner.uploadForm(part{name: "form_token", content: owner.page.formToken()},
		part{"file", "../../etc/pass\u202ewd<b>.csv", columns + manyPeople(1)}))
	owner.shows(owner.open(a.location()), http.StatusOK, "passwd<b>.csv , checked on")
	if body := owner.open("/users/import").body; strings.Contains(body, "etc/") || strings.Contains(body, "<b>") || strings.Contains(body, "\u202e") {
		t.Error("the name of the file is shown as it came")
	}
}

// A browser that is still sending when the connection closes shows no refusal at all.
func TestARefusedFileIsReadToItsEnd(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.open("/users/import")
	sheet := "PK\x03\x04\x00" + strings.Repeat("x", 3<<20)
	r := owner.uploadForm(part{name: "form_token", content: owner.page.formToken()}, part{"file", "people.xlsx", sheet})
	owner.shows(owner.send(r), http.StatusUnprocessableEntity, "Line 1 is not text in UTF-8.")
	if rest, err := io.ReadAll(r.Body); err != nil || len(rest) > 1<<10 {
		t.Errorf("%d bytes were left to send, %v", len(rest), err)
	}
}

// The file is not read before its sender is known to be allowed to send it.
func TestAFileIsReadAfterTheGuardHasPassed(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	owner.open("/users/import")
	sam.open("/")
	token := func(v *visitor) string { return v.page.formToken() }
	head := func(parts ...string) string {
		var b strings.Builder
		for i := 0; i < len(parts); i += 2 {
			fmt.Fprintf(&b, "--b\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n", parts[i], parts[i+1])
		}
		return b.String() + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.csv\"\r\n\r\n" + columns
	}
	for what, c := range map[string]struct {
		who    *visitor
		head   string
		status int
		most   int // bytes that may be read
	}{
		"by a stranger":         {p.visitor(), head(`"form_token"`, token(owner)), 303, 0},
		"by a Member":           {sam, head(`"form_token"`, token(sam)), 403, 16 << 10},
		"with a foreign token":  {owner, head(`"form_token"`, token(sam)), 303, 16 << 10},
		"without a token":       {owner, head(), 303, 16 << 10},
		"token behind a field":  {owner, head(`"x"`, "y", `"form_token"`, token(owner)), 303, 16 << 10},
		"an endless token":      {owner, "--b\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n", 303, 16 << 10},
		"an endless header":     {owner, "--b\r\nContent-Disposition: form-data; name=\"", 303, web.FormLimit + 16<<10},
		"nothing but an a":      {owner, "", 303, web.FormLimit + 16<<10},
		"by an Administrator":   {owner, head(`"form_token"`, token(owner)), 413, roster.FileLimit + 2*web.FormLimit},
		"with the length told":  {owner, head(`"form_token"`, token(owner)), 413, 16 << 10},
		"another kind of form":  {owner, "form_token=" + token(owner) + "&file=", 413, web.FormLimit + 16<<10},
		"an unknown field next": {owner, strings.Replace(head(`"form_token"`, token(owner)), `name="file"`, `name="other"`, 1), 303, 16 << 10},
	} {
		rest := &endless{}
		r := c.who.request(http.MethodPost, "/users/import", io.MultiReader(strings.NewReader(c.head), rest))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		r.ContentLength = -1
		switch what {
		case "with the length told":
			r.ContentLength = 100 << 20
		case "another kind of form":
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if a := c.who.clone().send(r); a.status != c.status {
			t.Errorf("%s: answer %d %s %s", what, a.status, a.location(), words(a.body))
		}
		if rest.read > c.most {
			t.Errorf("%s: %d bytes were read", what, rest.read)
		}
	}
}

func TestAnImportIsPausedContinuedAndStopped(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	path := owner.checked(columns + "Sam,Ito,sam@example.com,Member\n")
	for _, act := range []string{"/pause", "/continue"} { // of what was not started
		owner.open(path + "/rows")
		owner.leads(owner.post(path+act), path+"/rows")
		owner.shows(owner.open(path+"/rows"), http.StatusOK, "Someone went on with this import a moment ago.")
	}
	owner.leads(owner.post(path+"/discard"), path+"/rows")
	discarded := owner.open(path + "/rows")
	owner.shows(discarded, http.StatusOK, "No invitation was sent.")
	owner.shows(discarded, http.StatusOK, "The people in the file are forgotten.")
	if strings.Contains(discarded.body, "result.csv") {
		t.Error("a result is offered that there is not")
	}
	if a := owner.get(path + "/result.csv"); a.status != http.StatusNotFound {
		t.Errorf("the result of a discarded import: %d", a.status)
	}

	path = owner.checked(columns + manyPeople(3000))
	owner.open(path + "/rows")
	owner.leads(owner.post(path+"/send"), path+"/rows")
	owner.open(path + "/rows")
	owner.leads(owner.post(path+"/pause"), path+"/rows")
	owner.shows(owner.open(path+"/rows"), http.StatusOK, "No invitation leaves until somebody continues.")
	poll := owner.request(http.MethodGet, path+"/rows", nil)
	poll.Header.Set("HX-Request", "true")
	if a := owner.send(poll); a.status != http.StatusOK || !strings.Contains(a.body, "<progress") || strings.Contains(a.body, "<html") {
		t.Errorf("the progress asked for itself: %d %s", a.status, a.body)
	}
	owner.leads(owner.post(path+"/continue"), path+"/rows")
	owner.open(path + "/rows")
	owner.leads(owner.post(path+"/discard"), path+"/rows")
	owner.shows(owner.open(path+"/rows"), http.StatusOK, "The import was stopped")
	if a := owner.clone().send(poll); a.header.Get("HX-Redirect") != path+"/rows" {
		t.Errorf("the progress of what is over: %d %v", a.status, a.header)
	}
	unsent := 0
	for _, row := range table(t, owner.get(path+"/result.csv")) {
		if row[5] == "not sent" {
			unsent++
		}
	}
	if unsent == 0 {
		t.Error("nothing was left to stop")
	}
}

func manyPeople(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Sam,Ito,sam%d@example.com,Member\n", i)
	}
	return b.String()
}

// Imports of other organizations, and those that there are not, are one.
func TestAnUnknownImportIsNoPage(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	for _, line := range web.Lines(p.handler) {
		if !strings.Contains(line.Path, "/users/import/{id}") {
			continue
		}
		var bodies []string
		for _, id := range []string{p.foreignImport(), "imp_00000000000000000000000000", "nonsense", "%00", "..%2f.."} {
			owner.open("/users")
			a := owner.clone().send(owner.request(line.Method, strings.Replace(line.Path, "{id}", id, 1), strings.NewReader(owner.form().Encode())))
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s with %q: answer %d %s", line.Method, line.Path, id, a.status, a.location())
			}
			bodies = append(bodies, words(a.body))
		}
		if bodies[0] != bodies[1] || bodies[0] != bodies[2] {
			t.Errorf("%s %s tells ids apart: %q", line.Method, line.Path, bodies)
		}
	}
}

// foreignImport is the id of an import of another organization.
func (p *portal) foreignImport() (importID string) {
	p.Helper()
	importID = id.New("imp")
	err := p.app.DB().Write(p.Context(), func(tx *db.Tx) error {
		o, _, err := organization.Create(p.Context(), tx, organization.Client, "Elsewhere "+importID)
		if err != nil {
			return err
		}
		_, err = tx.Exec(p.Context(), `INSERT INTO imports (organization_id, id, file_name, state, importer_id, importer_name, address, user_agent, request_id, paused_by,
				created_at, due_at, lease, letter_at, to_invite, here, twice, wrong, invited, failed)
			VALUES ($1, $2, 'people.csv', 'paused', 'usr_1', 'Lee', '', '', '', 'Lee', $3, $3, '', $3, 1, 0, 0, 0, 0, 0)`, o.ID, importID, tx.Now)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return importID
}
