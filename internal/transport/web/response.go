package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// response buffers an answer, so that a failure half-way can still become a
// proper page, and sends it compressed where the browser allows.
type response struct {
	http.ResponseWriter
	accepts bool // gzip
	bare    bool // HEAD: the headers of the answer without its body
	status  int
	body    bytes.Buffer
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

func (w *response) Write(b []byte) (int, error) { return w.body.Write(b) }

// reset drops what was written so far; the headers stay.
func (w *response) reset() { w.body.Reset() }

// compressible is the size, in bytes, from which compressing pays.
const compressible = 1024

var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // refuses only levels that do not exist
	return z
}}

func (w *response) flush() {
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
