package mail_test

import (
	"fmt"
	"html"
	"maps"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// sampleValues are harmless values for every sentence.
func sampleValues() map[string]any {
	return map[string]any{
		"Brand": "IDKit", "Inviter": "Sam Ito", "Organization": "Northwind", "Role": "Customer Service", "Person": "Priya Shah",
		"EndsDay": "30 November 2026", "Day": "30 November 2026", "Line": "1,204", "EndedDay": "30 November 2026", "Ends": "30 November 2026, 10:42 UTC", "When": "23 November 2026, 10:42 UTC",
		"Administrator": "Ada Okafor", "Approver": "Wei Zhang", "Code": mail.Plain("K7RM-2QXD"), "Who": "You", "Device": "Firefox on Windows", "Place": mail.Plain("203.0.113.7"), "Count": 9,
		"Vendor": "IDKit", "Starter": "Ada Okafor", "EndedBy": "Sam Ito", "Address": mail.Plain("li.wen@northwind.example"),
		"Earliest": "26 November 2026, 09:00 UTC", "Lapses": "30 November 2026, 09:00 UTC",
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
			if _, err := mail.Speak(say, kind, own); err != nil {
				t.Errorf("%s: %s: %v", tag, kind, err)
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
	for _, bad := range []string{
		"", "/join", "https://evil.example/join", "https://id.example.evil.example/", "https://id.example@evil.example/",
		"http://id.example/join", "javascript:alert(1)", "https://id.example/join\r\nX: y", "https://id.example/ join", `https://id.example/"><b>`, "https://id.example/\u202ejoin",
	} {
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
		if _, err := mail.NewDispatcher(mail.DispatcherOptions{Outbox: mail.NewOutbox(mail.OutboxOptions{}), Senders: map[mail.Front]mail.Sender{mail.ToClients: {Letterhead: h}}}); err == nil {
			t.Errorf("%+v is accepted", h)
		}
	}
}
