package main

import (
	"fmt"
	"time"
)

// company is an organization of the story.
type company struct {
	stage   *stage
	name    string
	id      string // as a client, once an operator has made it
	domain  string
	network string   // the first three numbers of its addresses
	front   *front   // its door: the portal's for everybody but the vendor
	draft   []string // of the form in which an operator makes it a client
	chief   *person
	people  map[string]*person // by mailbox
	number  int                // of the next browser
}

// company opens one; draft is what an operator fills in beside names, in turn.
func (s *stage) company(name, domain, network string, draft ...string) *company {
	return &company{stage: s, name: name, domain: domain, network: network, front: s.portal, draft: draft, people: map[string]*person{}}
}

func (s *stage) browserAt(p place, through *front, owner string) *browser {
	return &browser{stage: s, owner: owner, front: through, address: p.address, agent: p.agent, cookies: map[string]string{}}
}

// person introduces somebody who has a mailbox and a browser in the company.
func (c *company) person(p part) *person {
	if known := c.people[p.mailbox]; known != nil {
		return known
	}
	c.number++
	at := place{fmt.Sprintf("%s.%d", c.network, 10+c.number), agents[c.number%len(agents)]}
	who := &person{
		first: p.first, last: p.last, email: p.mailbox + "@" + c.domain, home: c.name, role: p.role, factor: p.factor, password: password,
		browser: c.stage.browserAt(at, c.front, p.mailbox),
	}
	c.people[p.mailbox] = who
	return who
}

// roleID is a role among those that the chief can give.
func (c *company) roleID(name string) string {
	b := c.chief.present()
	return b.find(b.open("/users/invite"), roleNamed(name))
}

// invited lets the chief invite somebody at a moment.
func (c *company) invited(p part, when time.Time, fields ...string) *person {
	who := c.person(p)
	c.stage.at(when, func() { c.chief.invite(who, fields...) })
	return who
}

// employ lets somebody be invited, join and come again until they were last seen.
func (c *company) employ(p part) {
	s, who := c.stage, c.person(p)
	n := c.number
	invited := s.day(p.came, clockAt(9, n))
	c.invited(p, invited)
	joined := invited.Add(time.Duration(1+n*5%30) * time.Hour)
	s.at(joined, who.join)
	if p.every == 0 {
		return
	}
	last := s.ago(p.seen)
	for day := joined.AddDate(0, 0, p.every); day.Before(last.Add(-days)); day = day.AddDate(0, 0, p.every) {
		if at := onWorkday(day); at.After(joined.Add(time.Hour)) {
			s.at(at, func() { who.visit(at.Day()%3 == 0) })
		}
	}
	s.at(last, func() { who.visit(false) })
}

// clockAt is a time of the day, so that not everything happens on the hour.
func clockAt(hour, number int) string { return fmt.Sprintf("%02d:%02d", hour+number%3, number*17%60) }

// onWorkday moves a visit from the weekend to the Friday before it, into the hours of work.
func onWorkday(at time.Time) time.Time {
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, -1)
	}
	minutes := at.Minute() + 13*at.Day()
	return at.Truncate(24 * time.Hour).Add(time.Duration(7+minutes%11)*time.Hour + time.Duration(minutes%60)*time.Minute)
}
