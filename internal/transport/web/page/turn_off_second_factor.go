package page

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
