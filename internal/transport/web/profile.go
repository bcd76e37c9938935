package web

import (
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/transport/web/page"
)

func (r *request) profile() error {
	p, err := r.front.Profiles.Profile(r.Context(), *r.current)
	if err != nil {
		return err
	}
	view := page.Profile{
		Name: person.FullName(p.FirstName, p.LastName), Email: p.Email, PasswordSetAt: p.PasswordSetAt,
		SecondFactor: p.SecondFactor, CodesLeft: p.CodesLeft, Languages: r.languageOptions(),
	}
	if p.EmailChange != nil {
		view.PendingEmail = &page.PendingEmail{Address: p.EmailChange.Address, Until: p.EmailChange.Until}
	}
	if p.Mobile != nil {
		view.Mobile = p.Mobile.Readable()
	}
	if view.Sessions, err = r.sessionRows(p.Sessions); err != nil {
		return err
	}
	for _, e := range p.Happenings {
		view.Happenings = append(view.Happenings, r.ownHappening(e))
	}
	return r.show(http.StatusOK, view)
}

// ownHappening speaks one line of the trail to whom it is about: "You logged in".
func (r *request) ownHappening(e audit.Entry) page.Happening {
	switch {
	case e.ActorID == r.current.Actor.UserID:
		e.ActorName = r.say("audit.own")
	case e.ActorID != "":
		e.Origin = access.Origin{} // where a colleague sat is for those who may see the audit log
	}
	spoken := r.happening(e)
	if own, err := r.speaker().Say("audit.own." + string(e.Action)); err == nil {
		spoken.Text = own // by its usual sentence somebody named did it
	}
	return spoken
}

// changed leads back to the profile, which tells what was done.
func (r *request) changed(f flash) error {
	r.setFlash(f)
	return r.redirect("/profile")
}
