package page

// ResetPassword is posted to /users/{id}/reset-password: fields log_out, back. It has words for BlockYourself,
// BlockHoldsMore, BlockInvited and BlockSuspended. A letter that left a moment ago is a Problem.
type ResetPassword struct {
	Act
	Sessions int  // of the user in this organization
	LogOut   bool // log_out is ticked
	// MailMissing says that the letter waits until mail is set up.
	MailMissing bool
}

func (v ResetPassword) describe() description {
	return description{
		template: "reset_password", frame: framePortal, title: "page.reset_password.title",
		problems: problems(v.Problem),
	}
}
