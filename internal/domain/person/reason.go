package person

import (
	"strings"
	"unicode/utf8"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/fault"
)

// ReasonLimit is the longest reason of an act, in code points.
const ReasonLimit = 300

// Refusals of a reason.
var (
	ErrReasonTooLong    = fault.New(fault.Invalid, "person.reason_too_long").With("Maximum", ReasonLimit)
	ErrReasonUnreadable = fault.New(fault.Invalid, "person.reason_unreadable")
)

// CheckReason returns why somebody does something, in their words, without the
// spaces around them. Fault: field reason.
func CheckReason(typed string) (string, error) {
	reason := strings.TrimSpace(typed)
	switch {
	case utf8.RuneCountInString(reason) > ReasonLimit:
		return "", fault.InvalidFields(ErrReasonTooLong.At("reason"))
	case !organization.Readable(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(reason)):
		return "", fault.InvalidFields(ErrReasonUnreadable.At("reason"))
	}
	return reason, nil
}
