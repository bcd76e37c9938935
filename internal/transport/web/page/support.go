package page

// Support is the page /support: where the Support link leads while the installation names no other place.
type Support struct {
	Organization string // of the viewer; empty for a stranger
	Version      string // of this program
}

func (v Support) describe() description {
	return description{template: "support_page", frame: frameEither, title: "page.support"}
}
