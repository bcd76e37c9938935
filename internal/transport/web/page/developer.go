package page

// Developer is the page /developer: the addresses that programs behind the host of the portal ask.
type Developer struct {
	API     string
	Session string // says who is logged in, and what they may do
	Guard   string // of a module, whose key is to be added
	Modules []DeveloperModule
}

// DeveloperModule is by which name a program asks for a module.
type DeveloperModule struct{ Key, Title string }

func (v Developer) describe() description {
	return description{template: "developer", frame: framePortal, title: "page.developer"}
}
