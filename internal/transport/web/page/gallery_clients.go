package page

import "time"

const galleryClient = "org_06f9c3k2v7x1m8q4t5r0n2b6d8"

func galleryCountries() []Option {
	return []Option{{Value: "AU", Label: "Australia"}, {Value: "BR", Label: "Brazil"}, {Value: "DE", Label: "Germany"}, {Value: "JP", Label: "Japan"}}
}

func galleryCategories() []Option {
	return []Option{{Value: "Bank", Label: "Bank"}, {Value: "Retail", Label: "Retail"}, {Value: "Travel", Label: "Travel"}}
}

// galleryClients is the list of clients on one of its tabs.
func galleryClients(tab ClientTab) Clients {
	ago := func(days int) time.Time { return galleryNow.Add(-time.Duration(days) * 24 * time.Hour) }
	v := Clients{
		Query: ClientQuery{Tab: tab, Size: PageSizes[0]}, Counts: ClientCounts{Active: 212, Trial: 4, Suspended: 3},
		Countries: galleryCountries(), Categories: galleryCategories(), MayEdit: true, Page: Page{First: 1, Last: 4, Total: 4},
		Rows: []ClientRow{
			{ID: galleryClient, Name: "Northwind", Country: "Australia", Category: "Retail", LastActivity: galleryNow.Add(-2 * time.Hour), TrialStart: ago(29), TrialEnd: ago(-1), DaysLeft: 1, Suspended: ago(2)},
			{ID: "org_2", Name: "Contoso Versicherungsgesellschaft auf Gegenseitigkeit", Country: "Germany", Category: "Bank", LastActivity: ago(1), TrialStart: ago(25), TrialEnd: ago(-5), DaysLeft: 5, Suspended: ago(9), TrialOver: true},
			{ID: "org_3", Name: "شركة النور", Country: "United Arab Emirates", Category: "Travel", LastActivity: ago(12), TrialStart: ago(3), TrialEnd: ago(-27), DaysLeft: 27, Suspended: ago(40)},
			{ID: "org_4", Name: "Fabrikam", TrialStart: ago(0), TrialEnd: ago(-60), DaysLeft: 60, Suspended: ago(300)},
		},
	}
	if tab == TabActive {
		v.Page = galleryPageOf(212)
	}
	return v
}

// galleryPageOf is the first page of a longer list of clients.
func galleryPageOf(total int) Page {
	at := func(cursor string) string { return ClientQuery{Tab: TabActive, Size: PageSizes[0]}.At(cursor).Href() }
	return Page{First: 1, Last: 25, Total: total, Next: at("c2"), Links: []PageLink{{Number: 1, Href: at(""), Current: true}, {Number: 2, Href: at("c2")}, {Number: 9, Href: at("c9")}}}
}

func clientsSpecimens() []Specimen {
	var list []Specimen
	add := func(name string, s Shell, change func(*Clients), tab ClientTab) {
		v := galleryClients(tab)
		change(&v)
		list = append(list, specimen("clients-"+name, s, v))
	}
	nobody := func(v *Clients) { v.Rows, v.Page = nil, Page{} }
	for _, tab := range []ClientTab{TabActive, TabTrial, TabSuspended} {
		add(string(tab), operator("clients"), func(*Clients) {}, tab)
		add(string(tab)+"-empty", operator("clients"), func(v *Clients) { nobody(v); v.Counts = ClientCounts{}; v.Countries, v.Categories = nil, nil }, tab)
		add(string(tab)+"-no-match", operator("clients"), func(v *Clients) { nobody(v); v.Query.Search = "ada" }, tab)
	}
	add("filtered", operator("clients"), func(v *Clients) {
		v.Query.Country, v.Query.Category, v.Query.Sort, v.Query.Descending = "AU", "Retail", SortLastActivity, true
		v.Rows, v.Page = v.Rows[:1], Page{First: 1, Last: 1, Total: 1}
	}, TabActive)
	add("none-with-filters", operator("clients"), func(v *Clients) { nobody(v); v.Query.Country = "JP" }, TabTrial)
	add("read-only", operator("clients"), func(v *Clients) { v.MayEdit = false }, TabActive)
	add("read-only-empty", operator("clients"), func(v *Clients) { nobody(v); v.MayEdit = false }, TabActive)
	return append(append(append(list, newClientSpecimens()...), clientSpecimens()...), clientActSpecimens()...)
}

func newClientSpecimens() []Specimen {
	blank := NewClient{Countries: galleryCountries(), Categories: galleryCategories()}
	wrong := blank
	wrong.OnTrial = true
	wrong.Organization.Error, wrong.Country.Error, wrong.Category.Error = "Enter the name of the organization", "Choose a country", "Enter a category"
	wrong.TrialEnds = Field{Value: "2026-11-01", Error: "The last day of the trial lies in the past. Choose a later one."}
	wrong.FirstName.Error, wrong.Email = "Enter a first name", Field{Value: "lee@fabrikam", Error: "Enter an email address like name@example.com"}
	noMail := blank
	noMail.MailMissing = true
	return []Specimen{
		specimen("new_client", operator("clients"), blank),
		specimen("new_client-wrong", operator("clients"), wrong),
		specimen("new_client-mail-missing", operator("clients"), noMail),
	}
}

func clientSpecimens() []Specimen {
	happenings := []Happening{
		{At: galleryNow.Add(-time.Hour), Text: "Sam Ito (IDKit) changed the details of Northwind", Origin: "198.51.100.20 · Firefox on Windows"},
		{At: galleryNow.Add(-26 * time.Hour), Text: "Sam Ito (IDKit) set up Northwind", Origin: "198.51.100.20 · Firefox on Windows"},
	}
	active := Client{
		ID: galleryClient, Name: "Northwind", Country: "Australia", Category: "Retail", Back: "/clients?q=north", Standing: TabActive,
		Created: galleryNow.Add(-200 * 24 * time.Hour), LastActivity: galleryNow.Add(-2 * time.Hour),
		Users: ClientUsers{Active: 118, Invited: 9, Suspended: 5, SecondFactor: 96}, Happenings: happenings, MayEdit: true,
	}
	list := []Specimen{specimen("client", operator("clients"), active)}
	add := func(name string, s Shell, change func(*Client)) {
		v := active
		change(&v)
		list = append(list, specimen("client-"+name, s, v))
	}
	add("trial-ending", operator("clients"), func(v *Client) {
		v.Standing, v.Trial = TabTrial, &ClientTrial{Start: galleryNow.Add(-29 * 24 * time.Hour), End: galleryNow.Add(13 * time.Hour), DaysLeft: 1}
	})
	add("trial-over", operator("clients"), func(v *Client) {
		v.Standing, v.Trial = TabSuspended, &ClientTrial{Start: galleryNow.Add(-31 * 24 * time.Hour), End: galleryNow.Add(-11 * time.Hour)}
		v.Suspension = &ClientSuspension{At: v.Trial.End, TrialOver: true}
	})
	undo := &Action{Label: "Undo", Href: "/clients/" + galleryClient + "/status", Post: true, Values: []HiddenValue{{Name: "status", Value: "active"}}}
	add("suspended", withFlash(operator("clients"), "Northwind is suspended and everybody there is logged out.", undo), func(v *Client) {
		v.Standing, v.Suspension = TabSuspended, &ClientSuspension{At: galleryNow, By: "Sam Ito (IDKit)", Reason: "Invoices of September are open"}
	})
	invited := func(change func(*FirstAdministrator)) func(*Client) {
		return func(v *Client) {
			first := FirstAdministrator{
				UserRow:  UserRow{Name: "Ada Okafor", Email: "ada@northwind.example", State: StateInvited, DaysLeft: 6},
				EndsAt:   galleryNow.Add(6 * 24 * time.Hour),
				Delivery: &Delivery{State: DeliverySent, At: galleryNow.Add(-24 * time.Hour)},
			}
			change(&first)
			v.First, v.Users, v.LastActivity, v.Happenings = &first, ClientUsers{Invited: 1}, time.Time{}, happenings[1:]
		}
	}
	add("invited", operator("clients"), invited(func(*FirstAdministrator) {}))
	add("invite-expired", operator("clients"), invited(func(f *FirstAdministrator) {
		f.State, f.EndsAt = StateInviteExpired, galleryNow.Add(-time.Hour)
	}))
	add("undelivered", operator("clients"), invited(func(f *FirstAdministrator) {
		f.State, f.Detail, f.EndsAt = StateInviteUndelivered, "mailbox does not exist", time.Time{}
		f.Delivery = &Delivery{State: DeliveryFailed, At: galleryNow, Answer: "550 5.1.1 mailbox does not exist"}
	}))
	add("no-mail", operator("clients"), invited(func(f *FirstAdministrator) { f.EndsAt, f.Delivery = time.Time{}, &Delivery{State: DeliveryNoMail} }))
	add("bare", operator("clients"), func(v *Client) {
		v.Country, v.Category, v.Back, v.Users, v.LastActivity, v.Happenings = "", "", "", ClientUsers{Active: 1}, time.Time{}, nil
	})
	add("recovery-waits", operator("clients"), func(v *Client) {
		v.Recovery = &ClientRecovery{State: "waiting", Waits: true, Person: "Li Wen", Earliest: galleryNow.Add(72 * time.Hour)}
	})
	add("recovery-over", operator("clients"), func(v *Client) { v.Recovery = &ClientRecovery{State: "stopped", Person: "Li Wen"} })
	add("read-only", operator("clients"), func(v *Client) {
		v.MayEdit, v.Trial, v.Standing = false, &ClientTrial{Start: galleryNow, End: galleryNow.Add(30 * 24 * time.Hour), DaysLeft: 30}, TabTrial
	})
	return list
}

func clientActSpecimens() []Specimen {
	act := ClientAct{ID: galleryClient, Name: "Northwind", Back: "/clients?q=north"}
	throttledAct := act
	throttledAct.Problem = throttled
	suspension := &ClientSuspension{At: galleryNow.Add(-48 * time.Hour), By: "Sam Ito (IDKit)", Reason: "Invoices of September are open"}
	details := ClientDetails{
		ClientAct: act, Organization: Field{Value: "Northwind"}, Country: Field{Value: "AU"}, Countries: galleryCountries(),
		Category: Field{Value: "Retail"}, Categories: galleryCategories(),
	}
	wrong := details
	wrong.Organization, wrong.Category = Field{Error: "Enter the name of the organization"}, Field{Error: "Enter a category"}
	return []Specimen{
		specimen("client_details", operator("clients"), details),
		specimen("client_details-wrong", operator("clients"), wrong),
		specimen("client_status-suspend", operator("clients"), ClientStatus{ClientAct: act, To: StatusSuspended, Users: 123}),
		specimen("client_status-suspend-nobody", operator("clients"), ClientStatus{ClientAct: act, To: StatusSuspended}),
		specimen("client_status-reason", operator("clients"), ClientStatus{
			ClientAct: act, To: StatusSuspended, Users: 1, Reason: Field{Value: "Invoices", Error: "Shorten the reason to 300 characters."},
		}),
		specimen("client_status-active", operator("clients"), ClientStatus{ClientAct: act, To: StatusActive, Suspension: suspension}),
		specimen("extend_trial", operator("clients"), ExtendTrial{ClientAct: act, Ends: galleryNow.Add(48 * time.Hour), TrialEnds: Field{Value: "2026-12-25"}}),
		specimen("extend_trial-over", operator("clients"), ExtendTrial{ClientAct: act, Ends: galleryNow.Add(-48 * time.Hour), Over: true}),
		specimen("extend_trial-suspended", operator("clients"), ExtendTrial{
			ClientAct: act, Ends: galleryNow.Add(48 * time.Hour), Suspended: true, TrialEnds: Field{Value: "2026-11-01", Error: "The last day of the trial lies in the past. Choose a later one."},
		}),
		specimen("activate_client", operator("clients"), ActivateClient{ClientAct: act, Ends: galleryNow.Add(48 * time.Hour)}),
		specimen("activate_client-over", operator("clients"), ActivateClient{ClientAct: act, Ends: galleryNow.Add(-48 * time.Hour), Over: true}),
		specimen("activate_client-suspended", operator("clients"), ActivateClient{ClientAct: act, Ends: galleryNow.Add(48 * time.Hour), Suspended: true}),
		specimen("resend_first", operator("clients"), ResendFirst{ClientAct: act, Email: "ada@northwind.example"}),
		specimen("resend_first-throttled", operator("clients"), ResendFirst{ClientAct: throttledAct, Email: "ada@northwind.example"}),
		specimen("correct_first", operator("clients"), CorrectFirst{
			ClientAct: act, FirstName: Field{Value: "Ada"}, LastName: Field{Value: "Okafor"}, Email: Field{Value: "ada@northwind.exampel"},
		}),
		specimen("correct_first-wrong", operator("clients"), CorrectFirst{
			ClientAct: act, FirstName: Field{Error: "Enter a first name"}, Email: Field{Value: "ada", Error: "Enter an email address like name@example.com"},
		}),
	}
}
