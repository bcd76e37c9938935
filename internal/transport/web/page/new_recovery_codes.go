package page

// NewRecoveryCodes asks before the present recovery codes are replaced, posted to /profile/recovery-codes.
type NewRecoveryCodes struct {
	Left    int
	Problem string
}

func (v NewRecoveryCodes) describe() description {
	return description{
		template: "new_recovery_codes", frame: framePortal, title: "page.new_recovery_codes.title",
		problems: problems(v.Problem),
	}
}
