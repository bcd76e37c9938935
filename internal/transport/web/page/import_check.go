package page

import (
	"strconv"
	"time"
)

// ImportVerdict is what becomes of one row of the file.
type ImportVerdict string

// The verdicts.
const (
	ImportInvite ImportVerdict = "invite" // will be invited
	ImportHere   ImportVerdict = "here"   // is a user here, or invited already
	ImportTwice  ImportVerdict = "twice"  // the address stands in an earlier row
	ImportWrong  ImportVerdict = "wrong"  // something in the row has to be put right
)

// ImportCheck is the page ImportHref before anything is sent, with the query parameters show and page. "Send" posts to
// /users/import/{id}/send, "Discard" to /users/import/{id}/discard.
type ImportCheck struct {
	ID      string
	Problem string
	File    string
	At      time.Time
	EndsAt  time.Time // until when the check is kept
	Counts  ImportCounts
	// Show is the verdict that is looked at, the value of the query parameter; empty shows every row, problems first.
	Show ImportVerdict
	Rows []ImportRow
	Part ImportPart
	// MailMissing says that letters wait until mail is set up.
	MailMissing bool
}

// ImportCounts counts the rows by verdict.
type ImportCounts struct {
	Invite, Here, Twice, Wrong int
}

// All is every row of the file.
func (c ImportCounts) All() int { return c.Invite + c.Here + c.Twice + c.Wrong }

// ImportRow is one row of the file.
type ImportRow struct {
	Line    int    // where it stands in the file; the line of names is 1
	Name    string // as typed, like the next two
	Email   string
	Role    string
	Verdict ImportVerdict
	User    string   // ImportHere: id of the user
	First   int      // ImportTwice: the line where the address stands first
	Wrong   []string // ImportWrong: spoken sentences, one for each field
}

// ImportPart is which page of the rows is shown. First and Last count rows from one.
type ImportPart struct {
	Number, Of         int
	First, Last, Total int
}

// Left is how many rows are left out.
func (v ImportCheck) Left() int { return v.Counts.All() - v.Counts.Invite }

// importLink is one of the links above the rows.
type importLink struct {
	Key     string
	Href    string
	Count   int
	Current bool
}

// Filters lists the links above the rows; verdicts that no row has are left out.
func (v ImportCheck) Filters() []importLink {
	links := []importLink{{Key: "all", Href: v.href("", 1), Count: v.Counts.All(), Current: v.Show == ""}}
	for _, l := range []struct {
		verdict ImportVerdict
		count   int
	}{{ImportWrong, v.Counts.Wrong}, {ImportTwice, v.Counts.Twice}, {ImportHere, v.Counts.Here}, {ImportInvite, v.Counts.Invite}} {
		if l.count > 0 {
			links = append(links, importLink{Key: string(l.verdict), Href: v.href(l.verdict, 1), Count: l.count, Current: v.Show == l.verdict})
		}
	}
	return links
}

// Page is the part of the rows that is shown, with the links to the others.
func (v ImportCheck) Page() Page {
	p := Page{First: v.Part.First, Last: v.Part.Last, Total: v.Part.Total}
	if v.Part.Number > 1 {
		p.Previous = v.href(v.Show, v.Part.Number-1)
	}
	if v.Part.Number < v.Part.Of {
		p.Next = v.href(v.Show, v.Part.Number+1)
	}
	for _, n := range PageNumbers(v.Part.Number, v.Part.Of) {
		p.Links = append(p.Links, PageLink{Number: n, Href: v.href(v.Show, n), Current: n == v.Part.Number})
	}
	return p
}

func (v ImportCheck) href(show ImportVerdict, page int) string {
	href, sign := ImportHref(v.ID), "?"
	if show != "" {
		href, sign = href+"?show="+string(show), "&"
	}
	if page > 1 {
		href += sign + "page=" + strconv.Itoa(page)
	}
	return href
}

func (v ImportCheck) describe() description {
	return description{
		template: "import_check", frame: framePortal, title: "page.import_check.title",
		problems: problems(v.Problem),
	}
}
