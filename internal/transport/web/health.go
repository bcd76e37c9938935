package web

import (
	"net/http"

	"idkit/internal/platform/fault"
)

var errNotReady = fault.New(fault.Unavailable, "web.not_ready")

// health says that the process answers.
func (r *request) health() error {
	_, err := r.response.Write([]byte("ok\n"))
	return err
}

// ready says that the database answers as well; its migrations and the key were
// checked at the start.
func (r *request) ready() error {
	if err := r.front.DB.Ping(r.Context()); err != nil {
		r.front.Log.Error("not ready", "error", err)
		return errNotReady
	}
	return r.health()
}

// static serves the files of the pages. Their names carry a hash of their
// content, so they may be kept for ever.
func (r *request) static() error {
	asset, ok := r.front.Pages.Assets().Get(r.URL.Path)
	if !ok {
		return errNoPage
	}
	h := r.response.Header()
	h.Set("Content-Type", asset.ContentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	body := asset.Body
	if asset.Gzip != nil && r.response.accepts {
		h.Set("Content-Encoding", "gzip")
		body = asset.Gzip()
	}
	r.response.WriteHeader(http.StatusOK)
	_, err := r.response.Write(body)
	return err
}
