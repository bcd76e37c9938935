package mail

import (
	"fmt"

	"idkit/internal/platform/language"
)

// Plain is a value that Speak only frees of control characters, because nobody
// else chose it: the recipient's own address, an internet address, the brand.
type Plain string

// Speak makes the content of a letter from the sentences of its kind. Each
// value that the kind needs must be given, see kind.go; "FirstName" may be, and
// then the letter greets. Strings are defused as names are, except Brand and
// whatever is Plain; ints are left alone.
func Speak(say *language.Speaker, kind Kind, values map[string]any) (Content, error) {
	s, ok := shapes[kind]
	if !ok {
		return Content{}, fmt.Errorf("mail: there is no kind %q", kind)
	}
	safe, err := harmless(kind, s, values)
	if err != nil {
		return Content{}, err
	}
	v := voice{say: say, prefix: "mail." + string(kind) + ".", values: safe}
	c := Content{
		Subject:   v.sentence("subject"),
		Preheader: v.sentence("preheader"),
		Why:       v.sentence("why"),
	}
	for i := range s.body {
		c.Paragraphs = append(c.Paragraphs, v.sentence(fmt.Sprintf("body%d", i+1)))
	}
	if s.button {
		c.Button = &Button{Label: v.sentence("button")}
	}
	if s.ends {
		c.Ends = v.sentence("ends")
	}
	if s.notYou {
		c.NotYou = v.sentence("not_you")
	}
	if name, _ := safe["FirstName"].(string); name != "" {
		v.prefix = "mail."
		c.Greeting = v.sentence("greeting")
	}
	return c, v.err
}

// harmless checks that nothing is missing and defuses the rest.
func harmless(kind Kind, s shape, values map[string]any) (map[string]any, error) {
	for _, name := range s.params {
		if _, ok := values[name]; !ok {
			return nil, fmt.Errorf("mail: a letter %q needs %s", kind, name)
		}
	}
	safe := make(map[string]any, len(values))
	for name, value := range values {
		switch v := value.(type) {
		case Plain:
			safe[name] = clean(string(v), nameLimit)
		case string:
			if name == "Brand" {
				safe[name] = clean(v, nameLimit)
			} else {
				safe[name] = Defuse(v)
			}
		case int:
			safe[name] = v
		default:
			return nil, fmt.Errorf("mail: %s is a %T, not text or a number", name, value)
		}
	}
	return safe, nil
}

// voice says one sentence after the other and remembers the first error.
type voice struct {
	say    *language.Speaker
	prefix string
	values map[string]any
	err    error
}

func (v *voice) sentence(part string) string {
	text, err := v.say.SayWith(v.prefix+part, v.values)
	if err != nil && v.err == nil {
		v.err = fmt.Errorf("mail: %w", err)
	}
	return text
}
