package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// crewSize is how many people make the load: readers keep the session that they have, the crowd logs in again and again, which
// ends its older sessions.
const (
	readers  = 8
	crowd    = 32
	crewSize = readers + crowd
)

const password = "lantern orchard violin seventeen"

// person is an administrator of an organization of their own, logged in without a second factor.
type person struct {
	email   string
	address string // that they come from
	browser *client
}

type crew []*person

// invitation is the link of one of the crew.
type invitation struct{ email, link string }

// organizations makes n organizations and their administrators' invitations.
func (p *program) organizations(n int) ([]invitation, error) {
	var all []invitation
	for i := range n {
		email := fmt.Sprintf("ada%d@%s", i, host)
		link, err := p.organization(fmt.Sprintf("Bench %d", i), email)
		if err != nil {
			return nil, err
		}
		all = append(all, invitation{email, link})
	}
	return all, nil
}

// assemble lets everybody accept their invitation in a browser.
func assemble(s *server, invitations []invitation) (crew, error) {
	var all crew
	for i, in := range invitations {
		p := &person{email: in.email, address: fmt.Sprintf("192.0.2.%d", i+1)}
		p.browser = newClient(s.address, p.address)
		if err := p.browser.ask("GET", strings.TrimPrefix(in.link, "https://"+host), nil); err != nil {
			return nil, err
		}
		if err := p.browser.post("/join", "/join", url.Values{"password": {password}}); err != nil {
			return nil, err
		}
		if err := p.browser.post("/protect", "/protect/later", url.Values{}); err != nil {
			return nil, err
		}
		if err := p.browser.open("/"); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// second returns another browser of the same person, logged in by the same session.
func (p *person) second() *client {
	c := newClient(p.browser.address, p.address)
	for name, value := range p.browser.cookies {
		c.cookies[name] = value
	}
	return c
}

// logIn opens the log-in form and returns the act of sending it. The browser is known from before, as most are.
func (p *person) logIn(c *client) (submit func() error, err error) {
	for name := range c.cookies {
		if strings.HasSuffix(name, "session") {
			delete(c.cookies, name)
		}
	}
	token, err := c.token("/login")
	if err != nil {
		return nil, err
	}
	request := c.text("POST", "/login", url.Values{"form_token": {token}, "email": {p.email}, "password": {password}})
	return func() error { return c.send(request) }, nil
}

// openForm is a form that is filled and ready to be sent.
type openForm struct {
	browser *client
	request []byte
}

var memberRole = regexp.MustCompile(`<option value="([^"]+)"[^>]*>Member`)

// invitationForms opens and fills n forms of "Invite user", each for somebody else.
func (p *person) invitationForms(n int) ([]openForm, error) {
	browser := p.second()
	var forms []openForm
	for i := range n {
		token, err := browser.token("/users/invite")
		if err != nil {
			return nil, err
		}
		text, err := browser.page()
		if err != nil {
			return nil, err
		}
		role := memberRole.FindStringSubmatch(text)
		if role == nil {
			return nil, errors.New("the form of the invitation offers no role Member")
		}
		forms = append(forms, openForm{browser, browser.text("POST", "/users/invite", url.Values{
			"form_token": {token}, "first_name": {"Priya"}, "last_name": {"Shah"}, "role": {role[1]},
			"email": {fmt.Sprintf("priya%d.%s", i, p.email)},
		})})
	}
	return forms, nil
}
