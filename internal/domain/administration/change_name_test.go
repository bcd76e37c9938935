package administration_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
)

func TestANewNameIsFoundAndTold(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	there := p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleMember)
	u, err := p.ChangeName(t.Context(), sam, priya.user, "  Zoë ", " Núñez  de Castro")
	domaintest.MustNot(t, err)
	if u.Name() != "Zoë Núñez de Castro" {
		t.Errorf("the name is %q", u.Name())
	}
	if text := p.Text(t, `SELECT search_text FROM users WHERE id = $1`, priya.user); text != "zoe nunez de castro "+priya.email {
		t.Errorf("a search looks in %q", text)
	}
	if name := p.Text(t, `SELECT first_name FROM users WHERE id = $1`, there.user); name != "Priya" {
		t.Errorf("the other organization calls them %q", name)
	}
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "Sam Shah, administrator of Northwind, changed your name there to Zoë Núñez de Castro") {
		t.Errorf("the letter says: %s", letter)
	}
	_, err = p.ChangeName(t.Context(), sam, priya.user, "Zoë", "Núñez de Castro")
	domaintest.MustNot(t, err)
	events := p.events(t, p.Northwind, "user.name_changed")
	if len(events) != 1 || events[0].Details != `{"from":"Priya Shah","to":"Zoë Núñez de Castro"}` || len(p.letters(t, priya.email)) != 1 {
		t.Errorf("the trail says %+v", events)
	}
	_, err = p.ChangeName(t.Context(), sam, priya.user, "Zoë", "") // one name is enough
	domaintest.MustNot(t, err)
	p.Verify(t)
}

func TestWhoseNameIsNotChanged(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersEdit)
	stranger := p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleMember)
	for _, c := range []struct {
		what        string
		actor       access.Actor
		user, first string
		want        *fault.Fault
	}{
		{"oneself", sam, sam.UserID, "Ada", administration.ErrOwnAccess},
		{"who holds more", p.enter(t, helper).actor(t), sam.UserID, "Ada", administration.ErrHoldsMore},
		{"without the right", p.enter(t, priya).actor(t), helper.user, "Ada", access.ErrForbidden},
		{"another organization's user", sam, stranger.user, "Ada", user.ErrNotFound},
		{"to nothing", sam, priya.user, " \t ", person.ErrFirstNameMissing},
		{"to a name that turns the line around", sam, priya.user, "Ada\u202egnp", person.ErrNameUnreadable},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := p.ChangeName(t.Context(), c.actor, c.user, c.first, "Byron")
			domaintest.Refused(t, err, c.want)
		})
	}
}
