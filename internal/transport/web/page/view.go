package page

// View is the content of one page. Every page is one exported struct of this package with the values that it shows,
// ready to be printed: the struct decides nothing and looks nothing up.
type View interface {
	describe() description
}

// frame is what stands around the content.
type frame int

const (
	framePortal frame = iota // navigation, user menu, content
	frameEntry               // one narrow column beside the guilloche: getting in and setting up
	framePrint               // a sheet of paper
	frameEither              // portal for a viewer, entry for a stranger
	frameTools               // the pages of development mode
)

// description is what the renderer has to know about a view.
type description struct {
	template string // name of the template file without ".html"
	frame    frame
	title    string // catalogue key of the page's name, which is its h1 and the start of its title
	params   []any  // parameters of the title, name and value in turn
	problems []Problem
	typing   bool // the focus goes to the field to type again instead of the summary of problems
	refresh  int  // seconds after which the page asks for itself again without script; zero for never
}
