package page

import "fmt"

// control is one labelled input as the template "input" draws it.
type control struct {
	Name         string // id and posted name
	Label        spoken
	Hint         spoken
	Field        Field
	Type         string // text by default
	Autocomplete string
	Mode         string // inputmode
	Class        string // look of the input beside the usual one
	Optional     bool
	Focus        bool // the first thing to type on the page
	Plain        bool // no capitals, no spelling: addresses, codes
	Foreign      bool // about somebody else: password managers keep away
	Min          int  // characters that the counter counts up to; zero for no counter
	Options      []Option
	First        spoken   // the empty first option of a select
	Suggests     []Option // what it may be, for whoever begins to type
}

// control reads name and value in turn; "label", "hint" and "first" are catalogue keys or already spoken.
func (v voice) control(parts ...any) (control, error) {
	c := control{Type: "text"}
	for i := 0; i+1 < len(parts); i += 2 {
		var err error
		switch name := parts[i]; name {
		case "name":
			c.Name, err = text(parts[i+1])
		case "label":
			c.Label, err = v.spoken(parts[i+1])
		case "hint":
			c.Hint, err = v.spoken(parts[i+1])
		case "first":
			c.First, err = v.spoken(parts[i+1])
		case "field":
			c.Field = parts[i+1].(Field)
		case "type":
			c.Type, err = text(parts[i+1])
		case "autocomplete":
			c.Autocomplete, err = text(parts[i+1])
		case "mode":
			c.Mode, err = text(parts[i+1])
		case "class":
			c.Class, err = text(parts[i+1])
		case "options":
			c.Options = parts[i+1].([]Option)
		case "suggests":
			c.Suggests = parts[i+1].([]Option)
		case "min":
			c.Min = parts[i+1].(int)
		case "is":
			err = c.traits(parts[i+1])
		default:
			err = fmt.Errorf("control: %v is not a part of an input", name)
		}
		if err != nil {
			return control{}, err
		}
	}
	return c, nil
}

// traits sets what is either so or not.
func (c *control) traits(part any) error {
	switch part {
	case "optional":
		c.Optional = true
	case "focus":
		c.Focus = true
	case "plain":
		c.Plain = true
	case "foreign":
		c.Foreign = true
	case "":
	default:
		return fmt.Errorf("control: %v is not a trait of an input", part)
	}
	return nil
}

func (v voice) spoken(part any) (spoken, error) {
	if s, ok := part.(spoken); ok {
		return s, nil
	}
	key, err := text(part)
	if err != nil {
		return "", err
	}
	return v.say(key)
}

func text(part any) (string, error) {
	s, ok := part.(string)
	if !ok {
		return "", fmt.Errorf("control: %v is not text", part)
	}
	return s, nil
}

// Describedby lists the ids of the texts that belong to the input.
func (c control) Describedby() string {
	switch {
	case c.Field.Error != "" && c.Hint != "":
		return c.Name + "-hint " + c.Name + "-error"
	case c.Field.Error != "":
		return c.Name + "-error"
	case c.Hint != "":
		return c.Name + "-hint"
	}
	return ""
}

// form is the opening of a POST form.
type form struct {
	Action string
	Token  string
	Dialog bool // posted by the script, the answer is shown in the dialog
	Class  string
}

func newForm(s sheet, action string, class ...string) form {
	f := form{Action: action, Token: s.FormToken, Dialog: s.Frame == "dialog"}
	if len(class) > 0 {
		f.Class = class[0]
	}
	return f
}
