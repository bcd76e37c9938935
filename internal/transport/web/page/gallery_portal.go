package page

import "time"

func invitationSpecimens() []Specimen {
	roles := []Option{
		{Value: "administrator", Label: "Administrator", Summary: "Everything, with the right to invite, reset and suspend.", Means: []string{"Do everything, also what later versions and added modules bring."}},
		{Value: "member", Label: "Member", Summary: "Only their own profile.", Means: []string{"Look after their own profile, and nothing else."}},
	}
	filled := Invite{
		FirstName: Field{Value: "Ada"}, LastName: Field{Value: "Okafor"}, Email: Field{Value: "ada@northwind.example"},
		Role: Field{Value: "member"}, Roles: roles,
	}
	wrong := Invite{
		FirstName: Field{Error: "Enter a first name"}, Email: Field{Value: "ada", Error: "Enter an email address like name@example.com"},
		Role: Field{Error: "Choose a role"}, Roles: roles,
	}
	taken := filled
	taken.Email.Error = "Ada Okafor is already invited. Send the invitation again instead."
	taken.Taken = &Taken{ID: "usr_2", Name: "Ada Okafor", State: StateInvited}
	missing := filled
	missing.MailMissing = true
	ada := Act{ID: "usr_2", Name: "Ada Okafor", Email: "ada@northwind.example", Back: "/users?status=invited"}
	throttledAda := ada
	throttledAda.Problem = "An invitation was sent 2 minutes ago. Wait 3 minutes or copy the link."
	return []Specimen{
		specimen("invite", viewer("users"), Invite{Roles: roles}),
		specimen("invite-errors", viewer("users"), wrong),
		specimen("invite-taken", viewer("users"), taken),
		specimen("invite-mail-missing", viewer("users"), missing),
		specimen("resend", viewer("users"), Resend{ada}),
		specimen("resend-throttled", viewer("users"), Resend{throttledAda}),
		specimen("copy_link", viewer("users"), CopyLink{ada}),
		specimen("invitation_link", viewer("users"), InvitationLink{
			Act: ada, Link: "https://id.example/join#Yk3v0m8Q2tZr7Xw1LpN5cB9sD4fG6hJ", Until: galleryNow.Add(7 * 24 * time.Hour),
		}),
		specimen("withdraw", viewer("users"), Withdraw{ada}),
	}
}

func portalSpecimens() []Specimen {
	unprotected := viewer("")
	unprotected.SecondFactorOff = true
	member := guest()
	member.Viewer = Viewer{Name: "Priya Shah", Email: "priya@northwind.example"}
	long := viewer("users")
	long.OrganizationName = "Contoso Verification Services and Identity Assurance Pty Ltd"
	long.Viewer = Viewer{Name: "Tomás Ó Súilleabháin-Featherstonehaugh", Email: "tomas.osuilleabhain.featherstonehaugh@customer-care.contoso.example"}
	required := viewer("")
	required.SecondFactorFrom = galleryNow.Add(10 * 24 * time.Hour)
	branded := viewer("")
	branded.Brand, branded.Support, branded.Style = "Northwind ID", "mailto:help@northwind.example", "/brand/7a1f5c-dc9ecb.css"
	people := &People{Counts: UserCounts{All: 1046, Active: 935, Invited: 98, Suspended: 13}, Protected: 512}
	waiting := Home{FirstName: "Sam", Role: "Administrator", People: people, Waits: true, Waiting: []Waiting{
		{Kind: WaitApproval, Names: []string{"Marco Rossi"}, By: "Ada Okafor", At: galleryNow.Add(20 * time.Hour), Href: "/users/usr_4"},
		{Kind: WaitAskedAgain, Names: []string{"نور الهاشمي"}, At: galleryNow.Add(-72 * time.Hour), Href: "/users/usr_5"},
		{Kind: WaitUndelivered, Names: []string{"Tomás Ó Súilleabháin-Featherstonehaugh"}, Count: 1, At: galleryNow.Add(-9 * time.Hour), Href: "/users/usr_6"},
		{Kind: WaitEndingSoon, Names: []string{"Wei Zhang", "Björk"}, Count: 2, Href: "/users?status=invited"},
		{Kind: WaitEnded, Names: []string{"Ada Byron", "Lee Wen", "Noor", "Max Born"}, Count: 4, Href: "/users?status=invited"},
		{Kind: WaitImport, Names: []string{"people.csv"}, By: "Ada Okafor", Count: 17, Href: "/users/import/imp_1/rows"},
	}, Latest: []Happening{
		{At: galleryNow.Add(-time.Hour), Text: "Ada Okafor suspended Wei Zhang"},
		{At: galleryNow.Add(-26 * time.Hour), Text: "Sam Ito invited Tomás Ó Súilleabháin-Featherstonehaugh"},
	}}
	quiet := Home{FirstName: "Sam", Role: "Administrator", People: &People{Counts: UserCounts{All: 1, Active: 1}, Protected: 1}, Waits: true}
	looker := Home{FirstName: "Sam", Role: "Auditor", People: people, Latest: waiting.Latest}
	return []Specimen{
		specimen("home", viewer(""), Home{FirstName: "Sam", Role: "Administrator"}),
		specimen("home-waiting", viewer(""), waiting),
		specimen("home-nothing-waits", viewer(""), quiet),
		specimen("home-looks-on", viewer(""), looker),
		specimen("home-welcome", withFlash(viewer(""), "Welcome, Sam. Two-factor authentication is on.", nil), Home{FirstName: "Sam", Role: "Administrator"}),
		specimen("home-second-factor-off", unprotected, Home{FirstName: "Sam", Role: "Administrator"}),
		specimen("home-long-names", long, Home{FirstName: "Tomás", Role: "Customer Service"}),
		specimen("home-no-modules", member, Home{FirstName: "Priya", Role: "Member"}),
		specimen("home-second-factor-from", required, Home{FirstName: "Sam", Role: "Administrator"}),
		specimen("home-branded", branded, Home{FirstName: "Sam", Role: "Administrator"}),
		specimen("developer", viewer("developer"), Developer{
			API: "https://id.example/api/v1", Session: "https://id.example/api/v1/session", Guard: "https://id.example/api/v1/forward-auth?module=",
			Modules: []DeveloperModule{{"users", "User Management"}, {"editor", "Editor"}, {"remote_verify", "Remote Verify"}, {"settings", "Settings"}},
		}),
		specimen("log_out", viewer(""), LogOut{}),
	}
}

func failureSpecimens() []Specimen {
	list := []Specimen{
		specimen("suspended", guest(), Suspended{Organization: "Northwind"}),
		specimen("suspended-organization", guest(), Suspended{Organization: "Northwind", Whole: true}),
		specimen("failure-403", viewer(""), Failure{Status: 403, Module: "Reports", Organization: "Northwind"}),
		specimen("failure-403-action", viewer("users"), Failure{Status: 403, Organization: "Northwind"}),
		specimen("failure-404-portal", viewer(""), Failure{Status: 404}),
		specimen("failure-404-search", viewer(""), Failure{Status: 404, Search: "/users"}),
		specimen("failure-404", stranger(), Failure{Status: 404}),
		specimen("failure-405", stranger(), Failure{Status: 405}),
		specimen("failure-410", stranger(), Failure{Status: 410}),
		specimen("failure-413", stranger(), Failure{Status: 413}),
		specimen("failure-429", stranger(), Failure{Status: 429, Wait: throttled}),
		specimen("failure-500", viewer(""), Failure{Status: 500, Reference: "7F3K-2M"}),
		specimen("failure-503", stranger(), Failure{Status: 503, Until: galleryNow.Add(8 * time.Minute)}),
		specimen("failure-503-soon", stranger(), Failure{Status: 503}),
		specimen("failure-503-not-stored", viewer(""), Failure{Status: 503, NotStored: true}),
	}
	return list
}

func developmentSpecimens() []Specimen {
	letter := LetterRow{ID: "ltr_1", To: "ada@northwind.example", Subject: "IDKit User Invitation - Northwind", At: galleryNow}
	s := stranger()
	s.Development, s.Path = true, "/dev/mailbox"
	return []Specimen{
		specimen("support", viewer(""), Support{Organization: "Northwind", Version: "1.0.0"}),
		specimen("support-stranger", stranger(), Support{Version: "1.0.0"}),
		specimen("login-development", s, Login{}),
		specimen("mailbox", s, Mailbox{Letters: []LetterRow{letter, {ID: "ltr_2", To: "sam@northwind.example", Subject: "New log-in to your account", At: galleryNow.Add(-time.Hour)}}}),
		specimen("mailbox-empty", s, Mailbox{}),
		specimen("letter-text", s, Letter{
			LetterRow: letter, From: "IDKit <no-reply@northwind.example>", Part: PartText,
			Body: "Hello Ada,\n\nSam Ito invited you to Northwind as Customer Service.\n\nLog in to IDKit:\nhttp://localhost:8080/join#Yk3v\n", Links: []string{"http://localhost:8080/join#Yk3v"},
		}),
		specimen("letter-html", s, Letter{LetterRow: letter, From: "IDKit <no-reply@northwind.example>", Part: PartHTML}),
		specimen("letter-source", s, Letter{LetterRow: letter, From: "IDKit <no-reply@northwind.example>", Part: PartSource, Body: "From: IDKit <no-reply@northwind.example>\nTo: ada@northwind.example\nSubject: IDKit User Invitation - Northwind\nAuto-Submitted: auto-generated\n"}),
	}
}
