package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"idkit/internal/domain/administration"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// errSeveralUsers refuses a form that names another user beside the one of its
// address: nobody knows whom the administrator meant.
var errSeveralUsers = fault.New(fault.Invalid, "web.several_users")

// namesOneUser holds the acts on users to one user at a time, whatever a form
// carries beside its address. Fault: errSeveralUsers.
func (r *request) namesOneUser() error {
	if r.Method != http.MethodPost || !under(r.URL.Path, "/users") || r.PathValue("id") == "" {
		return nil
	}
	for _, values := range []url.Values{r.PostForm, r.URL.Query()} {
		for _, field := range []string{"user", "id"} {
			if slices.ContainsFunc(values[field], func(named string) bool { return named != r.PathValue("id") }) {
				return errSeveralUsers
			}
		}
	}
	return nil
}

// selectFor leads from the toolbar of the list, which names the selected user in
// the address, to the window of the act. Where none is selected the list says so;
// the window itself says that several are too many.
func (r *request) selectFor(act string, several page.View) error {
	query := r.URL.Query()
	named := slices.Compact(slices.Sorted(slices.Values(query["user"])))
	switch len(named) {
	case 0:
		list, err := url.Parse(page.WayToList(r.wayBack()))
		if err != nil {
			return err
		}
		return r.showUsers(http.StatusUnprocessableEntity, page.ParseUserQuery(list.Query()), r.say("web.users.select_first"))
	case 1:
		return r.redirect(page.Act{ID: url.PathEscape(named[0]), Back: r.wayBack()}.Path(act))
	}
	return r.show(http.StatusUnprocessableEntity, several)
}

// window is what the window of an act begins with, and why it cannot be done, if
// that is because of who the viewer and the user are.
func (r *request) window(p administration.Preview, problem string) page.Act {
	a := r.act(p.User, problem)
	switch {
	case p.Yourself:
		a.Block = page.BlockYourself
	case p.HoldsMore:
		a.Block = page.BlockHoldsMore
	}
	return a
}

// blocked is the window with a further reason that it alone knows.
func blocked(a page.Act, because bool, block page.Block) page.Act {
	if because && a.Block == "" {
		a.Block = block
	}
	return a
}

// preview reads what the window of an act shows about the user of the address.
func (r *request) preview() (administration.Preview, error) {
	return r.front.Administration.Preview(r.Context(), r.current.Actor, r.PathValue("id"))
}

func endings(e administration.Endings) page.Endings {
	return page.Endings{Sessions: e.Sessions, Links: e.Links, Invitations: e.Invitations}
}

// actRefused shows the window again with what the act was refused for: it tells
// by itself why this user is not to be touched. Where somebody else was quicker,
// the way leads back to what is true now.
func (r *request) actRefused(err error, show func(status int, p problem) error) error {
	switch {
	case errors.Is(err, administration.ErrChangedMeanwhile), errors.Is(err, administration.ErrNotLocked), errors.Is(err, administration.ErrLimitHolds):
		return r.stale(err)
	case errors.Is(err, administration.ErrOwnAccess), errors.Is(err, administration.ErrHoldsMore):
		r.failure = err
		return show(http.StatusForbidden, problem{})
	case errors.Is(err, administration.ErrOwnRequest):
		return show(http.StatusForbidden, problem{Text: r.say("fault.administration.own_request")})
	case errors.Is(err, administration.ErrNotAsked):
		return show(http.StatusForbidden, problem{Text: r.say("fault.administration.not_asked")})
	}
	return r.formRefused(err, show)
}
