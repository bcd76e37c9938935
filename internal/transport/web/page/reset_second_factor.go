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
