package web

import (
	"net/http"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// selectForResetPassword is the button Reset Password of the list.
func (r *request) selectForResetPassword() error {
	return r.selectFor("reset-password", page.ResetPassword{Act: page.Act{Back: r.wayBack(), Block: page.BlockSeveral}})
}

// resetPassword asks before a user is sent a link to choose a new password.
func (r *request) resetPassword() error { return r.showResetPassword(http.StatusOK, problem{}) }

func (r *request) showResetPassword(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	act := r.window(found, p.Text)
	act = blocked(act, found.User.Status == user.Invited, page.BlockInvited)
	act = blocked(act, found.User.Status == user.Suspended, page.BlockSuspended)
	return r.show(status, page.ResetPassword{
		Act: act, Sessions: found.Ends.Sessions, LogOut: r.value("log_out") != "", MailMissing: !r.front.Outbox.Ready(),
	})
}

func (r *request) postResetPassword() error {
	logOut := r.value("log_out") != ""
	u, ended, err := r.front.Administration.ResetPassword(r.Context(), r.current.Actor, r.PathValue("id"), logOut)
	if err != nil {
		return r.actRefused(err, r.showResetPassword)
	}
	r.setFlash(flash{Key: resetSent(logOut, r.front.Outbox.Ready(), ended), Values: map[string]any{"Email": u.Email, "Count": ended}})
	return r.redirect(r.wayBack())
}

// resetSent says what became of the link and, with logOut, of the old password.
func resetSent(logOut, mailed bool, ended int) string {
	switch {
	case logOut && !mailed:
		return "web.user.reset_waits_blocked"
	case !mailed:
		return "web.user.reset_waits"
	case ended > 0:
		return "web.user.reset_sent_ended"
	case logOut:
		return "web.user.reset_sent_blocked"
	}
	return "web.user.reset_sent"
}
