package main

import (
	"context"
	"time"

	"idkit/internal/domain/operator"
)

// vendor runs the clients: two operators, at the console.
func (s *stage) vendor() *company {
	c := s.company("IDKit", "idkit.example", "198.51.100")
	c.front, c.number = s.console, 200
	c.chief = c.person(part{first: "Nadia", last: "Petrova", mailbox: "nadia", role: administrator, factor: true})
	leo := c.person(part{first: "Leo", last: "Fischer", mailbox: "leo", role: administrator, factor: true})
	for i, who := range []*person{c.chief, leo} {
		s.at(s.day(43, clockAt(9, i)), func() {
			_, _, err := s.app.Operators().Invite(context.Background(), operator.NewOperator{FirstName: who.first, LastName: who.last, Email: who.email})
			if err != nil {
				s.fail(err)
			}
		})
		s.at(s.day(43, clockAt(13, i)), who.join)
	}
	for ago := 36; ago > 2; ago -= 9 {
		at := onWorkday(s.day(ago, "10:25"))
		s.at(at, func() { leo.visit(true) })
	}
	return c
}

// fabrikam is a second client: smaller, quieter, with colours of its own and an administrator who has no second factor.
func (s *stage) fabrikam(operator, also *person) *company {
	c := s.company("Fabrikam", "fabrikam.example", "198.51.100", "country", "DE", "category", "Insurance")
	c.chief = c.person(part{first: "Grace", last: "Taylor", mailbox: "grace", role: administrator})
	s.at(s.day(30, "10:00"), func() { operator.makeClient(c) })
	s.at(s.day(30, "10:20"), c.chief.join)
	s.at(s.day(30, "10:30"), func() {
		c.chief.makeRole("Agent", "Sends verifications and follows them", "remote_verify.access", "remote_verify.send", "remote_verify.view", "reports.access", "reports.view")
		c.chief.makeRole(auditor, "Reads what happened", "audit.access", "audit.view", "users.access", "users.view")
		c.chief.do("/settings/brand", "/settings/brand", "name", "Fabrikam ID", "light", "#7A1F5C", "dark", "#DC9ECB", "support", "mailto:help@fabrikam.example")
	})
	for _, p := range fabrikamCast {
		c.employ(p)
	}
	c.invited(part{first: "Wanjiru", last: "Mwangi", mailbox: "wanjiru", role: "Agent"}, s.day(3, "09:15"))
	s.at(s.day(12, "10:45"), func() {
		guest := *also
		guest.role = auditor
		c.chief.invite(&guest)
	})
	s.at(s.day(11, "08:55"), func() {
		also.present()
		also.browser.post(s.link(also.email, "/join"), "/join")
	})
	s.at(s.ago(35*time.Minute), func() { c.chief.visit(false) })
	return c
}

// tailspin is on trial, and its only administrator has lost everything to log in with: a recovery waits for the second operator.
func (s *stage) tailspin(operator *person) *company {
	c := s.company("Tailspin", "tailspin.example", "192.0.2", "country", "NZ", "category", "Travel",
		"standing", "trial", "trial_ends", s.today.AddDate(0, 0, 9).Format(time.DateOnly))
	c.chief = c.person(part{first: "Deepa", last: "Nair", mailbox: "deepa", role: administrator, factor: true})
	s.at(s.day(6, "12:00"), func() { operator.makeClient(c) })
	s.at(s.day(6, "13:10"), c.chief.join)
	for _, p := range tailspinCast {
		c.employ(p)
	}
	c.invited(part{first: "Chloe", last: "Evans", mailbox: "chloe", role: member}, s.day(3, "15:30"))
	c.invited(part{first: "Kavita", last: "Reddy", mailbox: "kavita", role: member}, s.day(3, "16:45"))
	s.at(s.ago(20*hours), func() {
		operator.logIn() // it wants a fresh proof
		path := "/clients/" + c.id + "/recovery"
		operator.do(path+"/new", path+"/new", "first_name", "Deepa", "last_name", "Nair", "email", "deepa.nair@tailspin.example",
			"reason", "The phone and the notebook with the recovery codes were stolen; the managing director has called")
	})
	return c
}

// contoso has tried and gone: its trial has ended by itself.
func (s *stage) contoso(operator *person) {
	c := s.company("Contoso", "contoso.example", "192.0.2", "country", "SE", "category", "Education",
		"standing", "trial", "trial_ends", s.today.AddDate(0, 0, -12).Format(time.DateOnly))
	c.chief = c.person(part{first: "Tiago", last: "Simões", mailbox: "tiago", role: administrator})
	s.at(s.day(26, "15:00"), func() { operator.makeClient(c) })
}
