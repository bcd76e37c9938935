package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
	"idkit/internal/transport/web/page"
)

// takeToken moves the secret of a mailed link from the address into a cookie,
// so that it stays in no history. It reports whether there was one; looking is
// all that a link does. What cannot be a secret takes the place of none.
func (r *request) takeToken() bool {
	text := r.URL.Query().Get("token")
	if text == "" {
		return false
	}
	if _, err := secret.ParseToken(text); err != nil {
		r.dropCookie(cookieLink)
		return true
	}
	r.setCookie(cookieLink, text, linkMemory)
	return true
}

// isLinkFault tells the refusals of a one-time link from all others.
func isLinkFault(err error) bool {
	return fault.IsKind(err, fault.Expired) || errors.Is(err, credential.ErrLinkUnknown)
}

// linkEnded is the page of a dead link.
func (r *request) linkEnded(err error) error {
	if !isLinkFault(err) {
		return err
	}
	r.failure = err
	return r.show(http.StatusGone, page.LinkEnded{End: linkEnd(credential.StateOf(err))})
}

// linkEnd says on a page why a link no longer works.
func linkEnd(state credential.LinkState) page.LinkEnd {
	switch state {
	case credential.LinkExpired:
		return page.LinkExpired
	case credential.LinkUsed:
		return page.LinkUsed
	case credential.LinkReplaced:
		return page.LinkReplaced
	case credential.LinkWithdrawn, credential.LinkVoided:
		return page.LinkWithdrawn
	}
	return page.LinkUnknown
}

// leaveFor logs the present account out and goes on to the page of a mailed
// link, which stays.
func (r *request) leaveFor(path string) error {
	if r.current != nil {
		if err := r.front.SignIn.LogOut(r.Context(), r.current.Actor); err != nil {
			return err
		}
	}
	r.dropCookie(cookieSession)
	return r.redirect(path)
}

// tickFirst is the answer to a button of a mailed link that was pressed without
// the tick beside it.
func (r *request) tickFirst() page.Field { return page.Field{Error: r.say("web.tick_first")} }
