package page

// Field is one input of a form. Passwords and codes never carry a Value back to the page.
type Field struct {
	Value string // what stands in the input
	Error string // the spoken sentence beside the input; empty when there is nothing to say
}

// Problem is one line of the summary "There is a problem" above the heading.
type Problem struct {
	Anchor string // id of the input it leads to; empty for a problem of the whole form
	Text   string // the spoken sentence
}

// named ties a field to the id of its input, which is also the name that the browser posts.
type named struct {
	name  string
	field Field
}

// problems lists what is wrong with a form, the whole form first, then its fields in reading order.
func problems(whole string, fields ...named) []Problem {
	var list []Problem
	if whole != "" {
		list = append(list, Problem{Text: whole})
	}
	for _, f := range fields {
		if f.field.Error != "" {
			list = append(list, Problem{Anchor: f.name, Text: f.field.Error})
		}
	}
	return list
}

// Option is one choice of a select.
type Option struct {
	Value   string
	Label   string
	Summary string   // one line on what the choice means; may be empty
	Means   []string // the same in sentences; may be empty
}

// Step says where a page stands in a sequence such as "Step 2 of 3". The zero Step draws no stepper.
type Step struct {
	Number int
	Of     int
}

// mark is one step of a stepper.
type mark struct {
	Number int
	State  string // past, now or ahead
}

// Marks lists the steps of the sequence.
func (s Step) Marks() []mark {
	marks := make([]mark, s.Of)
	for i := range marks {
		marks[i] = mark{Number: i + 1, State: "ahead"}
		switch {
		case i+1 < s.Number:
			marks[i].State = "past"
		case i+1 == s.Number:
			marks[i].State = "now"
		}
	}
	return marks
}
