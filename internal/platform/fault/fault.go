package fault

import (
	"errors"
	"maps"
	"strings"
	"time"
)

// Kind says what sort of refusal a fault is; a way in maps it to its own words.
type Kind int

// The kinds. Whatever is not a Fault is an error on our side.
const (
	Invalid         Kind = iota + 1 // the input cannot be accepted as it is
	Unauthenticated                 // nobody, or not yet proven to be somebody
	Forbidden                       // somebody, but not allowed
	NotFound                        // does not exist, or belongs to someone else: the same answer
	Conflict                        // the state of things does not permit it
	Expired                         // was good once: a link, a code, a set-up
	TooMany                         // throttled; RetryAfter says how long
	Unavailable                     // we cannot at the moment; trying again later may work
)

// Fault is one refusal: a kind, a stable code, and what its sentence needs.
type Fault struct {
	Kind       Kind
	Code       string         // stable, e.g. "invitation.email_taken"
	Params     map[string]any // values for the sentence of the code
	Fields     []Field        // the inputs at fault, for Invalid
	RetryAfter time.Duration  // for TooMany and Unavailable
}

// Field is one input at fault.
type Field struct {
	Name   string // the form's or document's name of the input
	Code   string // as Fault.Code
	Params map[string]any
}

// New makes a fault; packages declare theirs as variables beside the rule.
func New(kind Kind, code string) *Fault { return &Fault{Kind: kind, Code: code} }

// InvalidFields makes the fault of a form whose fields cannot be accepted.
func InvalidFields(fields ...Field) *Fault {
	return &Fault{Kind: Invalid, Code: "invalid_fields", Fields: fields}
}

// With returns a copy of the fault that carries one more value for its sentence.
func (f *Fault) With(key string, value any) *Fault {
	c := *f
	c.Params = maps.Clone(f.Params)
	if c.Params == nil {
		c.Params = map[string]any{}
	}
	c.Params[key] = value
	return &c
}

// After returns a copy of the fault that says when trying again makes sense.
func (f *Fault) After(wait time.Duration) *Fault {
	c := *f
	c.RetryAfter = wait
	return &c
}

// At turns the fault into the same refusal at one field of a form.
func (f *Fault) At(field string) Field {
	return Field{Name: field, Code: f.Code, Params: f.Params}
}

func (f *Fault) Error() string {
	if len(f.Fields) == 0 {
		return f.Code
	}
	names := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		names[i] = field.Name + "=" + field.Code
	}
	return f.Code + ": " + strings.Join(names, " ")
}

// Is makes errors.Is compare codes, so that a copy made by With still matches.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Of finds the fault in an error's chain.
func Of(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// IsKind reports whether an error is a fault of that kind.
func IsKind(err error, kind Kind) bool {
	f, ok := Of(err)
	return ok && f.Kind == kind
}
