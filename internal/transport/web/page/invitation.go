package page

import "time"

// Resend asks before a new invitation replaces the old one, posted to /users/{id}/resend.
// Its Problem is that it is throttled: "A mail was sent 2 minutes ago. ..."
type Resend struct{ Act }

func (v Resend) describe() description {
	return description{
		template: "resend", frame: framePortal, title: "page.resend.title",
		params: []any{"Name", v.Name}, problems: problems(v.Problem),
	}
}

// CopyLink asks before a new link is made for copying, posted to /users/{id}/link. The answer to the POST
// is InvitationLink itself (200, no-store): the link is never kept, so there is nothing to redirect to.
type CopyLink struct{ Act }

func (v CopyLink) describe() description {
	return description{
		template: "copy_link", frame: framePortal, title: "page.copy_link.title",
		params: []any{"Name", v.Name}, problems: problems(v.Problem),
	}
}

// InvitationLink shows a link once.
type InvitationLink struct {
	Act
	Link  string
	Until time.Time
}

func (v InvitationLink) describe() description {
	return description{
		template: "invitation_link", frame: framePortal, title: "page.invitation_link.title",
		params: []any{"Name", v.Name},
	}
}

// Withdraw asks before an invitation ends, posted to /users/{id}/withdraw.
type Withdraw struct{ Act }

func (v Withdraw) describe() description {
	return description{
		template: "withdraw", frame: framePortal, title: "page.withdraw.title",
		params: []any{"Name", v.Name}, problems: problems(v.Problem),
	}
}
