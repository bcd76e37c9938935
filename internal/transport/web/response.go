package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// response buffers an answer, so that a failure half-way can still become a
// proper page, and sends it compressed where the browser allows.
type response struct {
	http.ResponseWriter
	accepts bool // gzip
	bare    bool // HEAD: the headers of the answer without its body
	status  int
	body    bytes.Buffer
	stream  io.WriteCloser // takes the place of body for an answer too long to hold
}

func newResponse(w http.ResponseWriter, hr *http.Request) *response {
	return &response{
		ResponseWriter: w, accepts: acceptsGzip(hr.Header.Get("Accept-Encoding")), bare: hr.Method == http.MethodHead, status: http.StatusOK,
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

func (w *response) WriteHeader(status int) { w.status = status }

func (w *response) Write(b []byte) (int, error) {
	if w.stream != nil {
		return w.stream.Write(b)
	}
	return w.body.Write(b)
}

// reset drops what was written so far; the headers stay.
func (w *response) reset() { w.body.Reset() }

// compressible is the size, in bytes, from which compressing pays.
const compressible = 1024

var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // refuses only levels that do not exist
	return z
}}

func (w *response) flush() {
	if w.stream != nil {
		return
	}
	h := w.Header()
	if w.body.Len() >= compressible && h.Get("Content-Encoding") == "" && strings.HasPrefix(h.Get("Content-Type"), "text/") {
		h.Add("Vary", "Accept-Encoding")
		if w.accepts {
			h.Set("Content-Encoding", "gzip")
			var packed bytes.Buffer
			z := compressors.Get().(*gzip.Writer)
			z.Reset(&packed)
			_, _ = z.Write(w.body.Bytes()) // a buffer takes everything
			_ = z.Close()
			compressors.Put(z)
			w.body = packed
		}
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	h.Set("Content-Length", strconv.Itoa(w.body.Len()))
	w.ResponseWriter.WriteHeader(w.status)
	if w.bare {
		return
	}
	_, _ = w.ResponseWriter.Write(w.body.Bytes()) // whoever left does not need it
}

// startStream sends the headers, and from here on what is written as it comes.
// No failure can become a page any more: whoever streams breaks off with
// http.ErrAbortHandler, so that nobody takes a part for the whole, or closes it.
func (w *response) startStream() {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	patient := &patientWriter{w.ResponseWriter, http.NewResponseController(w.ResponseWriter)}
	w.stream = patient
	if w.accepts {
		h.Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(patient, gzip.BestSpeed)
		w.stream = z
	}
	w.ResponseWriter.WriteHeader(w.status)
}

// streamPatience is how long a client may take for each piece of a stream.
const streamPatience = 30 * time.Second

// patientWriter bounds the time of each piece instead of that of the whole answer.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(streamPatience)) // a writer without deadlines has no limit to move
	return p.ResponseWriter.Write(b)
}

func (p *patientWriter) Close() error { return nil }
