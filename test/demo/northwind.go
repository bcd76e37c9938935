package main

import (
	"net/http"
	"time"
)

// northwind is the company that the visitor looks at most: every state of a person and every act of an administrator is in it.
func (s *stage) northwind(operator *person) *company {
	c := s.company("Northwind", "northwind.example", "203.0.113", "country", "AU", "category", "Retail")
	c.chief = c.person(part{first: "Ada", last: "Okafor", mailbox: "ada", role: administrator, factor: true})
	ada := c.chief
	s.at(s.day(42, "08:30"), func() { operator.makeClient(c) })
	s.at(s.day(42, "08:40"), ada.join)
	s.at(s.day(42, "08:50"), func() { c.makeRoles() })
	for _, p := range northwindCast {
		c.employ(p)
	}
	for ago := 40; ago > 1; ago -= 6 {
		at := onWorkday(s.day(ago, "08:11"))
		s.at(at, func() { ada.visit(true) })
	}
	c.invitations()
	c.imports()
	c.firstWeeks()
	c.lastWeek()
	c.wrongHands()
	c.today()
	return c
}

func (c *company) makeRoles() {
	ada := c.chief
	ada.makeRole(customerService, "Answers customers, and sends verifications to them",
		"editor.access", "editor.view", "remote_verify.access", "remote_verify.send", "remote_verify.view", "reports.access", "reports.view")
	ada.makeRole(reviewer, "Looks through what was verified",
		"remote_verify.access", "remote_verify.view", "repository.access", "repository.view", "reports.access", "reports.view")
	ada.makeRole(helpDesk, "Lets people in again who have lost the way",
		"users.access", "users.view", "users.reset_password")
	ada.makeRole(auditor, "Reads everything that happened, and changes nothing",
		"users.access", "users.view", "audit.access", "audit.view", "audit.export", "reports.access", "reports.view", "reports.export")
	ada.makeRole("Summer Staff", "For July and August", "remote_verify.access", "remote_verify.view")
}

// invitations leaves some of every kind open.
func (c *company) invitations() {
	s := c.stage
	ended := c.invited(part{first: "Сергей", last: "Коваленко", mailbox: "sergei", role: member}, s.day(17, "10:05"))
	s.at(s.day(2, "16:20"), func() {
		b := ended.browser
		b.expect(http.StatusOK, "asking again", b.submit(b.open(s.link(ended.email, "/join")), "/join/again"))
	})
	c.invited(part{first: "Léa", last: "Fontaine", mailbox: "lea", role: reviewer}, s.day(12, "14:40"), "note", "Welcome, Léa! Your desk is beside mine.")
	c.invited(part{first: "Henry", last: "Clarke", mailbox: "henry", role: customerService}, s.ago(6*days+3*hours))
	gone := c.person(part{first: "Tuấn", last: "Phạm", mailbox: "tuan", role: reviewer})
	gone.email = "tuan.pham@northwind.invalid"
	s.at(s.day(3, "09:31"), func() { c.chief.invite(gone) })

	wrong := c.invited(part{first: "Fernnada", last: "Souza", mailbox: "fernnada", role: customerService}, s.day(2, "11:02"))
	s.at(s.day(2, "11:09"), func() { c.chief.act(wrong, "withdraw") })
	c.invited(part{first: "Fernanda", last: "Souza", mailbox: "fernanda", role: customerService}, s.day(2, "11:12"))
	dung := c.invited(part{first: "Dũng", last: "Nguyễn", mailbox: "dung", role: reviewer}, s.ago(4*hours), "note", "See you on Monday.")
	s.at(s.ago(95*time.Minute), func() { c.chief.act(dung, "link") })
}

// imports lets Sam import people, and leaves a second file checked and not sent.
func (c *company) imports() {
	s, sam := c.stage, c.person(part{mailbox: "sam"})
	var team []*person
	for _, p := range []part{
		{first: "Emeka", last: "Okonkwo", mailbox: "emeka", role: reviewer, factor: true},
		{first: "さくら", last: "高橋", mailbox: "sakura.takahashi", role: customerService, factor: true},
		{first: "Agnieszka", last: "Nowak", mailbox: "agnieszka", role: customerService},
		{first: "Yael", last: "Peretz", mailbox: "yael", role: reviewer},
		{first: "Kwame", last: "Owusu", mailbox: "kwame", role: customerService},
	} {
		team = append(team, c.person(p))
	}
	s.at(s.day(5, "13:15"), func() {
		path := sam.importFile("support-team.csv", team, "Priya,Shah,priya@northwind.example,Customer Service", "Emeka,Okonkwo,emeka@northwind.example,Reviewer")
		sam.do(path+"/rows", path+"/send")
	})
	for i, who := range team[:3] {
		s.at(s.day(4-i, clockAt(9, i)), who.join)
		s.at(s.ago(time.Duration(3+i*7)*hours), func() { who.visit(false) })
	}
	s.at(s.ago(3*hours-10*time.Minute), func() {
		next := []*person{
			{first: "Mateus", last: "Araújo", email: "mateus@northwind.example", role: customerService},
			{first: "Charlotte", last: "Green", email: "charlotte@northwind.example", role: reviewer},
			{first: "Jonas", last: "Weiß", email: "jonas@northwind.example", role: "Reviewers"},
			{first: "Käthe", last: "Böhm", email: "kaethe.northwind.example", role: reviewer},
		}
		sam.importFile("reviewers-december.csv", next, "Wei,Zhang,wei@northwind.example,Reviewer")
	})
}

// firstWeeks is what an administrator does while everybody arrives.
func (c *company) firstWeeks() {
	s, ada := c.stage, c.chief
	who := func(mailbox string) *person { return c.person(part{mailbox: mailbox}) }
	s.at(s.day(41, "16:10"), func() { ada.do("/settings/mail", "/settings/mail") })
	s.at(s.day(37, "11:25"), func() { ada.do("/profile/mobile", "/profile/mobile", "region", "AU", "number", "0491 570 006") })
	s.at(s.day(30, "09:55"), func() {
		ada.editRole(helpDesk, "Lets people in again who have lost the way", "users.access", "users.view", "users.reset_password", "users.invite")
	})
	s.at(s.day(28, "15:20"), func() { ada.act(who("oksana"), "name", "first_name", "Оксана", "last_name", "Шевченко") })
	s.at(s.day(26, "10:30"), func() { ada.act(who("juergen"), "role", "role", c.roleID(reviewer)) })
	s.at(s.day(16, "17:45"), func() {
		ada.act(who("lakshmi"), "status", "status", "suspended", "reason", "Away for a week")
	})
	s.at(s.day(11, "08:35"), func() { ada.act(who("lakshmi"), "status", "status", "active") })
	s.at(s.day(14, "12:05"), func() { ada.act(who("chidi"), "status", "status", "suspended", "reason", "Left the company") })
	s.at(s.day(19, "12:40"), func() {
		who("sam").act(who("wei"), "status", "status", "suspended", "reason", "On leave until February")
	})
	s.at(s.day(18, "09:20"), func() { ada.look("/users.csv") })
	s.at(s.day(13, "10:10"), func() {
		path := ada.rolePath("Summer Staff")
		ada.do(path+"/delete", path+"/delete")
	})
	s.at(s.day(10, "11:10"), func() {
		ada.changePolicy("second_factor", "all", "from", s.today.AddDate(0, 0, 21).Format(time.DateOnly),
			"password", "15", "idle", "20", "session", "480", "invitation", "168")
	})
	s.at(s.day(11, "14:15"), func() {
		ada.editRole(customerService, "Answers customers, and sends verifications to them",
			"editor.access", "editor.view", "editor.edit", "remote_verify.access", "remote_verify.send", "remote_verify.view")
	})
}

// lastWeek is what people do to their own account, and how they are let in again.
func (c *company) lastWeek() {
	s, ada := c.stage, c.chief
	who := func(mailbox string) *person { return c.person(part{mailbox: mailbox}) }
	thabo, oliver, bjork := who("thabo"), who("oliver"), who("bjork")
	s.at(s.day(9, "08:05"), func() { thabo.logInWithRecoveryCode() })
	s.at(s.day(8, "13:35"), func() { ada.act(who("joao"), "reset-password", "log_out", "yes") })
	s.at(s.day(8, "14:02"), func() { who("joao").reset("marble thunder bicycle forty") })
	s.at(s.day(7, "15:50"), func() { oliver.present(); oliver.protect() })
	s.at(s.day(6, "10:00"), func() {
		oliver.do("/profile/second-factor/off", "/profile/second-factor/off", "password", oliver.password, "code", oliver.code())
		oliver.key = ""
	})
	s.at(s.day(4, "11:30"), func() { ada.act(who("amina"), "logout") })
	s.at(s.day(3, "17:10"), func() {
		bjork.do("/profile/email", "/profile/email", "email", "bjork.g@northwind.example", "password", bjork.password)
	})
	s.at(s.day(3, "17:25"), func() {
		b := bjork.present()
		b.post(s.link("bjork.g@northwind.example", "/email/confirm"), "/email/confirm")
		bjork.email = "bjork.g@northwind.example"
	})
	s.at(s.day(1, "09:40"), func() {
		sam := who("sam")
		sam.logIn() // new codes want a fresh proof
		sam.do("/profile/recovery-codes", "/profile/recovery-codes")
		sam.saveCodes()
	})
}

// wrongHands is what happens where somebody has got hold of a password.
func (c *company) wrongHands() {
	s := c.stage
	rosanne, hugo, lukasz := c.person(part{mailbox: "rosanne"}), c.person(part{mailbox: "hugo"}), c.person(part{mailbox: "lukasz"})
	s.at(s.day(4, "03:12"), func() { s.as(rosanne, elsewhere).logIn() })
	s.at(s.day(4, "07:48"), func() {
		b := s.browserAt(place{rosanne.browser.address, safariOnPhone}, c.front, rosanne.first)
		b.try(s.link(rosanne.email, "/not-me"), "/not-me", "sure", "yes")
	})
	s.at(s.day(4, "07:55"), func() { rosanne.reset("seventeen green umbrellas dancing") })
	for night := range 3 {
		s.at(s.day(3-night, "02:20"), func() { s.tries(elsewhere, hugo.email, 4, 20*time.Second) })
	}
	s.at(s.day(1, "08:10"), func() { c.chief.act(hugo, "lock", "reason", "Reported a stolen notebook") })
	// Somebody knows the password of Łukasz and has not got his phone.
	for round := range 4 {
		s.at(s.ago(14*hours-time.Duration(round)*20*time.Minute), func() { s.guessCodes(lukasz, elsewhere) })
	}
}

// today leaves things under way that somebody waits for.
func (c *company) today() {
	s, ada := c.stage, c.chief
	who := func(mailbox string) *person { return c.person(part{mailbox: mailbox}) }
	zeynep, sam := who("zeynep"), who("sam")
	s.at(s.ago(5*hours+30*time.Minute), func() { who("kofi").act(who("naledi"), "reset-password") })
	s.at(s.ago(2*hours-time.Minute), func() {
		zeynep.do("/profile/email", "/profile/email", "email", "zeynep.yilmaz@northwind.example", "password", zeynep.password)
	})
	s.at(s.ago(70*time.Minute), func() { sam.act(who("marco"), "second-factor", "step", "ask") })
	s.at(s.ago(12*time.Minute), func() {
		b := who("rahul").browser
		b.expect(http.StatusOK, "forgot", b.try("/forgot", "/forgot", "email", who("rahul").email))
	})
	s.at(s.ago(9*time.Minute), func() { ada.visit(false) })
}
