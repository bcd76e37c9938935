package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// Asset is one file under /static/.
type Asset struct {
	ContentType string
	Body        []byte
	Gzip        func() []byte // the body compressed, at the first use; nil where that does not help
}

// Assets are the files that pages load. Their names carry a hash of their content, so they may be kept for ever.
type Assets struct {
	byPath map[string]Asset
	paths  map[string]string // name that the templates use -> path
}

// Get returns the file of one path, such as "/static/portal-Zk3cA0b9.css".
func (a *Assets) Get(p string) (Asset, bool) {
	asset, ok := a.byPath[p]
	return asset, ok
}

// Path returns the path of a file by the name that the templates use.
func (a *Assets) Path(name string) (string, error) {
	p, ok := a.paths[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return p, nil
}

// The font is named in the style sheet, whose own name depends on it, so it comes first.
const font = "familjen-grotesk-latin-650.woff2"

func newAssets() (*Assets, error) {
	a := &Assets{byPath: map[string]Asset{}, paths: map[string]string{}}
	sources := []struct {
		name, contentType string
		files             []string
	}{
		{font, "font/woff2", []string{"font/" + font}},
		{"icons.svg", "image/svg+xml", []string{"icons.svg"}},
		{"mark.svg", "image/svg+xml", []string{"mark.svg"}},
		{"page.css", "text/css; charset=utf-8", styles()},
		{"entry.js", "text/javascript; charset=utf-8", []string{"entry.js"}},
		{"portal.js", "text/javascript; charset=utf-8", []string{"vendor/htmx-4.0.1.min.js", "entry.js", "portal.js", "list.js", "role.js"}},
	}
	for _, s := range sources {
		body, err := joined(s.files)
		if err != nil {
			return nil, err
		}
		if s.name == "page.css" {
			body = bytes.ReplaceAll(body, []byte(font), []byte(path.Base(a.paths[font])))
		}
		a.add(s.name, s.contentType, body)
	}
	return a, nil
}

// styles lists the parts of the style sheet in the order of their numbers.
func styles() []string {
	parts, err := fs.Glob(staticFiles, "static/css/*.css")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, p := range parts {
		parts[i] = strings.TrimPrefix(p, "static/")
	}
	slices.Sort(parts)
	return parts
}

// indents are what people want in a script and browsers do not: indents, lines of comment, empty lines.
var indents = regexp.MustCompile(`(?m)^[ \t]*(//.*)?\n|^[ \t]+`)

func joined(files []string) ([]byte, error) {
	var all []byte
	for _, name := range files {
		content, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("asset: %w", err)
		}
		if strings.HasSuffix(name, ".js") && !strings.HasPrefix(name, "vendor/") {
			content = indents.ReplaceAll(content, nil)
		}
		all = append(append(all, content...), '\n')
	}
	return bytes.TrimSuffix(all, []byte("\n")), nil
}

func (a *Assets) add(name, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	stem, extension, _ := strings.Cut(name, ".")
	p := "/static/" + stem + "-" + base64.RawURLEncoding.EncodeToString(sum[:6]) + "." + extension
	asset := Asset{ContentType: contentType, Body: body}
	if contentType != "font/woff2" {
		asset.Gzip = sync.OnceValue(func() []byte { return compressed(body) })
	}
	a.paths[name], a.byPath[p] = p, asset
}

func compressed(body []byte) []byte {
	var buffer bytes.Buffer
	w, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	if _, err := w.Write(body); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return buffer.Bytes()
}
