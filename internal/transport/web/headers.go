package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"idkit/internal/platform/fault"
)

const (
	contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	formLimit = 64 << 10 // bytes of a posted form
	urlLimit  = 8 << 10  // bytes of a request's path and query
	timeLimit = 10 * time.Second
)

// Refusals before any route is looked at.
var (
	errHost    = fault.New(fault.NotFound, "web.host_unknown")
	errTooLong = fault.New(fault.Invalid, "web.address_too_long")
	errForeign = fault.New(fault.Forbidden, "web.foreign_form")
	errTooBig  = fault.New(fault.Invalid, "web.form_too_big")
	errNoPage  = fault.New(fault.NotFound, "web.no_page")
	errMethod  = fault.New(fault.Invalid, "web.method")
)

// setHeaders puts on every answer, errors included, what ASVS V3 asks for.
func (r *request) setHeaders() {
	h := r.response.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Request-Id", r.id)
	if !r.front.Plain {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// hideReferrer is for pages whose address or content is a secret.
func (r *request) hideReferrer() { r.response.Header().Set("Referrer-Policy", "no-referrer") }

// admit refuses what no route should see: foreign hosts, addresses that are too
// long, and forms that another site made the browser send.
func (r *request) admit() error {
	f := r.front
	if !f.knownHost(r.Host) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
		return errHost
	}
	if len(r.URL.RequestURI()) > urlLimit {
		return errTooLong
	}
	if !readable(r.URL.Path) {
		return errNoPage // and no id: a database need not be asked
	}
	if r.Method != http.MethodPost {
		return nil // no route takes any other method that could change something
	}
	if err := f.crossOrigin.Check(r.Request); err != nil {
		return errForeign
	}
	// The check lets a request pass that says nothing about where it comes from,
	// which every browser of the last years does: refuse it.
	if r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return errForeign
	}
	return nil
}

// boundBody refuses a form that says it is too large, and stops reading one that
// does not say so. The file of an upload is bounded where it is read.
func (r *request) boundBody() error {
	if r.Method != http.MethodPost {
		return nil
	}
	if r.ContentLength > formLimit && !r.isUpload() {
		r.response.Header().Set("Connection", "close") // instead of reading what nobody wants
		return errTooBig
	}
	r.whole = r.Body
	r.Body = http.MaxBytesReader(r.response.ResponseWriter, r.Body, formLimit)
	return nil
}

// knownHost accepts the configured host, and any loopback name where that is one.
func (f *Front) knownHost(host string) bool {
	if strings.EqualFold(host, f.BaseURL.Host) {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return f.Plain && (name == "localhost" || err == nil && ip.IsLoopback())
}

// clientAddress is the peer's address or, behind a trusted proxy, the last
// address in X-Forwarded-For that is not a trusted proxy itself.
func (f *Front) clientAddress(hr *http.Request) string {
	peer, err := netip.ParseAddrPort(hr.RemoteAddr)
	if err != nil {
		return ""
	}
	client := peer.Addr().Unmap()
	forwarded := strings.Split(strings.Join(hr.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && f.trusted(client); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		client = hop.Unmap()
	}
	return client.WithZone("").String()
}

// fromThisMachine looks at the peer itself, whatever a header says.
func (r *request) fromThisMachine() bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

func (f *Front) trusted(address netip.Addr) bool {
	for _, network := range f.Proxies {
		if network.Contains(address) {
			return true
		}
	}
	return false
}
