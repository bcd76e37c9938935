package page

func manageRolesSpecimens() []Specimen {
	list := []RoleLink{
		{Href: RolePermissions("rol_1"), Name: "Administrator", Users: 2},
		{Href: RolePermissions("rol_2"), Name: "Member", Users: 118},
		{Href: RolePermissions("rol_3"), Name: "Customer Service", Users: 4},
		{Href: RolePermissions("rol_4"), Name: "مراجع", Users: 0},
	}
	at := func(i int) []RoleLink {
		some := append([]RoleLink(nil), list...)
		some[i].Current = true
		return some
	}
	saved := func(lines []RoleModule) []RoleModule {
		for i := range lines {
			lines[i].Access.Stored = lines[i].Access.Ticked
			for j := range lines[i].Permissions {
				lines[i].Permissions[j].Stored = lines[i].Permissions[j].Ticked
			}
		}
		return lines
	}
	sheet := func(all, some bool) []RoleModule {
		return saved([]RoleModule{
			{Icon: "users", Title: "User Management", What: "Invite people and look after their access", Needs: "See users", Access: RoleTick{Name: "users.access", Ticked: all || some}, Permissions: []RoleTick{
				{Name: "users.view", Title: "See users", Ticked: all || some},
				{Name: "users.invite", Title: "Invite users", Ticked: all},
				{Name: "users.reset_password", Title: "Reset passwords and two-factor authentication, unlock, log out everywhere", Ticked: all || some},
			}},
			{Icon: "reports", Title: "Reports", What: "Read and export figures", Access: RoleTick{Name: "reports.access", Ticked: all}, Permissions: []RoleTick{
				{Name: "reports.view", Title: "View", Ticked: all}, {Name: "reports.export", Title: "Export", Ticked: all},
			}},
			{Icon: "outside", Title: "Status page", What: "How the services are", Access: RoleTick{Name: "status.access", Ticked: all || some}},
		})
	}
	own := Roles{List: at(2), MayEdit: true, Role: RoleSheet{
		ID: "rol_3", Users: 4, Name: Field{Value: "Customer Service"}, Description: Field{Value: "Helps customers on the phone"}, Modules: sheet(false, true),
	}}
	wrong := own
	wrong.Role.Name.Error = "A role with this name exists"
	changed := own
	changed.Role.Modules = sheet(false, true)
	changed.Role.Modules[1].Access.Ticked, changed.Role.Modules[1].Permissions[0].Ticked = true, true
	shut := own
	shut.Role.Modules = sheet(false, true)
	shut.Role.Modules[0].Permissions[0].Ticked = false
	same := own
	same.Problem = "You have not changed anything."
	administrator := Roles{List: at(0), MayEdit: true, Role: RoleSheet{ID: "rol_1", Users: 2, Name: Field{Value: "Administrator"}, BuiltIn: "administrator", Modules: sheet(true, true)}}
	member := Roles{List: at(1)[:2], MayEdit: true, Role: RoleSheet{ID: "rol_2", Users: 118, Name: Field{Value: "Member"}, BuiltIn: "member", Modules: sheet(false, false)}}
	readOnly := own
	readOnly.MayEdit = false
	review := RoleReview{ID: "rol_3", Name: "Customer Service", Gains: "Reports (View; Export)", Loses: "Developer", Users: 4, Values: []HiddenValue{{Name: "name", Value: "Customer Service"}}}
	renamed := RoleReview{ID: "rol_3", Name: "Customer Service", Rename: "Support", Redescribed: true}
	gone := DeleteRole{ID: "rol_3", Name: "Customer Service", Users: 4, Roles: []Option{{Value: "rol_2", Label: "Member"}}}
	left := gone
	left.To.Error = "Move 4 users to another role first"
	gains, loses := review, review
	gains.Loses, loses.Gains = "", ""
	built := own
	built.List, built.Role, built.Choosing = administrator.List[:2], administrator.Role, true
	explained := ExplainRole{
		List: at(2), Role: own.Role, Closed: "Developer, Reports", Acts: true,
		Meanings: []RoleMeaning{
			{Icon: "users", Module: "User Management", What: "Invite people and look after their access", Sentences: []RoleSentence{
				{Text: "See all users with their email address, role, status and last activity, and save the list as a file.", Allowed: true},
				{Text: "Invite users, one by one or from a file, and send or withdraw their invitations. Nobody gives a role that allows more than their own."},
				{Text: "Let users in again: send a link for a new password, reset two-factor authentication, unlock, and log out everywhere.", Allowed: true},
			}},
			{Icon: "outside", Module: "Status page", What: "How the services are", Sentences: []RoleSentence{{Text: "Open Status page.", Allowed: true}}},
		},
	}
	return []Specimen{
		specimen("roles-choosing", viewer("users"), built),
		specimen("explain_role", viewer("users"), explained),
		specimen("explain_role-administrator", viewer("users"), ExplainRole{List: at(0), Role: administrator.Role, Meanings: explained.Meanings, Acts: true}),
		specimen("explain_role-member", viewer("users"), ExplainRole{List: at(1), Role: member.Role, Closed: "User Management, Developer, Reports, Status page"}),
		specimen("roles", viewer("users"), own),
		specimen("roles-changed", viewer("users"), changed),
		specimen("roles-shut", viewer("users"), shut),
		specimen("roles-wrong", viewer("users"), wrong),
		specimen("roles-unchanged", viewer("users"), same),
		specimen("roles-administrator", viewer("users"), administrator),
		specimen("roles-member", viewer("users"), member),
		specimen("roles-read-only", viewer("users"), readOnly),
		specimen("roles-new", viewer("users"), Roles{List: list, MayEdit: true, Role: RoleSheet{Modules: sheet(false, false)}}),
		specimen("role_review", viewer("users"), review),
		specimen("role_review-gains", viewer("users"), gains),
		specimen("role_review-loses", viewer("users"), loses),
		specimen("role_review-renamed", viewer("users"), renamed),
		specimen("delete_role", viewer("users"), gone),
		specimen("delete_role-users-left", viewer("users"), left),
		specimen("delete_role-nobody", viewer("users"), DeleteRole{ID: "rol_4", Name: "مراجع"}),
	}
}
