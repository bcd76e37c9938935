package settings_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/settings"
	"idkit/internal/platform/fault"
)

func TestABrandIsStoredAndComesWithEveryRequest(t *testing.T) {
	h := newHouse(t)
	b, err := h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, organization.Brand{
		Name: " Northwind ID ", Light: "#7a1f5c", SupportURL: "mailto:help@northwind.example",
	})
	domaintest.MustNot(t, err)
	if b.Name != "Northwind ID" || b.Light != "#7A1F5C" || b.Dark == "" {
		t.Errorf("stored is %+v", b)
	}
	if got := h.desk.Must(t).Brand; got != b {
		t.Errorf("the next request carries %+v", got)
	}
	if got := h.LogIn(t, h.Person(t)).Must(t).Brand; got != b {
		t.Errorf("a colleague's carries %+v", got)
	}
	_, err = h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, b)
	domaintest.Refused(t, err, settings.ErrUnchanged)
	if n := h.Events(t, "settings.brand_changed"); n != 1 {
		t.Errorf("%d events", n)
	}
	_, desk := h.member(t)
	_, err = h.Settings.ChangeBrand(t.Context(), desk.Must(t).Actor, organization.Brand{})
	domaintest.Refused(t, err, access.ErrForbidden)
}

func TestBrandsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	for name, refused := range map[string]struct {
		draft organization.Brand
		field string
		want  *fault.Fault
	}{
		"a long name":             {organization.Brand{Name: strings.Repeat("n", 41)}, "name", settings.ErrBrandNameLong},
		"a name that turns words": {organization.Brand{Name: "North\u202ewind"}, "name", organization.ErrNameUnreadable},
		"no colour":               {organization.Brand{Light: "petrol"}, "light", settings.ErrColour},
		"a short colour":          {organization.Brand{Light: "#abc"}, "light", settings.ErrColour},
		"a signed number":         {organization.Brand{Light: "#+12345"}, "light", settings.ErrColour},
		"yellow on white":         {organization.Brand{Light: "#FFD400"}, "light", settings.ErrLightFaint},
		"navy in the dark":        {organization.Brand{Light: "#102A56", Dark: "#102A56"}, "dark", settings.ErrDarkFaint},
		"the dark one alone":      {organization.Brand{Dark: "#5FC3CD"}, "light", settings.ErrLightMissing},
		"a page without a lock":   {organization.Brand{SupportURL: "http://help.example"}, "support", settings.ErrSupport},
		"a script":                {organization.Brand{SupportURL: "javascript:alert(1)"}, "support", settings.ErrSupport},
		"no host":                 {organization.Brand{SupportURL: "https:///help"}, "support", settings.ErrSupport},
		"a name and a password":   {organization.Brand{SupportURL: "https://a:b@help.example"}, "support", settings.ErrSupport},
		"two addresses":           {organization.Brand{SupportURL: "mailto:a@b.example,c@d.example"}, "support", settings.ErrSupport},
		"a subject":               {organization.Brand{SupportURL: "mailto:a@b.example?bcc=c@d.example"}, "support", settings.ErrSupport},
		"a quotation mark":        {organization.Brand{SupportURL: `https://help.example/"onclick`}, "support", settings.ErrSupport},
	} {
		_, err := h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, refused.draft)
		if fields := domaintest.FieldsOf(t, err); fields[refused.field] != refused.want.Code {
			t.Errorf("%s is answered with %v", name, fields)
		}
	}
}

func TestARefusedColourNamesItsRatioAndTheNearestThatPasses(t *testing.T) {
	h := newHouse(t)
	_, err := h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, organization.Brand{Light: "#FFD400"})
	f, _ := fault.Of(err)
	if f == nil || len(f.Fields) != 1 {
		t.Fatal(err)
	}
	nearest, _ := f.Fields[0].Params["Nearest"].(string)
	if f.Fields[0].Params["Ratio"] != "1.23" {
		t.Errorf("the ratio is said to be %v", f.Fields[0].Params["Ratio"])
	}
	_, err = h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, organization.Brand{Light: nearest})
	domaintest.MustNot(t, err)
}

// A letter about an organization looks like it. The sender's name says whose
// installation it comes from, and a name cannot bring a link along.
func TestLettersAboutAnOrganizationCarryItsBrand(t *testing.T) {
	h := newHouse(t)
	b, err := h.Settings.ChangeBrand(t.Context(), h.desk.Must(t).Actor, organization.Brand{
		Name: "evil.example", Light: "#7A1F5C", SupportURL: "https://help.northwind.example/",
	})
	domaintest.MustNot(t, err)
	h.Invite(t, h.desk.Must(t).Actor, domaintest.Guest)
	letters := h.Letters(t, domaintest.Guest)
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	for _, want := range []string{
		`From: "evil. example (IDKit)" <idkit@id.example>`, "Subject: evil. example User Invitation - Northwind",
		b.Light, b.Dark,
	} {
		if !strings.Contains(letters[0], want) {
			t.Errorf("the letter does not say %q:\n%s", want, letters[0])
		}
	}
	if strings.Contains(letters[0], "evil.example") || strings.Contains(letters[0], "#0B5A63") {
		t.Error("the name brings a link along, or the usual colour stayed")
	}
	if strings.Contains(letters[0], "help.northwind.example") {
		t.Error("an invitation carries a link of the organization's own to somebody who knows nothing of it")
	}
	who, _ := h.member(t)
	h.requireOf(t, organization.RequiredForAll, h.today())
	if letters := h.Letters(t, who.Email); len(letters) != 1 || !strings.Contains(letters[0], "https://help.northwind.example/") {
		t.Errorf("a letter to a user does not say where help is: %s", letters)
	}
	// A letter about no organization looks like the installation.
	h.RequestReset(t, h.admin.Email)
	for _, letter := range h.Letters(t, h.admin.Email) {
		if strings.Contains(letter, "Subject: Reset your") && (!strings.Contains(letter, `From: "IDKit" <`) || strings.Contains(letter, b.Light)) {
			t.Errorf("the letter about the account carries the brand:\n%s", letter)
		}
	}
}
