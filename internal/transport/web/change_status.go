package web

import (
	"net/http"
	"strconv"
	"time"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// selectForStatus is the button Change Status of the list.
func (r *request) selectForStatus() error {
	return r.selectFor("status", page.ChangeStatus{Act: page.Act{Back: r.wayBack(), Block: page.BlockSeveral}})
}

// changeStatus offers the one step that is possible.
func (r *request) changeStatus() error { return r.showChangeStatus(http.StatusOK, problem{}) }

func (r *request) showChangeStatus(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	act := r.window(found, p.Text)
	act = blocked(act, found.User.Status == user.Invited, page.BlockInvited)
	act = blocked(act, found.LastAdministrator, page.BlockLastAdministrator)
	view := page.ChangeStatus{
		Act: act, To: page.StatusSuspended, Ends: endings(found.Ends),
		Reason: r.typed(p, "reason"),
	}
	if found.User.Status == user.Suspended {
		view.To, view.Suspension = page.StatusActive, suspensionOf(found.Suspension)
	}
	return r.show(status, view)
}

// postChangeStatus takes the step that the window offered, and no other.
func (r *request) postChangeStatus() error {
	ctx, actor, id := r.Context(), r.current.Actor, r.PathValue("id")
	var u user.User
	var err error
	var done flash
	switch page.Status(r.value("status")) {
	case page.StatusSuspended:
		if u, _, err = r.front.Administration.Suspend(ctx, actor, id, r.value("reason")); err == nil {
			done, err = r.suspended(id)
		}
	case page.StatusActive:
		u, err = r.front.Administration.Reactivate(ctx, actor, id, since(r.value("since")))
		done = flash{Key: "web.user.active"}
	default:
		err = errUnreadable
	}
	if err != nil {
		return r.actRefused(err, r.showChangeStatus)
	}
	done.Values = map[string]any{"Name": u.Name()}
	r.setFlash(done)
	return r.redirect(r.wayBack())
}

// suspended says that somebody is suspended, with an "Undo" of this very suspension.
func (r *request) suspended(id string) (flash, error) {
	found, err := r.preview()
	if err != nil {
		return flash{}, err
	}
	fields := []string{"status", string(page.StatusActive)}
	if found.Suspension != nil {
		fields = append(fields, "since", page.Since(found.Suspension.At))
	}
	return flash{Key: "web.user.suspended", Action: "web.user.undo", Href: page.Act{ID: id}.Path("status"), Fields: fields}, nil
}

// since reads the field that page.Since wrote. Nonsense is a suspension that never was.
func since(field string) time.Time {
	if field == "" {
		return time.Time{}
	}
	micro, _ := strconv.ParseInt(field, 10, 64)
	return time.UnixMicro(micro)
}
