package page

import "slices"

// act is one thing that may be done to a user.
type act struct {
	Key   string // of its label in the catalogue, under "page.act."
	Href  string
	Grave bool // stands apart from the others, because it cannot be undone or hits hard
	Apart bool // the first of the grave ones, where others go before
}

// Acts lists what may be done to somebody in the list, leading back to it.
func (v Users) Acts(r UserRow) []act { return r.acts(v.Query.Href()) }

// UserHref is the page of somebody in the list, with the way back to it.
func (v Users) UserHref(r UserRow) string { return userHref(r.ID, "", v.Query.Href()) }

// Offer picks those of the named acts that may be done, leading back to the user's page.
func (v User) Offer(keys ...string) []act {
	var list []act
	for _, a := range v.acts(userHref(v.ID, "", v.Back)) {
		if slices.Contains(keys, a.Key) {
			list = append(list, a)
		}
	}
	return list
}

// FactorResetHref is where a begun reset of two-factor authentication goes on.
func (v User) FactorResetHref() string {
	return userHref(v.ID, "second-factor", userHref(v.ID, "", v.Back))
}

// acts lists what may be done, in the order in which it is offered.
func (r UserRow) acts(back string) []act {
	var list []act
	for _, a := range []struct {
		key   string
		path  string
		may   bool
		grave bool
	}{
		{key: "reset_password", path: "reset-password", may: r.MayResetPassword},
		{key: "unlock", path: "unlock", may: r.MayUnlock},
		{key: "status", path: "status", may: r.MayChangeStatus},
		{key: "resend", path: "resend", may: r.MayResend},
		{key: "link", path: "link", may: r.MayCopyLink},
		{key: "role", path: "role", may: r.MayChangeRole},
		{key: "name", path: "name", may: r.MayChangeName},
		{key: "second_factor", path: "second-factor", may: r.MayResetSecondFactor},
		{key: "log_out", path: "logout", may: r.MayLogOut},
		{key: "withdraw", path: "withdraw", may: r.MayWithdraw},
		{key: "lock", path: "lock", may: r.MayLock, grave: true},
		{key: "delete", path: "delete", may: r.MayDelete, grave: true},
	} {
		if a.may {
			apart := a.grave && len(list) > 0 && !list[len(list)-1].Grave
			list = append(list, act{Key: a.key, Href: userHref(r.ID, a.path, back), Grave: a.grave, Apart: apart})
		}
	}
	return list
}

// moduleGrants are the grants of one module.
type moduleGrants struct {
	Module string
	Grants []Grant
}

// ModuleGrants puts the grants of each module together.
func (v User) ModuleGrants() []moduleGrants {
	var list []moduleGrants
	for _, g := range v.Grants {
		if len(list) == 0 || list[len(list)-1].Module != g.Module {
			list = append(list, moduleGrants{Module: g.Module})
		}
		last := &list[len(list)-1]
		last.Grants = append(last.Grants, g)
	}
	return list
}
