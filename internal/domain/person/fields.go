package person

import "idkit/internal/platform/fault"

// Fields gathers what is wrong with a form, so that all of it is said at once.
type Fields struct{ Bad []fault.Field }

func (f *Fields) Add(name string, reason *fault.Fault) { f.Bad = append(f.Bad, reason.At(name)) }

// Collect takes a refusal as one of the field and returns every other error.
func (f *Fields) Collect(name string, err error) error {
	reason, ok := fault.Of(err)
	if !ok || reason.Kind != fault.Invalid {
		return err
	}
	f.Add(name, reason)
	return nil
}

func (f *Fields) Name(field, typed string, required bool) string {
	name, err := parseName(typed)
	if err == nil && required && name == "" {
		err = ErrFirstNameMissing
	}
	_ = f.Collect(field, err) // parseName returns nothing but refusals
	return name
}

func (f *Fields) Email(field, typed string) Email {
	email, err := ParseEmail(typed)
	_ = f.Collect(field, err) // ParseEmail returns nothing but refusals
	return email
}

// At moves the one field of a fault to where the form has it.
func At(err error, field string) error {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) != 1 {
		return err
	}
	moved := f.Fields[0]
	moved.Name = field
	return fault.InvalidFields(moved)
}

// Fault returns the fault of the form, or nil when every field is good.
func (f *Fields) Fault() error {
	if len(f.Bad) == 0 {
		return nil
	}
	return fault.InvalidFields(f.Bad...)
}
