package roster_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"idkit/internal/domain/roster"
	"idkit/internal/platform/fault"
)

func TestFilesOfManyProgramsAreRead(t *testing.T) {
	want := []roster.Person{{2, "Priya", "Shah", "priya@northwind.example", "Member"}, {3, "Wei", "", "wei@northwind.example", "Administrator"}}
	for name, file := range map[string]string{
		"as the sample":        "first name,last name,email,role\nPriya,Shah,priya@northwind.example,Member\nWei,,wei@northwind.example,Administrator\n",
		"no end of line":       "first name,last name,email,role\nPriya,Shah,priya@northwind.example,Member\nWei,,wei@northwind.example,Administrator",
		"from Windows":         "\uFEFFFirst Name;Last Name;Email;Role\r\nPriya;Shah;priya@northwind.example;Member\r\nWei;;wei@northwind.example;Administrator\r\n",
		"tabs":                 "FIRST_NAME\tLAST_NAME\tEMAIL\tROLE\nPriya\tShah\tpriya@northwind.example\tMember\nWei\t\twei@northwind.example\tAdministrator\n",
		"quoted":               "\"First name\",\"Last name\",\"E-mail address\",\"Role\"\n\"Priya\",\"Shah\",\"priya@northwind.example\",\"Member\"\nWei,\"\",wei@northwind.example,\"Administrator\"\n",
		"another order":        "role,Email,surname,given name\nMember,priya@northwind.example,Shah,Priya\nAdministrator,wei@northwind.example,,Wei\n",
		"more columns":         "id,first name,phone,last name,email,start,role,note\n1,Priya,,Shah,priya@northwind.example,,Member,\"a,b\"\n2,Wei,,,wei@northwind.example,,Administrator,\n,,,,,,,sum: 2\n",
		"spaces around":        " first name , last name , email , role \n Priya , Shah , priya@northwind.example , Member \nWei, ,wei@northwind.example,Administrator\n",
		"blank last cells cut": "email,role,first name,last name\npriya@northwind.example,Member,Priya,Shah\nwei@northwind.example,Administrator,Wei\n",
	} {
		got, err := roster.Parse(strings.NewReader(file))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		got, err = roster.Parse(iotest.OneByteReader(strings.NewReader(file)))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, byte by byte: %v, %v", name, got, err)
		}
	}
}

func TestLinesAreCountedAsAnEditorDoes(t *testing.T) {
	got, err := roster.Parse(strings.NewReader("\n \r\nfirst name,last name,email,role\n\n,,,\nPriya,\"Shah\nof Pune\",p@x.example,Member\n\nWei,,w@x.example,\n"))
	want := []roster.Person{{6, "Priya", "Shah\nof Pune", "p@x.example", "Member"}, {9, "Wei", "", "w@x.example", ""}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestFormulasAreText(t *testing.T) {
	got, err := roster.Parse(strings.NewReader("first name,last name,email,role\n=1+1,@SUM(A1),+x@northwind.example,\"=HYPERLINK(\"\"x\"\")\"\n"))
	want := []roster.Person{{2, "=1+1", "@SUM(A1)", "+x@northwind.example", `=HYPERLINK("x")`}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

const header = "first name,last name,email,role\n"

func people(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Priya,Shah,priya%d@northwind.example,Member\n", i)
	}
	return b.String()
}

func TestBadFilesAreRefusedWhole(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		want   *fault.Fault
		params map[string]any
	}{
		"nothing":                     {"", roster.ErrFileEmpty, nil},
		"a mark and nothing":          {"\uFEFF", roster.ErrFileEmpty, nil},
		"blank lines":                 {"\n\r\n  \n", roster.ErrFileEmpty, nil},
		"names of columns alone":      {header, roster.ErrNobody, nil},
		"names and blank lines":       {header + "\n,,,\n \n", roster.ErrNobody, nil},
		"no names of columns":         {people(2), roster.ErrColumnsMissing, map[string]any{"Columns": "first name, last name, email, role"}},
		"one column missing":          {"first name;last name;role\nPriya;Shah;Member\n", roster.ErrColumnsMissing, map[string]any{"Columns": "email"}},
		"a column twice":              {"first name,last name,email,E-Mail,role\n", roster.ErrColumnTwice, map[string]any{"Column": "email"}},
		"Latin 1":                     {header + people(3) + "Andr\xe9,,a@x.example,Member\n", roster.ErrNotText, map[string]any{"Line": 5}},
		"UTF-16":                      {"\xff\xfef\x00i\x00", roster.ErrNotText, map[string]any{"Line": 1}},
		"a spreadsheet":               {"PK\x03\x04\x14\x00\x06\x00", roster.ErrNotText, map[string]any{"Line": 1}},
		"NUL":                         {header + "Pri\x00ya,,p@x.example,Member\n", roster.ErrNotText, map[string]any{"Line": 2}},
		"a cut character":             {header + "Zo\xc3", roster.ErrNotText, map[string]any{"Line": 2}},
		"an open quote":               {header + people(2) + "\"Priya,Shah,p@x.example,Member\n" + people(3), roster.ErrQuotes, map[string]any{"Line": 4}},
		"an open quote in the names":  {"\n\"first name,last name,email,role\n" + people(1), roster.ErrQuotes, map[string]any{"Line": 2}},
		"a quote inside a cell":       {header + "\n\nPri\"ya,Shah,p@x.example,Member\n", roster.ErrQuotes, map[string]any{"Line": 4}},
		"text behind a quote":         {header + "\"Priya\"x,Shah,p@x.example,Member\n", roster.ErrQuotes, map[string]any{"Line": 2}},
		"one person too many":         {header + people(roster.RowLimit+1), roster.ErrTooManyRows, nil},
		"one byte too many":           {header + strings.Repeat("a", roster.FileLimit-len(header)+1), roster.ErrFileTooLarge, nil},
		"one long line of names":      {strings.Repeat("a,", roster.FileLimit), roster.ErrTooManyColumns, map[string]any{"Line": 1}},
		"one long line of nothing":    {header + people(1) + strings.Repeat(";", roster.FileLimit/2), roster.ErrTooManyColumns, map[string]any{"Line": 3}},
		"one column too many":         {header + strings.Repeat("\"a\n,\",", roster.ColumnLimit) + "a\n", roster.ErrTooManyColumns, map[string]any{"Line": 2 + roster.ColumnLimit}},
		"an open quote to the end":    {header + "\"" + strings.Repeat("a", roster.FileLimit), roster.ErrFileTooLarge, nil},
		"a PDF, which has no columns": {"%PDF-1.7\n1 0 obj\n", roster.ErrColumnsMissing, nil},
	} {
		_, err := roster.Parse(strings.NewReader(c.file))
		f, ok := fault.Of(err)
		if !ok || !errors.Is(err, c.want) {
			t.Errorf("%s: refused with %v, want %s", name, err, c.want.Code)
			continue
		}
		for param, want := range c.params {
			if f.Params[param] != want {
				t.Errorf("%s: %s is %v, want %v", name, param, f.Params[param], want)
			}
		}
	}
	wide := strings.TrimSpace(header) + strings.Repeat(",", roster.ColumnLimit-4) + "\n" + strings.Repeat("\"Ada,;\n\",", roster.ColumnLimit-1) + "Ada\n"
	if got, err := roster.Parse(strings.NewReader(wide + wide)); err != nil || len(got) != 3 {
		t.Errorf("as many columns as a spreadsheet has: %d people, %v", len(got), err)
	}
	if got, err := roster.Parse(strings.NewReader(header + people(roster.RowLimit))); err != nil || len(got) != roster.RowLimit {
		t.Errorf("%d people, %v", len(got), err)
	}
}

func TestAFileThatBreaksOffIsNoFile(t *testing.T) {
	broken := errors.New("the browser left")
	for _, file := range []string{"", "first na", header, header + people(5)} {
		_, err := roster.Parse(iotest.DataErrReader(&cut{strings.NewReader(file), broken}))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", len(file), err)
		}
	}
}

type cut struct {
	*strings.Reader
	err error
}

func (c *cut) Read(p []byte) (int, error) {
	if n, _ := c.Reader.Read(p); n > 0 {
		return n, nil
	}
	return 0, c.err
}

// FuzzParse: a file is refused in our words or read as the people who stand in
// it, and whoever writes them down again reads the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", header, header + people(2), "\uFEFF" + header + "\"a\nb\",,c@x.example,\"d\"\"e\"\r\n", "email;role;first name;last name\n;;;\n1;2;3;4;5",
		"role\temail\tfirst name\tlast name\n\"", header + "\"", header + "a\"b", header + "\xff", "\x00", header + "\r\r\n,\r,\n", "\"first name\",\"last name\",email,role\n\"\r\n\",a,b,c",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := roster.Parse(bytes.NewReader(file))
		if err != nil {
			if fault, ok := fault.Of(err); !ok || !strings.HasPrefix(fault.Code, "roster.") {
				t.Fatalf("%q: %v", file, err)
			}
			return
		}
		var again bytes.Buffer
		w := csv.NewWriter(&again)
		_ = w.Write([]string{"first name", "last name", "email", "role"})
		line := 1
		for _, p := range read {
			if p.Line <= line || p.Line > bytes.Count(file, []byte("\n"))+1 {
				t.Fatalf("%q: line %d after line %d", file, p.Line, line)
			}
			line = p.Line
			for _, cell := range []string{p.FirstName, p.LastName, p.Email, p.Role} {
				if !utf8.ValidString(cell) || strings.Contains(cell, "\x00") || strings.TrimSpace(cell) != cell {
					t.Fatalf("%q: a cell is %q", file, cell)
				}
			}
			_ = w.Write([]string{p.FirstName, p.LastName, p.Email, p.Role})
		}
		w.Flush()
		same, err := roster.Parse(&again)
		if len(same) == len(read) {
			for i := range same {
				same[i].Line = read[i].Line
			}
		}
		if err != nil || !slices.Equal(same, read) {
			t.Fatalf("%q: read as %+v, written and read as %+v, %v", file, read, same, err)
		}
	})
}
