package mail

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	netmail "net/mail"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/language"

	speech "idkit/internal/platform/language"
)

//go:embed templates
var templateFiles embed.FS

var (
	htmlTemplate = template.Must(template.New("mail.html").Option("missingkey=error").ParseFS(templateFiles, "templates/mail.html"))
	textTemplate = texttemplate.Must(texttemplate.New("mail.txt").Option("missingkey=error").
			Funcs(texttemplate.FuncMap{"wrap": wrap, "quote": quote}).ParseFS(templateFiles, "templates/mail.txt"))
)

// Rendering is one letter to be put into its final form.
type Rendering struct {
	To        string
	MessageID string // with its angle brackets
	Date      time.Time
	Content   Content
	Speaker   *speech.Speaker
}

// sheet is what the templates print.
type sheet struct {
	Content
	Brand      string
	Language   string
	Direction  string
	Written    string // introduces the link written out
	Support    string // the word
	SupportURL string
	look
}

// Render writes the letter as RFC 5322 with a text and an HTML part. The
// headers are always the same ones, whatever the content says.
func (h Letterhead) Render(r Rendering) ([]byte, error) {
	s, err := h.sheet(r)
	if err != nil {
		return nil, err
	}
	var text, html bytes.Buffer
	if err := textTemplate.Execute(&text, s); err != nil {
		return nil, err
	}
	if err := htmlTemplate.Execute(&html, s); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: h.senderName(), Address: h.From})
	m.ToMailAddress(&netmail.Address{Address: r.To})
	m.Subject(s.Subject)
	m.SetDateWithValue(r.Date)
	m.SetMessageIDWithValue(strings.Trim(r.MessageID, "<>"))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation notices in return
	m.SetBodyString(gomail.TypeTextPlain, text.String())
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	var message bytes.Buffer
	if _, err := m.WriteTo(&message); err != nil {
		return nil, err
	}
	return message.Bytes(), nil
}

// sheet brings every text into bounds; nothing after it knows who wrote what.
func (h Letterhead) sheet(r Rendering) (sheet, error) {
	c := r.Content
	if c.Subject == "" || len(c.Paragraphs) == 0 {
		return sheet{}, errors.New("mail: a letter needs a subject and a text")
	}
	if err := checkAddress(r.To); err != nil {
		return sheet{}, err
	}
	if c.Button != nil {
		if err := h.checkLink(c.Button.URL); err != nil {
			return sheet{}, err
		}
		c.Button = &Button{Label: clean(c.Button.Label, sentenceLimit), URL: c.Button.URL}
	}
	c.Paragraphs = slices.Clone(c.Paragraphs)
	for i := range c.Paragraphs {
		c.Paragraphs[i] = clean(c.Paragraphs[i], sentenceLimit)
	}
	for _, sentence := range []*string{&c.Preheader, &c.Greeting, &c.Ends, &c.NotYou, &c.Why} {
		*sentence = clean(*sentence, sentenceLimit)
	}
	c.Subject = clean(c.Subject, subjectLimit)
	c.Quote = defuse(c.Quote, quoteLimit)
	c.Verbatim = clean(c.Verbatim, sentenceLimit)
	c.Organization = Defuse(c.Organization)
	v := voice{say: r.Speaker, prefix: "mail."}
	s := sheet{
		Content: c, Brand: clean(h.Brand, nameLimit), SupportURL: h.SupportURL,
		Language: r.Speaker.Language(), Direction: direction(r.Speaker.Language()),
		Written: v.sentence("link_written_out"), Support: v.sentence("support"), look: h.look,
	}
	if s.look == (look{}) {
		s.look = usualLook
	}
	return s, v.err
}

// direction is the direction in which a language is written.
func direction(tag string) string {
	script, _ := language.Make(tag).Script()
	if slices.Contains([]string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// textWidth is the length of the lines of the text part, in characters; long
// words such as links stay whole.
const textWidth = 72

// wrap breaks a text into lines.
func wrap(text string) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Fields(text) {
		size := len([]rune(word))
		switch {
		case i == 0:
		case length+1+size > textWidth:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += size
	}
	return b.String()
}

// quote is wrap with the mark of a quotation before each line.
func quote(text string) string {
	return "> " + strings.ReplaceAll(wrap(text), "\n", "\n> ")
}
