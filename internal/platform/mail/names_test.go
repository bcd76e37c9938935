package mail_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	xhtml "golang.org/x/net/html"

	"idkit/internal/platform/mail"
)

var urlLike = regexp.MustCompile(`(?i)(https?|ftp|javascript|data|mailto|tel|file):\S|//\S|www\.[\pL\pN]|[\pL\pN_-]\.\pL|[\pL\pN._-]@[\pL\pN]`)

// foreign looks for whatever a reader or a mail program could follow in an HTML
// part, other than our two links.
func foreign(source string) string {
	root, err := xhtml.Parse(strings.NewReader(source))
	if err != nil {
		return err.Error()
	}
	allowed := map[string]bool{
		"html": true, "head": true, "meta": true, "title": true, "style": true, "body": true, "div": true, "table": true,
		"tbody": true, "tr": true, "td": true, "h1": true, "p": true, "span": true, "blockquote": true, "a": true,
	}
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

// TestNamesCannotChangeAMail puts hostile names into every letter (SECURITY.md, P21).
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
		for _, ours := range []string{link, letterhead.SupportURL, "priya@northwind.example", "li.wen@northwind.example", "203.0.113.7", "mail.example:587"} {
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
