package page

// Home is the portal's first page, a GET of /: the modules that the viewer's role opens stand in the shell.
type Home struct {
	FirstName string
	Role      string
}

func (v Home) describe() description {
	return description{
		template: "home", frame: framePortal, title: "page.home.title",
		params: []any{"Name", v.FirstName},
	}
}
