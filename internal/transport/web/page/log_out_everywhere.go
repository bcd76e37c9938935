package page

// LogOutEverywhere is posted to /users/{id}/logout: field back. It has words for BlockYourself, BlockHoldsMore,
// BlockInvited and BlockNothing, which also serves for the suspended.
type LogOutEverywhere struct {
	Act
	Sessions int
	Keys     int // API keys that go on working
}

func (v LogOutEverywhere) describe() description {
	return description{
		template: "log_out_everywhere", frame: framePortal, title: "page.log_out_everywhere.title",
		problems: problems(v.Problem),
	}
}
