package mail_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	xhtml "golang.org/x/net/html"

	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// sampleValues are harmless values for every sentence.
func sampleValues() map[string]any {
	return map[string]any{
		"Brand": "IDKit", "Inviter": "Sam Ito", "Organization": "Northwind", "Role": "Customer Service", "Person": "Priya Shah",
		"EndsDay": "30 November 2026", "EndedDay": "30 November 2026", "Ends": "30 November 2026, 10:42 UTC", "When": "23 November 2026, 10:42 UTC",
		"Administrator": "Ada Okafor", "Who": "You", "Device": "Firefox on Windows", "Place": mail.Plain("203.0.113.7"), "Count": 9,
		"OldAddress": "p•••@northwind.example", "NewAddress": mail.Plain("priya@northwind.example"), "LastDigits": "42",
		"Name": "Billing sync", "LastUsed": "23 November 2026, 10:42 UTC", "Requester": "Ada Okafor", "Server": mail.Plain("mail.example:587"),
	}
}

const link = baseURL + "/join?t=3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// render makes a letter of a kind with values in place of the harmless ones.
func render(t testing.TB, say *language.Speaker, kind mail.Kind, values map[string]any, quote, organization string) []byte {
	t.Helper()
	all := sampleValues()
	maps.Copy(all, values)
	content, err := mail.Speak(say, kind, all)
	if err != nil {
		t.Fatal(err)
	}
	if content.Button != nil {
		content.Button.URL = link
	}
	content.Quote, content.Organization = quote, organization
	message, err := letterhead.Render(mail.Rendering{
		To: "priya@northwind.example", MessageID: "<ltr_1@id.example>", Date: time.Date(2026, 11, 23, 10, 42, 0, 0, time.UTC),
		Content: content, Speaker: say,
	})
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func kinds() []mail.Kind { return slices.Sorted(maps.Keys(mail.Shapes)) }

// Every sentence of the catalogue belongs to a kind, and every kind has all of its own, with values for all their gaps.
func TestCatalogueAndKindsAgree(t *testing.T) {
	catalogue := loadCatalogue()
	used := map[string]bool{"mail.greeting": true, "mail.link_written_out": true, "mail.support": true}
	for kind, shape := range mail.Shapes {
		parts := []string{"subject", "preheader", "why"}
		for i := range shape.Body {
			parts = append(parts, fmt.Sprintf("body%d", i+1))
		}
		for part, there := range map[string]bool{"button": shape.Button, "ends": shape.Ends, "not_you": shape.NotYou} {
			if there {
				parts = append(parts, part)
			}
		}
		for _, part := range parts {
			used["mail."+string(kind)+"."+part] = true
		}
	}
	for _, tag := range catalogue.Languages() {
		for _, key := range catalogue.Keys(tag) {
			if strings.HasPrefix(key, "mail.") && !used[key] {
				t.Errorf("%s: no kind says %s", tag, key)
			}
		}
		say := catalogue.Speaker(tag)
		for _, kind := range kinds() {
			own := map[string]any{}
			for _, name := range mail.Shapes[kind].Params {
				own[name] = sampleValues()[name]
			}
			content, err := mail.Speak(say, kind, own)
			if err != nil {
				t.Errorf("%s: %s: %v", tag, kind, err)
			}
			if printed := fmt.Sprintf("%+v %+v", content, content.Button); strings.Contains(printed, "<no value>") {
				t.Errorf("%s: %s has a gap that no value fills: %s", tag, kind, printed)
			}
			for name := range own {
				missing := maps.Clone(own)
				delete(missing, name)
				if _, err := mail.Speak(say, kind, missing); err == nil {
					t.Errorf("%s is spoken without %s", kind, name)
				}
			}
		}
	}
}

func TestLabelsOfTheManual(t *testing.T) {
	say := loadCatalogue().Speaker()
	for kind, want := range map[mail.Kind][2]string{
		mail.KindInvite: {"IDKit User Invitation - Northwind", "Log in to IDKit"},
		mail.KindReset:  {"Reset your IDKit password", "Reset IDKit Password"},
	} {
		c, err := mail.Speak(say, kind, sampleValues())
		if err != nil {
			t.Fatal(err)
		}
		if c.Subject != want[0] || c.Button.Label != want[1] {
			t.Errorf("%q with %q", c.Subject, c.Button.Label)
		}
	}
}

func TestHeadersAreExactlyThese(t *testing.T) {
	say := loadCatalogue().Speaker()
	m, err := mail.Parse(render(t, say, mail.KindInvite, nil, "", "Northwind"))
	if err != nil {
		t.Fatal(err)
	}
	delete(m.Header, "Content-Type") // its boundary is drawn anew each time
	want := netmail.Header{
		"From": {`"IDKit" <idkit@id.example>`}, "To": {"<priya@northwind.example>"}, "Subject": {"IDKit User Invitation - Northwind"},
		"Date": {"Mon, 23 Nov 2026 10:42:00 +0000"}, "Message-Id": {"<ltr_1@id.example>"}, "Auto-Submitted": {"auto-generated"}, "Mime-Version": {"1.0"},
	}
	for name, values := range m.Header {
		if !slices.Equal(values, want[name]) {
			t.Errorf("%s: %q, want %q", name, values, want[name])
		}
	}
	if len(m.Header) != len(want) {
		t.Errorf("%d headers, want %d", len(m.Header), len(want))
	}
}

func TestTextPartReadsWell(t *testing.T) {
	say := loadCatalogue().Speaker()
	m, err := mail.Parse(render(t, say, mail.KindInvite, map[string]any{"FirstName": "Priya"}, "Welcome to the team. I added you to the group that looks after returns, so that you can start on Monday.", "Northwind"))
	if err != nil {
		t.Fatal(err)
	}
	want := `IDKit

Hello Priya,

Sam Ito invited you to Northwind as Customer Service.

You will choose a password, then two-factor authentication: about 2
minutes.

> Welcome to the team. I added you to the group that looks after returns,
> so that you can start on Monday.

Log in to IDKit:
` + link + `

This invitation works until 30 November 2026, 10:42 UTC.

Not expecting this? Ignore it. Without a password no account is made.

----------------------------------------
You got this mail because Sam Ito entered your address to invite you to
Northwind.
Northwind
Support: https://support.example/help
`
	if m.Text != want {
		t.Errorf("the text is\n%s", m.Text)
	}
}

// Nothing is loaded from anywhere, and the only links are the button and Support.
func TestHTMLLoadsNothing(t *testing.T) {
	say := loadCatalogue().Speaker()
	for _, kind := range kinds() {
		m, err := mail.Parse(render(t, say, kind, nil, "A note", "Northwind"))
		if err != nil {
			t.Fatal(err)
		}
		if problem := foreign(m.HTML); problem != "" {
			t.Errorf("%s: %s", kind, problem)
		}
		for _, want := range []string{`lang="en"`, `dir="ltr"`, "color-scheme", "prefers-color-scheme: dark"} {
			if !strings.Contains(m.HTML, want) {
				t.Errorf("%s: %s is missing", kind, want)
			}
		}
		if mail.Shapes[kind].Button && (strings.Count(html.UnescapeString(m.HTML), link) != 2 || strings.Count(m.Text, link) != 1) {
			t.Errorf("%s: the link does not stand as button and written out", kind)
		}
	}
}

func TestButtonsLeadOnlyToUs(t *testing.T) {
	say := loadCatalogue().Speaker()
	for _, bad := range []string{"", "/join", "https://evil.example/join", "https://id.example.evil.example/", "https://id.example@evil.example/",
		"http://id.example/join", "javascript:alert(1)", "https://id.example/join\r\nX: y", "https://id.example/ join", `https://id.example/"><b>`, "https://id.example/\u202ejoin"} {
		content, err := mail.Speak(say, mail.KindInvite, sampleValues())
		if err != nil {
			t.Fatal(err)
		}
		content.Button.URL = bad
		if _, err := letterhead.Render(mail.Rendering{To: "a@b.example", MessageID: "<x@id.example>", Content: content, Speaker: say}); err == nil {
			t.Errorf("a button may lead to %q", bad)
		}
	}
}

func TestLetterheadIsChecked(t *testing.T) {
	for _, change := range []func(*mail.Letterhead){
		func(h *mail.Letterhead) { h.From = "IDKit <idkit@id.example>" },
		func(h *mail.Letterhead) { h.From = "" },
		func(h *mail.Letterhead) { h.BaseURL = "id.example" },
		func(h *mail.Letterhead) { h.BaseURL = "ftp://id.example" },
		func(h *mail.Letterhead) { h.SupportURL = "javascript:alert(1)" },
	} {
		h := letterhead
		change(&h)
		if _, err := mail.NewDispatcher(mail.DispatcherOptions{Outbox: mail.NewOutbox(mail.OutboxOptions{}), Letterhead: h}); err == nil {
			t.Errorf("%+v is accepted", h)
		}
	}
}

var urlLike = regexp.MustCompile(`(?i)(https?|ftp|javascript|data|mailto|tel|file):\S|//\S|www\.[\pL\pN]|[\pL\pN_-]\.\pL|[\pL\pN._-]@[\pL\pN]`)

// foreign looks for whatever a reader or a mail program could follow in an HTML
// part, other than our two links.
func foreign(source string) string {
	root, err := xhtml.Parse(strings.NewReader(source))
	if err != nil {
		return err.Error()
	}
	allowed := map[string]bool{"html": true, "head": true, "meta": true, "title": true, "style": true, "body": true, "div": true, "table": true,
		"tbody": true, "tr": true, "td": true, "h1": true, "p": true, "span": true, "blockquote": true, "a": true}
	for n := range root.Descendants() {
		if n.Type == xhtml.CommentNode {
			return "a comment"
		}
		if n.Type != xhtml.ElementNode {
			continue
		}
		if !allowed[n.Data] {
			return "an element <" + n.Data + ">"
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" && a.Val != link && a.Val != letterhead.SupportURL:
				return "a link to " + a.Val
			case a.Key == "src" || a.Key == "srcset" || a.Key == "background" || strings.HasPrefix(a.Key, "on"):
				return "an attribute " + a.Key
			case a.Key == "style" && strings.Contains(a.Val, "url("):
				return "a style that loads"
			}
		}
	}
	return ""
}

// readText is the text that a person sees in the HTML part.
func readText(source string) string {
	root, err := xhtml.Parse(strings.NewReader(source))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == xhtml.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data + "\n")
		}
	}
	return b.String()
}

// optional elements come and go with the texts in them, which an empty name leaves empty.
var optional = []string{"p", "span", "blockquote", "td"}

// skeleton is what must not change: the elements of the page with their attributes.
func skeleton(source string) string {
	root, err := xhtml.Parse(strings.NewReader(source))
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == xhtml.ElementNode && !slices.Contains(optional, n.Data) {
			attributes := slices.DeleteFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == "aria-label" }) // the subject
			fmt.Fprintf(&b, "<%s %v>", n.Data, attributes)
		}
	}
	return b.String()
}

// parsed is what three parsers agree on.
type parsed struct {
	names               []string
	to, from, text, htm string
	subject             string
	skeleton            string // filled where it is compared with
}

var folded = regexp.MustCompile(`\r\n[ \t]+`)

// byHand reads a letter with nothing but textproto and multipart.
func byHand(t testing.TB, source []byte) parsed {
	t.Helper()
	head, body, ok := bytes.Cut(source, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("no end of the headers")
	}
	var p parsed
	lines := folded.ReplaceAll(head, []byte(" "))
	header := textproto.MIMEHeader{}
	for line := range strings.SplitSeq(string(lines), "\r\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("a broken header line %q", line)
		}
		p.names = append(p.names, name)
		header.Add(name, value)
	}
	slices.Sort(p.names)
	var words mime.WordDecoder
	p.to, p.from = header.Get("To"), header.Get("From")
	p.subject, _ = words.DecodeHeader(header.Get("Subject"))
	_, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for _, into := range []*string{&p.text, &p.htm} {
		part, err := parts.NextPart() // decodes quoted-printable by itself
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		*into = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Fatalf("a third part: %v", err)
	}
	return p
}

// byLibrary reads a letter with the parser of go-mail.
func byLibrary(t testing.TB, source []byte) parsed {
	t.Helper()
	m, err := gomail.EMLToMsgFromReader(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{to: strings.Join(m.GetToString(), ","), from: strings.Join(m.GetFromString(), ","), subject: strings.Join(m.GetGenHeader(gomail.HeaderSubject), "|")}
	if len(m.GetCcString())+len(m.GetBccString())+len(m.GetAttachments())+len(m.GetEmbeds()) > 0 || len(m.GetParts()) != 2 {
		t.Fatal("more recipients or parts than there should be")
	}
	return p
}

// TestNamesCannotChangeAMail puts hostile names into every letter (security.md, P21).
func TestNamesCannotChangeAMail(t *testing.T) {
	say := loadCatalogue().Speaker()
	names := hostileNames()
	if len(names) < 200 {
		t.Fatalf("only %d names", len(names))
	}
	letters := kinds()
	if testing.Short() {
		letters = []mail.Kind{mail.KindInvite}
	}
	for _, kind := range letters {
		plain := byHand(t, render(t, say, kind, nil, "note", "Northwind"))
		plain.skeleton = skeleton(plain.htm)
		for _, name := range names {
			values := map[string]any{"FirstName": name}
			for _, param := range mail.Shapes[kind].Params {
				if _, isText := sampleValues()[param].(string); isText && param != "Brand" {
					values[param] = name
				}
			}
			source := render(t, say, kind, values, name, name)
			checkUnchanged(t, fmt.Sprintf("%s with %q", kind, name), plain, source)
			if t.Failed() {
				t.FailNow()
			}
		}
	}
}

func checkUnchanged(t testing.TB, what string, plain parsed, source []byte) {
	t.Helper()
	hand, library := byHand(t, source), byLibrary(t, source)
	own, err := mail.Parse(source)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !slices.Equal(hand.names, plain.names) {
		t.Errorf("%s: headers %v", what, hand.names)
	}
	for _, to := range []string{hand.to, library.to, "<" + own.To + ">"} {
		if to != "<priya@northwind.example>" {
			t.Errorf("%s: sent to %s", what, to)
		}
	}
	for _, from := range []string{hand.from, library.from} {
		if from != `"IDKit" <idkit@id.example>` {
			t.Errorf("%s: sent from %s", what, from)
		}
	}
	if hand.subject != own.Subject || hand.text != own.Text || hand.htm != own.HTML {
		t.Errorf("%s: the parsers disagree", what)
	}
	if utf8.RuneCountInString(own.Subject) > 200 {
		t.Errorf("%s: a subject of %d characters", what, utf8.RuneCountInString(own.Subject))
	}
	if problem := foreign(own.HTML); problem != "" {
		t.Errorf("%s: %s", what, problem)
	}
	if got := skeleton(own.HTML); got != plain.skeleton {
		t.Errorf("%s: the page is built differently:\n%s\n%s", what, got, plain.skeleton)
	}
	for where, text := range map[string]string{"subject": own.Subject, "text": own.Text, "html": readText(own.HTML)} {
		rest := text
		for _, ours := range []string{link, letterhead.SupportURL, "priya@northwind.example", "203.0.113.7", "mail.example:587"} {
			rest = strings.ReplaceAll(rest, ours, "")
		}
		if found := urlLike.FindString(rest); found != "" {
			t.Errorf("%s: the %s has something to follow: %q", what, where, found)
		}
		if strings.ContainsAny(rest, "<") || strings.Contains(rest, "=?") {
			t.Errorf("%s: the %s has markup: %q", what, where, rest)
		}
		for _, r := range text {
			if r != '\n' && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar) {
				t.Errorf("%s: the %s has an invisible %U", what, where, r)
			}
		}
	}
}

func FuzzDefuse(f *testing.F) {
	for _, name := range hostileNames() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := mail.Defuse(name)
		if found := urlLike.FindString(got); found != "" {
			t.Errorf("%q became %q with %q in it", name, got, found)
		}
		if strings.ContainsAny(got, "<>\r\n\x00") || strings.Contains(got, "=?") || !utf8.ValidString(got) {
			t.Errorf("%q became %q", name, got)
		}
		if again := mail.Defuse(got); utf8.RuneCountInString(got) <= 120 && again != got {
			t.Errorf("%q became %q, and then %q", name, got, again)
		}
		if utf8.RuneCountInString(mail.Clean(name, 120)) > 120 || strings.TrimSpace(got) != got {
			t.Errorf("%q became %q", name, got)
		}
	})
}

func TestNamesStayReadable(t *testing.T) {
	for name, want := range map[string]string{
		"Priya Shah":                            "Priya Shah",
		"J.R. O'Neil-Müller":                    "J. R. O'Neil-Müller",
		"Ødegård, Åse (QA) & Søn":               "Ødegård, Åse (QA) & Søn",
		"李小龙":                                   "李小龙",
		"مريم":                                  "مريم",
		"Acme Inc.":                             "Acme Inc.",
		"24/7 Support, 10:30":                   "24/7 Support, 10:30",
		"Booking.com":                           "Booking. com",
		"http://evil.example/x":                 "http: / /evil. example/x",
		"<b>Ada</b>":                            "‹b›Ada‹/b›",
		"Ada\r\nBcc: eve@x.example":             "Ada Bcc: eve@ x. example",
		"  a\t\tb  ":                            "a b",
		strings.Repeat("x", 1000):               strings.Repeat("x", 119) + "…",
		"Z\u0351\u0351\u0351\u0351\u0351\u0351": "Z\u0351\u0351\u0351\u0351",
	} {
		if got := mail.Defuse(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}
