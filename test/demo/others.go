package main

import "time"

// fabrikam is a second company: smaller, quieter, with an administrator who has no second factor.
func (s *stage) fabrikam(also *person) *company {
	c := &company{stage: s, name: "Fabrikam", domain: "fabrikam.example", network: "198.51.100", people: map[string]*person{}}
	c.chief = c.person(part{first: "Grace", last: "Taylor", mailbox: "grace", role: administrator})
	s.at(s.day(30, "10:00"), func() { s.found(c) })
	s.at(s.day(30, "10:20"), c.chief.join)
	s.at(s.day(30, "10:30"), func() {
		c.chief.makeRole("Agent", "Sends verifications and follows them", "remote_verify.access", "remote_verify.send", "remote_verify.view", "reports.access", "reports.view")
		c.chief.makeRole(auditor, "Reads what happened", "audit.access", "audit.view", "users.access", "users.view")
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

// tailspin has only begun.
func (s *stage) tailspin() *company {
	c := &company{stage: s, name: "Tailspin", domain: "tailspin.example", network: "192.0.2", people: map[string]*person{}}
	c.chief = c.person(part{first: "Deepa", last: "Nair", mailbox: "deepa", role: administrator, factor: true})
	s.at(s.day(6, "12:00"), func() { s.found(c) })
	s.at(s.day(6, "13:10"), c.chief.join)
	for _, p := range tailspinCast {
		c.employ(p)
	}
	c.invited(part{first: "Chloe", last: "Evans", mailbox: "chloe", role: member}, s.day(2, "15:30"))
	c.invited(part{first: "Kavita", last: "Reddy", mailbox: "kavita", role: member}, s.day(1, "11:45"))
	s.at(s.ago(5*hours), func() { c.chief.visit(false) })
	return c
}
