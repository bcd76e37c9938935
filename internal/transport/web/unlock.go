package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// unlock shows what too many wrong tries have locked.
func (r *request) unlock() error { return r.showUnlock(http.StatusOK, problem{}) }

func (r *request) showUnlock(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	view := page.Unlock{Act: r.window(found, p.Text)}
	for _, l := range found.Locks {
		if l.Lifts() {
			view.Locks = append(view.Locks, page.Lock{Of: page.LockOf(l.Of), Until: l.Until, After: l.After})
		}
	}
	view.Act = blocked(view.Act, len(found.Locks) == 0, page.BlockNothing)
	view.Act = blocked(view.Act, len(view.Locks) == 0, page.BlockLimit)
	return r.show(status, view)
}

// postUnlock says from when on the next try works, where the limits per hour and
// per day still keep it off.
func (r *request) postUnlock() error {
	u, left, err := r.front.Administration.Unlock(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.actRefused(err, r.showUnlock)
	}
	done := flash{Key: "web.user.unlocked", Values: map[string]any{"Name": u.Name()}}
	if len(left) > 0 {
		done.Key, done.Values["Time"] = "web.user.unlocked_from", r.speaker().Moment(lockedUntil(left))
	}
	r.setFlash(done)
	return r.redirect(r.wayBack())
}
