package page

// operator is the shell of somebody of the vendor, at the operator's console.
func operator(module string) Shell {
	s := Shell{
		Language: "en", Path: "/users", FormToken: "specimen", Console: true,
		OrganizationID: galleryOrganization, OrganizationName: "IDKit", Viewer: Viewer{Name: "Sam Ito", Email: "sam@vendor.example"},
	}
	for _, m := range []Module{
		{Icon: "clients", Title: "Clients", What: "Set up client organizations, suspend and reactivate them"},
		{Icon: "users", Title: "Users", What: "Invite people and look after their access"},
		{Icon: "audit", Title: "Audit log", What: "See who did what, and when"},
	} {
		m.Href, m.Current = "/"+m.Icon, m.Icon == module
		s.Modules = append(s.Modules, m)
	}
	return s
}

func consoleSpecimens() []Specimen {
	visitor := stranger()
	visitor.Console = true
	settingUp := operator("")
	settingUp.Modules = nil
	return []Specimen{
		specimen("login-console", visitor, Login{}),
		specimen("protect-console", settingUp, Protect{Step: Step{Number: 2, Of: 3}, Organization: "IDKit", Required: true}),
		specimen("failure-404-console", operator(""), Failure{Status: 404, Search: "/clients"}),
		specimen("home-console", operator(""), Home{FirstName: "Sam", Role: "Administrator"}),
	}
}
