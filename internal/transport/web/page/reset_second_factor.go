package page

// ResetSecondFactor is posted to /profile/second-factor/reset: fields password, code.
type ResetSecondFactor struct {
	Organization string
	Email        string // for password managers
	Problem      string
	Password     Field
	NeedsCode    bool // the last code is older than 15 minutes
	Code         Field
	MayTurnOff   bool
}

func (v ResetSecondFactor) describe() description {
	return description{
		template: "reset_second_factor", frame: framePortal, title: "page.reset_second_factor.title",
		problems: problems(v.Problem, named{"password", v.Password}, named{"code", v.Code}),
	}
}

// TurnOffSecondFactor is posted to /profile/second-factor/off: fields password, code.
type TurnOffSecondFactor struct {
	Email     string
	Problem   string
	Password  Field
	NeedsCode bool
	Code      Field
}

func (v TurnOffSecondFactor) describe() description {
	return description{
		template: "turn_off_second_factor", frame: framePortal, title: "page.turn_off_second_factor.title",
		problems: problems(v.Problem, named{"password", v.Password}, named{"code", v.Code}),
	}
}

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
