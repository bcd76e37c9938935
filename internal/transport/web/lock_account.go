package web

import (
	"net/http"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// lockAccount asks for the reason of the one act for an account in wrong hands.
func (r *request) lockAccount() error { return r.showLockAccount(http.StatusOK, problem{}) }

func (r *request) showLockAccount(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	act := r.window(found, p.Text)
	act = blocked(act, found.User.Status == user.Invited, page.BlockInvited)
	act = blocked(act, found.LastAdministrator, page.BlockLastAdministrator)
	return r.show(status, page.LockAccount{
		Act: act, Ends: endings(found.Ends), Suspended: found.User.Status == user.Suspended,
		BlocksPassword: found.BlocksPassword,
		Reason:         r.typed(p, "reason"),
	})
}

// postLockAccount shows what was ended. The same form posted again leads to the
// user's page, where the trail tells it.
func (r *request) postLockAccount() error {
	report, err := r.front.Administration.Lock(r.Context(), r.current.Actor, r.PathValue("id"), r.value("reason"))
	if err != nil {
		return r.actRefused(err, r.showLockAccount)
	}
	r.again = page.WayBack("/users/" + report.User.ID)
	return r.show(http.StatusOK, page.LockReport{
		Act: r.act(report.User, ""), By: r.current.Actor.Name, At: report.At, Why: report.Reason,
		Ended: endings(report.Ended), PasswordBlocked: report.PasswordBlocked,
		SecondFactor: report.User.SecondFactorOn,
	})
}
