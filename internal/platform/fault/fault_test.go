package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"idkit/internal/platform/fault"
)

var (
	errTaken = fault.New(fault.Conflict, "invitation.email_taken")
	errShort = fault.New(fault.Invalid, "credential.password_too_short")
)

func TestCopiesAreTheSameRefusal(t *testing.T) {
	told := errTaken.With("Name", "Li Wen").With("ID", "usr_1").After(time.Minute)
	wrapped := fmt.Errorf("inviting: %w", told)
	if !errors.Is(wrapped, errTaken) || errors.Is(wrapped, errShort) {
		t.Error("refusals are not told apart by their codes")
	}
	f, ok := fault.Of(wrapped)
	if !ok || f.Params["Name"] != "Li Wen" || f.Params["ID"] != "usr_1" || f.RetryAfter != time.Minute {
		t.Errorf("found %+v", f)
	}
	if !fault.IsKind(wrapped, fault.Conflict) || fault.IsKind(wrapped, fault.Invalid) {
		t.Error("the kind is lost")
	}
}

func TestADeclaredRefusalIsNeverChanged(t *testing.T) {
	first := errTaken.With("Name", "Li Wen")
	second := first.With("Name", "Priya Shah")
	_ = errTaken.After(time.Hour)
	if errTaken.Params != nil || errTaken.RetryAfter != 0 || first.Params["Name"] != "Li Wen" || second.Params["Name"] != "Priya Shah" {
		t.Errorf("%+v, %+v, %+v", errTaken, first, second)
	}
}

func TestWhatIsNoRefusalIsAnErrorOfOurs(t *testing.T) {
	for _, err := range []error{nil, io.EOF, fmt.Errorf("disk: %w", io.ErrUnexpectedEOF)} {
		if f, ok := fault.Of(err); ok || f != nil {
			t.Errorf("%v is a refusal: %+v", err, f)
		}
		if fault.IsKind(err, fault.Invalid) || fault.IsKind(err, 0) {
			t.Errorf("%v has a kind", err)
		}
	}
}

func TestAFormNamesItsFields(t *testing.T) {
	form := fault.InvalidFields(errShort.With("Minimum", 15).At("password"), fault.Field{Name: "email", Code: "person.email_invalid"})
	if form.Kind != fault.Invalid || len(form.Fields) != 2 || form.Fields[0].Params["Minimum"] != 15 {
		t.Errorf("%+v", form)
	}
	if want := "invalid_fields: password=credential.password_too_short email=person.email_invalid"; form.Error() != want {
		t.Errorf("reads %q, want %q", form.Error(), want)
	}
	if errShort.Error() != "credential.password_too_short" {
		t.Errorf("reads %q", errShort.Error())
	}
}
