package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"idkit/internal/domain/roster"
)

const (
	// uploadLimit bounds, in bytes, a form with a file: the file itself and what surrounds it.
	uploadLimit = roster.FileLimit + formLimit
	// discardLimit is how much, in bytes, of a file that is too large is read all the
	// same: browsers look at an answer only when they have sent everything, and say
	// that the connection was reset where nobody reads on.
	discardLimit = 64 << 20
	// uploadTime is how long the sending of a file may take, on a slow line too.
	uploadTime = time.Minute
	// tokenLimit bounds, in bytes, the field that stands before the file.
	tokenLimit = 4 << 10
)

// upload is a form with a file whose fields have been read and whose file has not.
type upload struct {
	parts *multipart.Reader
	body  *source
}

// source is where the parts come from: the limited body of any form until the
// guard lets the request pass, then that of a form with a file.
type source struct{ io.Reader }

// isUpload tells a form with a file from any other.
func (r *request) isUpload() bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && r.route.upload && kind == "multipart/form-data"
}

// parseUpload reads the token, which is the form's first field, and nothing of
// the file behind it.
func (r *request) parseUpload() error {
	r.upload = &upload{body: &source{r.Body}}
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // isUpload has looked at it
	r.upload.parts = multipart.NewReader(r.upload.body, params["boundary"])
	part, err := r.upload.parts.NextPart()
	if err != nil || part.FormName() != formField {
		return errUnreadable
	}
	token, err := io.ReadAll(io.LimitReader(part, tokenLimit))
	if err != nil || !readable(string(token)) {
		return errUnreadable
	}
	r.PostForm = map[string][]string{formField: {string(token)}}
	return nil
}

// file is the file of the form, to be read to its end. The guard has let the
// request pass; from here on it may be as large and as slow as a file.
// Refusals: roster.ErrFileMissing, roster.ErrFileTooLarge; errUnreadable.
func (r *request) file(field string) (name string, file io.Reader, err error) {
	if r.upload == nil {
		return "", nil, roster.ErrFileMissing
	}
	r.allowTime()
	if r.ContentLength > uploadLimit {
		r.response.Header().Set("Connection", "close")
		if r.ContentLength <= discardLimit {
			_, _ = io.Copy(io.Discard, r.whole)
		}
		return "", nil, roster.ErrFileTooLarge
	}
	r.upload.body.Reader = http.MaxBytesReader(r.response.ResponseWriter, r.whole, uploadLimit)
	part, err := r.upload.parts.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return "", nil, roster.ErrFileMissing
	case err != nil || part.FormName() != field:
		return "", nil, errUnreadable
	case part.FileName() == "": // browsers send an empty one where none was chosen
		return "", nil, roster.ErrFileMissing
	case !readable(part.FileName()):
		return "", nil, errUnreadable
	}
	return part.FileName(), uploaded{part}, nil
}

// allowTime moves the deadlines of the connection for the sending of a file.
func (r *request) allowTime() {
	connection := http.NewResponseController(r.response.ResponseWriter)
	until := time.Now().Add(uploadTime)
	_ = connection.SetReadDeadline(until) // a connection without deadlines has no need of later ones
	_ = connection.SetWriteDeadline(until)
}

// uploadContext is the request's, with the time of a file.
func (r *request) uploadContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), uploadTime)
}

// uploaded says in our words why a file breaks off.
type uploaded struct{ io.Reader }

func (u uploaded) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		err = roster.ErrFileTooLarge
	case err != nil && !errors.Is(err, io.EOF):
		err = errUnreadable
	}
	return n, err
}
