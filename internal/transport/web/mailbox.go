package web

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"idkit/internal/platform/mail"
	"idkit/internal/transport/web/page"
)

// mailbox lists the letters of development mode.
func (r *request) mailbox() error {
	var view page.Mailbox
	if r.front.Mailbox != nil {
		letters, err := r.front.Mailbox.List()
		if err != nil {
			return err
		}
		for _, l := range letters {
			view.Letters = append(view.Letters, letterRow(l))
		}
	}
	return r.show(http.StatusOK, view)
}

func letterRow(l mail.StoredLetter) page.LetterRow {
	return page.LetterRow{ID: l.ID, To: l.To, Subject: l.Subject, At: l.At}
}

func (r *request) storedLetter() (mail.StoredLetter, error) {
	if r.front.Mailbox == nil {
		return mail.StoredLetter{}, errNoPage
	}
	l, err := r.front.Mailbox.Read(r.PathValue("id"))
	if errors.Is(err, mail.ErrNoLetter) {
		return mail.StoredLetter{}, errNoPage
	}
	return l, err
}

var addressInText = regexp.MustCompile(`https?://\S+`)

// letter shows one letter as text, as HTML or as source.
func (r *request) letter() error {
	l, err := r.storedLetter()
	if err != nil {
		return err
	}
	view := page.Letter{LetterRow: letterRow(l), From: l.From, Part: page.LetterPart(r.URL.Query().Get("as"))}
	switch view.Part {
	case page.PartHTML:
		r.response.Header().Set("Content-Security-Policy", contentPolicy+"; frame-src 'self'")
	case page.PartSource:
		view.Body = string(l.Source)
	default:
		view.Part, view.Body = page.PartText, l.Text
		view.Links = addressInText.FindAllString(l.Text, -1)
	}
	return r.show(http.StatusOK, view)
}

// letterHTML serves the HTML part as a document of its own, in a sandbox: it
// may be framed by the page above, styled by itself, and nothing else.
func (r *request) letterHTML() error {
	l, err := r.storedLetter()
	if err != nil {
		return err
	}
	h := r.response.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	// A link leads out of the frame, as it leads out of a mail program; the pages of the portal refuse to be framed.
	_, err = r.response.Write([]byte(strings.Replace(l.HTML, "<head>", `<head><base target="_top">`, 1)))
	return err
}
