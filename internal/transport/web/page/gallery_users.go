package page

import (
	"fmt"
	"time"
)

// galleryRows are one user in each state, with what an Administrator may do to them.
func galleryRows() []UserRow {
	ago := func(d time.Duration) time.Time { return galleryNow.Add(-d) }
	rows := []UserRow{
		{ID: galleryUser, Name: "Sam Ito", Email: "sam@northwind.example", You: true, Role: "Administrator", State: StateActive, SecondFactor: true, LastActive: ago(time.Minute)},
		{ID: "usr_2", Name: "Ada Okafor", Email: "ada@northwind.example", Role: "Customer Service", State: StateInvited, DaysLeft: 5},
		{ID: "usr_3", Name: "Marco Rossi", Email: "marco.rossi@northwind.example", Role: "Administrator", State: StateActive, SecondFactor: true, LastActive: ago(3 * time.Hour)},
		{ID: "usr_4", Name: "Wei Zhang", Email: "wei@northwind.example", Role: "Reviewer", State: StateSuspended, SecondFactor: true, LastActive: ago(20 * 24 * time.Hour)},
		{ID: "usr_5", Name: "Priya Shah", Email: "priya@northwind.example", Role: "Customer Service", State: StateActive, LastActive: ago(50 * time.Hour)},
		{ID: "usr_6", Name: "Tomás Ó Súilleabháin-Featherstonehaugh", Email: "tomas.osuilleabhain.featherstonehaugh@customer-care.northwind.example", Role: "Customer Service", State: StateInviteUndelivered, Detail: "mailbox does not exist"},
		{ID: "usr_7", Name: "نور الهدى", Email: "nour@northwind.example", Role: "Reviewer", State: StateInviteExpired},
		{ID: "usr_8", Name: "Björk", Email: "bjork@northwind.example", Role: "Reviewer", State: StateLocked, Until: galleryNow.Add(10 * time.Minute), SecondFactor: true, LastActive: ago(time.Hour)},
	}
	for i, r := range rows {
		if !r.You {
			rows[i] = r.withActs()
		}
	}
	return rows
}

// withActs offers what fits the state of somebody.
func (r UserRow) withActs() UserRow {
	r.MayChangeRole, r.MayChangeName = true, true
	switch r.State {
	case StateInvited, StateInviteExpired, StateInviteUndelivered:
		r.MayResend, r.MayCopyLink, r.MayWithdraw, r.MayDelete = true, true, true, true
	case StateSuspended:
		r.MayChangeStatus, r.MayResetSecondFactor, r.MayDelete = true, r.SecondFactor, true
	default:
		r.MayResetPassword, r.MayChangeStatus, r.MayLogOut, r.MayLock = true, true, true, true
		r.MayUnlock, r.MayResetSecondFactor = r.State == StateLocked, r.SecondFactor
	}
	return r
}

// galleryQuery is the list as it is opened.
var galleryQuery = UserQuery{Sort: SortName, Size: 25}

// galleryPage is one page of a list in pages of 25.
func galleryPage(q UserQuery, number, total int) Page {
	p := Page{First: (number-1)*25 + 1, Last: min(total, number*25), Total: total}
	for _, n := range PageNumbers(number, (total+24)/25) {
		link := PageLink{Number: n, Href: q.At(fmt.Sprintf("eyJvIjoibmFtZSIsImYiOlsiIiwi%d", n)).Href(), Current: n == number}
		p.Links = append(p.Links, link)
		switch n {
		case number - 1:
			p.Previous = link.Href
		case number + 1:
			p.Next = link.Href
		}
	}
	return p
}

func usersSpecimens() []Specimen {
	list := Users{
		Query: galleryQuery, Counts: UserCounts{All: 132, Active: 118, Invited: 9, Suspended: 5}, Rows: galleryRows(),
		Roles: []Option{{Value: "rol_1", Label: "Administrator"}, {Value: "rol_2", Label: "Customer Service"}, {Value: "rol_3", Label: "Reviewer"}},
		Page:  galleryPage(galleryQuery, 1, 132), MayInvite: true, MayImport: true, MayManageRoles: true, MayExport: true,
		MayResetPassword: true, MayChangeStatus: true,
	}
	states := []Specimen{specimen("users", viewer("users"), list)}
	add := func(name string, s Shell, change func(*Users)) {
		v := list
		v.Rows = galleryRows()
		change(&v)
		states = append(states, specimen("users-"+name, s, v))
	}
	add("deep", viewer("users"), func(v *Users) {
		v.Query.Sort, v.Query.Descending, v.Query.Cursor = SortLastActive, true, "eyJvIjoibmFtZSIsImYiOlsiIiwi5"
		v.Counts = UserCounts{All: 500000, Active: 486210, Invited: 9812, Suspended: 3978}
		v.Page = galleryPage(v.Query, 5, 500000)
		for i := range 17 {
			r := v.Rows[i%7+1]
			r.ID = fmt.Sprintf("usr_%d", i+9)
			v.Rows = append(v.Rows, r)
		}
	})
	add("filtered", viewer("users"), func(v *Users) {
		v.Query.Filter, v.Query.Role, v.Query.Factor, v.Query.Search = FilterActive, "rol_2", FactorOff, "ri"
		v.Rows = v.Rows[4:5]
		v.Page = Page{First: 1, Last: 1, Total: 1}
	})
	add("many-found", viewer("users"), func(v *Users) {
		v.Query.Search = "an"
		v.Page = Page{First: 1, Last: 25, Total: 1000, More: true, Next: "/users?at=eyJvIjoibmFtZSIsImYiOlsiIiwi2&q=an", Links: []PageLink{{Number: 1, Current: true}, {Number: 2, Href: "/users?at=eyJvIjoibmFtZSIsImYiOlsiIiwi2&q=an"}}}
	})
	add("nobody-selected", viewer("users"), func(v *Users) { v.Problem = "Select a user first." })
	add("suspended", withFlash(viewer("users"), "Marco Rossi is suspended and logged out everywhere.", &Action{
		Label: "Undo", Href: "/users/usr_3/status", Post: true, Values: []HiddenValue{{Name: "status", Value: "active"}},
	}), func(v *Users) { v.Rows[2].State = StateSuspended; v.Rows[2] = v.Rows[2].withActs() })
	stale := viewer("users")
	stale.Flash = &Flash{Text: "Someone changed this user a moment ago. Here is the current state.", Problem: true}
	add("stale", stale, func(*Users) {})
	add("invited", withFlash(viewer("users"), "Invitation sent to ada@northwind.example. It works until 30 November, 10:42 UTC.",
		&Action{Label: "Copy link", Href: "/users/usr_2/link"}), func(*Users) {})
	add("only-you", viewer("users"), func(v *Users) {
		v.Counts, v.Rows, v.Page = UserCounts{All: 1, Active: 1}, v.Rows[:1], Page{First: 1, Last: 1, Total: 1}
	})
	nobody := func(change func(*Users)) func(*Users) {
		return func(v *Users) { v.Rows, v.Page = nil, Page{}; change(v) }
	}
	add("no-match", viewer("users"), nobody(func(v *Users) { v.Query.Filter, v.Query.Search = FilterSuspended, "ada" }))
	add("no-match-address", viewer("users"), nobody(func(v *Users) { v.Query.Search, v.SearchIsAddress = "ada@x.example", true }))
	add("no-match-filters", viewer("users"), nobody(func(v *Users) { v.Query.Role, v.Query.Search = "rol_3", "ada" }))
	add("nobody-invited", viewer("users"), nobody(func(v *Users) { v.Query.Filter = FilterInvited }))
	add("failed", viewer("users"), nobody(func(v *Users) { v.Failed = true }))
	add("read-only", viewer("users"), func(v *Users) {
		v.MayInvite, v.MayImport, v.MayManageRoles, v.MayExport, v.MayResetPassword, v.MayChangeStatus = false, false, false, false, false, false
		v.Rows = nil
		for _, r := range galleryRows() {
			v.Rows = append(v.Rows, UserRow{
				ID: r.ID, Name: r.Name, Email: r.Email, You: r.You, Role: r.Role, State: r.State, DaysLeft: r.DaysLeft,
				Detail: r.Detail, Until: r.Until, SecondFactor: r.SecondFactor, LastActive: r.LastActive,
			})
		}
	})
	return states
}

func userSpecimens() []Specimen {
	rows := galleryRows()
	happenings := []Happening{
		{At: galleryNow.Add(-time.Hour), Text: "Marco Rossi logged in", Origin: "Firefox on Windows, 203.0.113.7"},
		{At: galleryNow.Add(-26 * time.Hour), Text: "Sam Ito invited Marco Rossi as Administrator", Origin: "Safari on macOS, 198.51.100.20"},
	}
	grants := []Grant{
		{Module: "Users", Permission: "See the list of users", Role: "Administrator"},
		{Module: "Users", Permission: "Invite people", Role: "Administrator"},
		{Module: "Users", Permission: "Reset passwords", Role: "Administrator"},
		{Module: "Users", Permission: "Change the status of users", Role: "Administrator"},
		{Module: "Settings", Permission: "See settings", Role: "Administrator"},
		{Module: "Settings", Permission: "Change settings", Role: "Administrator"},
	}
	active := User{
		UserRow: rows[2], InvitedBy: "Sam Ito", InvitedAt: galleryNow.Add(-26 * time.Hour), Sessions: 2,
		Happenings: happenings, AuditHref: AuditOf(rows[2].ID, galleryNow), Grants: grants, Back: "/users?status=active",
	}
	invited := User{
		UserRow: rows[1], InvitedBy: "Sam Ito", InvitedAt: galleryNow.Add(-48 * time.Hour), EndsAt: galleryNow.Add(5 * 24 * time.Hour),
		Delivery: &Delivery{State: DeliverySent, At: galleryNow.Add(-48 * time.Hour)}, Happenings: happenings[1:],
	}
	states := []Specimen{specimen("user", viewer("users"), active), specimen("user-invited", viewer("users"), invited)}
	add := func(name string, v User, change func(*User)) {
		change(&v)
		states = append(states, specimen("user-"+name, viewer("users"), v))
	}
	add("you", User{UserRow: rows[0], Sessions: 1, Grants: grants}, func(*User) {})
	add("suspended", active, func(v *User) {
		v.UserRow, v.Sessions = rows[3], 0
		v.Suspension = &Suspension{By: "Sam Ito", At: galleryNow.Add(-time.Hour), Reason: "Left the company at the end of the month"}
	})
	add("locked", active, func(v *User) { v.UserRow, v.Grants = rows[7], nil })
	add("locked-by-limit", active, func(v *User) {
		v.UserRow, v.Grants, v.MayUnlock = rows[7], nil, false
		v.Limits = []Lock{{Of: LockCode, Until: v.Until}, {Of: LockPassword, Until: v.Until}}
	})
	add("reset-code", active, func(v *User) {
		v.FactorReset = &FactorReset{Wait: WaitForCode, By: "Sam Ito", Until: galleryNow.Add(15 * time.Minute), Mine: true}
	})
	add("reset-approval", active, func(v *User) {
		v.FactorReset = &FactorReset{Wait: WaitForApproval, By: "Priya Shah", Until: galleryNow.Add(24 * time.Hour), Mine: true}
	})
	add("last-administrator", active, func(v *User) {
		v.LastAdministrator, v.MayChangeStatus, v.MayChangeRole, v.MayLock = true, false, false, false
	})
	add("holds-more", active, func(v *User) {
		v.HoldsMore = true
		v.UserRow = UserRow{ID: "usr_3", Name: v.Name, Email: v.Email, Role: v.Role, State: v.State, SecondFactor: true, LastActive: v.LastActive}
	})
	add("undelivered", invited, func(v *User) {
		v.UserRow, v.Happenings = rows[5], nil
		v.Delivery = &Delivery{State: DeliveryFailed, At: galleryNow, Answer: "550 5.1.1 mailbox does not exist"}
	})
	add("retrying", invited, func(v *User) {
		v.Delivery = &Delivery{State: DeliveryRetrying, NextTry: galleryNow.Add(4 * time.Minute), Answer: "451 4.7.1 try again later"}
	})
	add("waiting", invited, func(v *User) { v.Delivery = &Delivery{State: DeliveryWaiting} })
	add("no-mail", invited, func(v *User) { v.Delivery = &Delivery{State: DeliveryNoMail} })
	return states
}
