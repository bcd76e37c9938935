package account

import "idkit/internal/platform/fault"

// fields gathers what is wrong with a form, so that all of it is said at once.
type fields struct{ bad []fault.Field }

func (f *fields) add(name string, reason *fault.Fault) { f.bad = append(f.bad, reason.At(name)) }

// collect takes a refusal as one of the field and returns every other error.
func (f *fields) collect(name string, err error) error {
	reason, ok := fault.Of(err)
	if !ok || reason.Kind != fault.Invalid {
		return err
	}
	f.add(name, reason)
	return nil
}

func (f *fields) name(field, typed string, required bool) string {
	name, err := parseName(typed)
	if err == nil && required && name == "" {
		err = ErrFirstNameMissing
	}
	_ = f.collect(field, err) // parseName returns nothing but refusals
	return name
}

func (f *fields) email(field, typed string) Email {
	email, err := ParseEmail(typed)
	_ = f.collect(field, err) // ParseEmail returns nothing but refusals
	return email
}

// at moves the one field of a fault to where the form has it.
func at(err error, field string) error {
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) != 1 {
		return err
	}
	moved := f.Fields[0]
	moved.Name = field
	return fault.InvalidFields(moved)
}

// fault returns the fault of the form, or nil when every field is good.
func (f *fields) fault() error {
	if len(f.bad) == 0 {
		return nil
	}
	return fault.InvalidFields(f.bad...)
}
