package page

// DeleteUser is posted to /users/{id}/delete: fields email, back. It has words for BlockYourself, BlockHoldsMore,
// BlockLastAdministrator and BlockActive.
type DeleteUser struct {
	Act
	Invited bool    // never set up the account: their own invitation ends
	Ends    Endings // keys that are deleted, links and invitations that stop working
	Typed   Field   // the user's address, typed by hand
}

func (v DeleteUser) describe() description {
	return description{
		template: "delete_user", frame: framePortal, title: "page.delete_user.title",
		problems: problems(v.Problem, named{"email", v.Typed}),
	}
}
