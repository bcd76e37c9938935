package page

// RoleReview says what an edit of a role would do. It is the answer of POST /users/roles/{id}/review, and is posted to
// /users/roles/{id}/permissions with everything of the edit in hidden fields; its button "Go back and change it" posts
// them to the review again, with edit=yes, and the form is shown as it was.
type RoleReview struct {
	ID          string
	Name        string // as the role is called now
	Rename      string // as it would be called; empty when that stays
	Redescribed bool
	Gains       string // spoken list, "Reports, Users: Invite users"; empty when there is nothing to gain
	Loses       string
	Users       int
	Values      []HiddenValue
}

func (v RoleReview) describe() description {
	return description{template: "role_review", frame: framePortal, title: "page.role_review.title"}
}

// RoleHref is where the role stands as it is.
func (v RoleReview) RoleHref() string { return roleHref(v.ID, "permissions") }

// ReviewHref is where the form is shown again.
func (v RoleReview) ReviewHref() string { return roleHref(v.ID, "review") }
