package account_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
)

// names invites people by first name, last name and address.
func names(t testing.TB, p *domaintest.Place, admin access.Actor, people ...[3]string) {
	t.Helper()
	for _, who := range people {
		filled := p.Invitation(t, admin, who[2])
		filled.FirstName, filled.LastName = who[0], who[1]
		_, err := p.Invitations.Invite(t.Context(), admin, filled)
		domaintest.MustNot(t, err)
		p.Clock.Advance(time.Second)
	}
}

func list(t testing.TB, p *domaintest.Place, admin access.Actor, q account.ListQuery) account.UserList {
	t.Helper()
	list, err := p.Accounts.List(t.Context(), admin, q)
	domaintest.MustNot(t, err)
	return list
}

func TestTheListSearchesAsPeopleType(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin := p.Administrator(t)
	names(t, p, admin,
		[3]string{"José", "García", "jg@northwind.example"},
		[3]string{"Jose\u0301", "Núñez", "jn@northwind.example"},
		[3]string{"Zoë", "100%_sure", "z_100%@northwind.example"},
		[3]string{`Back\slash`, "O'Neil", "back@northwind.example"},
		[3]string{"Ａｄａ", "Straße", "ada@bücher.example"},
	)
	for search, want := range map[string]int{
		"": 6, "  ": 6, "jose": 2, "JOSÉ": 2, "josé g": 1, "garcia": 1, "nunez": 1, "zoe": 1, "%": 1, "_": 1, "100%_": 1, "0%s": 0, `\`: 1, `\%`: 0,
		"o'neil": 1, "' OR '1'='1": 0, "ada": 1, "STRASSE": 0, "straße": 1, "xn--bcher": 1, "@northwind": 4, "example": 5, "nobody": 0, "\u0301": 6,
		"jo\x00se": 2, "\xff": 0, strings.Repeat("x", 10_000): 0,
	} {
		if list := list(t, p, admin, account.ListQuery{Search: search}); list.Total != want || len(list.Users) != want {
			t.Errorf("%.20q finds %d (%d shown), want %d", search, list.Total, len(list.Users), want)
		}
	}
}

func TestTheListFindsAUserById(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin := p.Administrator(t)
	names(t, p, admin, [3]string{"José", "García", "jg@northwind.example"})
	wanted := list(t, p, admin, account.ListQuery{Search: "garcia"}).Users[0].ID
	for search, want := range map[string]int{wanted: 1, " " + wanted + " ": 1, wanted[:10]: 0} {
		if list := list(t, p, admin, account.ListQuery{Search: search}); list.Total != want {
			t.Errorf("%q finds %d, want %d", search, list.Total, want)
		}
	}
}

func TestTheListFiltersCountsAndPages(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin := p.Administrator(t)
	for i := range 26 {
		names(t, p, admin, [3]string{fmt.Sprintf("P%02d", i), "", fmt.Sprintf("p%d@northwind.example", i)})
	}
	suspended := p.Person(t)
	p.SetStatus(t, suspended, "suspended")
	counts := account.Counts{Invited: 26, Active: 1, Suspended: 1}
	for _, c := range []struct {
		q                  account.ListQuery
		page, shown, total int
		first              string
	}{
		{account.ListQuery{}, 1, 25, 28, "Priya"},
		{account.ListQuery{Page: -3}, 1, 25, 28, "Priya"},
		{account.ListQuery{Page: 2}, 2, 3, 28, "P01"},
		{account.ListQuery{Page: 1 << 60}, 2, 3, 28, "P01"},
		{account.ListQuery{Status: user.Invited}, 1, 25, 26, "P25"}, // the newest first
		{account.ListQuery{Status: user.Invited, Page: 2}, 2, 1, 26, "P00"},
		{account.ListQuery{Status: user.Invited, Search: "p2"}, 1, 7, 7, "P25"},
		{account.ListQuery{Status: user.Suspended}, 1, 1, 1, "Priya"},
		{account.ListQuery{Status: user.Active, Page: 9}, 1, 1, 1, "Priya"},
		{account.ListQuery{Status: "deleted"}, 1, 0, 0, ""},
		{account.ListQuery{Search: "nobody", Page: 5}, 1, 0, 0, ""},
	} {
		list := list(t, p, admin, c.q)
		first := ""
		if len(list.Users) > 0 {
			first = list.Users[0].FirstName
		}
		if list.Page != c.page || len(list.Users) != c.shown || list.Total != c.total || first != c.first || list.Counts != counts || list.Counts.All() != 28 {
			t.Errorf("%+v: page %d, %d of %d, first %q, %+v", c.q, list.Page, len(list.Users), list.Total, first, list.Counts)
		}
	}
}

func TestTheListTellsHowFarTheInvitationsGot(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin, u, _ := p.Invitee(t)
	later := p.Invite(t, admin, "later@northwind.example")
	list := list(t, p, admin, account.ListQuery{Status: user.Invited})
	states := map[string]mail.State{}
	for _, u := range list.Users {
		states[u.ID] = list.Deliveries[u.Invitation.LetterID].State
	}
	if states[u.ID] != mail.Sent || states[later.ID] != mail.Queued {
		t.Errorf("the list says %v", states)
	}
}

func TestPeopleOfOtherOrganizationsAreNotListed(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin, stranger := p.Administrator(t), p.Stranger(t)
	names(t, p, admin, [3]string{"Li", "Wen", domaintest.Guest})
	names(t, p, stranger, [3]string{"Li", "Other", domaintest.Guest})
	for _, q := range []account.ListQuery{{}, {Search: "li"}, {Search: domaintest.Guest}, {Status: user.Invited}} {
		for _, actor := range []access.Actor{admin, stranger} {
			for _, u := range list(t, p, actor, q).Users {
				if u.OrganizationID != actor.OrganizationID {
					t.Errorf("%+v shows %+v", q, u)
				}
			}
		}
	}
	if list := list(t, p, stranger, account.ListQuery{}); list.Counts.All() != 2 || list.Total != 2 {
		t.Errorf("the stranger counts %+v", list.Counts)
	}
}
