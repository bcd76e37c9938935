package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/transport/web/page"
)

func (r *request) sessions() error {
	all, err := r.front.Profiles.Sessions(r.Context(), *r.current)
	if err != nil {
		return err
	}
	rows, err := r.sessionRows(all)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.Sessions{Rows: rows})
}

func (r *request) sessionRows(all []session.Listed) ([]page.SessionRow, error) {
	var rows []page.SessionRow
	for _, l := range all {
		device, err := session.Device(r.speaker(), l.UserAgent)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.SessionRow{
			ID: l.ID, Device: device, This: l.ID == r.current.SessionID, Address: l.Address,
			LoggedIn: l.CreatedAt, LastActive: l.LastSeenAt, Handheld: session.Handheld(l.UserAgent),
		})
	}
	return rows, nil
}

// postEndSession logs out at one place; at this one it is the ordinary log-out.
func (r *request) postEndSession() error {
	if r.PathValue("id") == r.current.SessionID {
		return r.postLogOut()
	}
	ended, err := r.front.Profiles.EndSession(r.Context(), *r.current, r.PathValue("id"))
	if errors.Is(err, profile.ErrSessionGone) { // the page was older than the log-out
		r.setFlash(flash{Key: "fault." + profile.ErrSessionGone.Code, Problem: true})
		return r.redirect("/profile/sessions")
	}
	if err != nil {
		return err
	}
	device, err := session.Device(r.speaker(), ended.UserAgent)
	if err != nil {
		return err
	}
	r.setFlash(flash{Key: "web.profile.session_ended", Values: map[string]any{"Device": device}})
	return r.redirect("/profile/sessions")
}

func (r *request) postEndOtherSessions() error {
	ended, err := r.front.Profiles.EndOtherSessions(r.Context(), *r.current)
	if err != nil {
		return err
	}
	r.setFlash(flash{Key: "web.profile.sessions_ended", Values: map[string]any{"Count": ended}})
	return r.redirect("/profile/sessions")
}
