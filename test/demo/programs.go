package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"
)

// module is what the demo tells of a module's program.
type module struct{ Key, Title, Description, Address string }

// serve is the reverse proxy that stands before a portal. It shows the programs of the added modules to whom the portal lets
// pass, and hands everything else on to the portal.
func serve(l net.Listener, portal string) error {
	behind := &url.URL{Scheme: "http", Host: portal}
	var added []module
	if err := json.Unmarshal(modules, &added); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { forward(r, behind) }})
	for _, m := range added {
		mux.Handle(m.Address, guarded(m, behind))
	}
	err := (&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}).Serve(l)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func forward(r *httputil.ProxyRequest, to *url.URL) {
	r.SetURL(to)
	r.SetXForwarded()
	r.Out.Host = r.In.Host
}

// guarded asks the portal about each request, as nginx, Caddy and Traefik do (docs/operations.md). Whoever may pass sees what
// the program would know of them; everybody else sees what the portal answers.
func guarded(m module, portal *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			forward(r, portal)
			r.Out.Method, r.Out.Body, r.Out.ContentLength = http.MethodGet, nil, 0
			r.Out.Header.Set("X-Forwarded-Uri", r.In.RequestURI)
			r.Out.URL.Path, r.Out.URL.RawQuery = "/api/v1/forward-auth", url.Values{"module": {m.Key}, "login": {"redirect"}}.Encode()
		},
		ModifyResponse: func(answer *http.Response) error {
			if answer.StatusCode != http.StatusNoContent {
				return nil
			}
			var page bytes.Buffer
			if err := programPage.Execute(&page, told(m, answer.Header)); err != nil {
				return err
			}
			answer.StatusCode, answer.Body, answer.ContentLength = http.StatusOK, io.NopCloser(&page), int64(page.Len())
			answer.Header = http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Length": {strconv.Itoa(page.Len())}, "Cache-Control": {"no-store"}}
			return nil
		},
	}
}

// fact is one header of the portal's answer, in words.
type fact struct{ Name, Value string }

func told(m module, headers http.Header) any {
	var facts []fact
	for _, name := range []string{"User", "Name", "Email", "Organization", "Role", "Permissions"} {
		value, err := url.PathUnescape(headers.Get("X-Idkit-" + name))
		if err == nil {
			facts = append(facts, fact{"X-Idkit-" + name, value})
		}
	}
	return struct {
		module
		Facts []fact
	}{m, facts}
}

var programPage = template.Must(template.New("program").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1.5rem;margin:2rem 0}
dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}h1{margin:0}</style>
<h1>{{.Title}}</h1>
<p>{{.Description}}. In a real installation your own program answers here. The reverse proxy has asked the portal first, and hands on who it is:</p>
<dl>{{range .Facts}}<dt><code>{{.Name}}</code></dt><dd><bdi>{{.Value}}</bdi></dd>{{end}}</dl>
<p><a href="/">Back to the portal</a></p>
`))
