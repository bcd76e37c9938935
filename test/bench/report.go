package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"idkit/internal/domain/credential"
)

func printFigure(what, format string, values ...any) {
	fmt.Printf("%-44s %s\n", what, fmt.Sprintf(format, values...))
}

func reportBinary(p *program) error {
	info, err := os.Stat(p.binary)
	if err != nil {
		return err
	}
	printFigure("binary", "%.1f MB", float64(info.Size())/1e6)
	return nil
}

func reportMemory(s *server, what string) error {
	bytes, err := s.memory()
	if err != nil {
		return err
	}
	printFigure(what, "%.1f MiB", float64(bytes)/(1<<20))
	return nil
}

// reportStart starts the program on its migrated database several times.
func reportStart(p *program) error {
	var took []time.Duration
	for range 7 {
		s, err := p.start()
		if err != nil {
			return err
		}
		s.stop()
		took = append(took, s.took)
	}
	printFigure("process start to first answer", "%s (best %s)", milliseconds(quantile(took, 0.5)), milliseconds(slices.Min(took)))
	return nil
}

// reportSessions asks who is logged in, for which the program reads session, status, role and organization anew.
func reportSessions(s *server, c crew, span time.Duration) error {
	for _, connections := range []int{1, 8, 64} {
		l, err := c.checkSessions(s, connections, span)
		if err != nil {
			return err
		}
		printFigure(fmt.Sprintf("session check, %d connections", connections), "%.0f/s, %s of the program's processor time each, p99 %s",
			l.rate(), milliseconds(l.spent/time.Duration(len(l.latencies))), milliseconds(quantile(l.latencies, 0.99)))
	}
	return nil
}

// sessionPath answers with who is logged in and nothing else.
const sessionPath = "/api/v1/session"

func (c crew) checkSessions(s *server, connections int, span time.Duration) (load, error) {
	return measure(s, connections, span, func(i int) (func() error, error) {
		browser := c[i%len(c)].second()
		if err := browser.open(sessionPath); err != nil {
			return nil, err
		}
		request := browser.text("GET", sessionPath, nil)
		return func() error {
			return browser.answered(http.StatusOK, "session check", browser.send(request))
		}, nil
	})
}

// reportLogIns compares a log-in with the hash in it, measured in turns.
func reportLogIns(_ *server, c crew, _ time.Duration) error {
	var bare, whole []time.Duration
	for i := range 3 * len(c) / 2 {
		p := c[i%len(c)]
		began := time.Now()
		costs := credential.DefaultArgon2
		argon2.IDKey([]byte(password), []byte("a salt of 16 byt"), costs.Passes, costs.MemoryKiB, costs.Threads, 32)
		bare = append(bare, time.Since(began))

		browser := p.second()
		submit, err := p.logIn(browser)
		if err != nil {
			return err
		}
		began = time.Now()
		err = submit()
		whole = append(whole, time.Since(began))
		if err := browser.answered(http.StatusSeeOther, "log-in of "+p.email, err); err != nil {
			return err
		}
	}
	hash, logIn := quantile(bare, 0.5), quantile(whole, 0.5)
	printFigure("log-in beside the bare hash", "%s beside %s, %.2f times", milliseconds(logIn), milliseconds(hash), float64(logIn)/float64(hash))
	return nil
}

// reportCrowd looks at what the pages of others feel of 32 people who log in at the same time, again and again.
func reportCrowd(s *server, c crew, span time.Duration) error {
	calm, err := c.checkSessions(s, 8, span)
	if err != nil {
		return err
	}
	var answers sync.Map
	var over atomic.Bool
	var loggingIn sync.WaitGroup
	for _, p := range c[readers:] {
		loggingIn.Go(func() {
			for !over.Load() {
				browser := p.second()
				submit, err := p.logIn(browser)
				if err == nil {
					err = submit()
				}
				if err != nil {
					browser.status = 0
				}
				count, _ := answers.LoadOrStore(browser.status, new(atomic.Int64))
				count.(*atomic.Int64).Add(1)
			}
		})
	}
	began := time.Now()
	pages, err := measure(s, 1, span, func(int) (func() error, error) {
		browser := c[0].second()
		return func() error {
			time.Sleep(2 * time.Millisecond) // a reader, no load
			return browser.open("/users")
		}, nil
	})
	var busy load
	if err == nil {
		busy, err = c.checkSessions(s, 8, span)
	}
	over.Store(true)
	loggingIn.Wait()
	if err != nil {
		return err
	}
	lasted := time.Since(began)
	for i, latency := range pages.latencies {
		pages.latencies[i] = latency - 2*time.Millisecond
	}
	printFigure("Users page while 32 log-ins are in flight", "p50 %s, p99 %s",
		milliseconds(quantile(pages.latencies, 0.5)), milliseconds(quantile(pages.latencies, 0.99)))
	printFigure("session checks meanwhile, 8 connections", "%.0f/s, %.0f %% of the rate without them", busy.rate(), 100*busy.rate()/calm.rate())
	var counts []string
	for _, status := range []int{0, 200, 303, 422, 429, 503} {
		if n, found := answers.Load(status); found {
			counts = append(counts, fmt.Sprintf("%.1f/s answered %d", float64(n.(*atomic.Int64).Load())/lasted.Seconds(), status))
		}
	}
	printFigure("log-ins of that crowd", "%s", strings.Join(counts, ", "))
	return nil
}

// The portal lets one person send 50 invitations an hour. So each connection takes turns as several administrators.
const (
	inviting           = 8 // connections
	invitationsByHead  = 50
	headsPerConnection = crewSize / inviting
)

// reportInvitations posts invitations whose forms were opened before: user, letter and audit event in one durable
// transaction each.
func reportInvitations(s *server, c crew, span time.Duration) error {
	l, err := measure(s, inviting, span, func(i int) (func() error, error) {
		var open []openForm
		for _, p := range c[i*headsPerConnection : (i+1)*headsPerConnection] {
			forms, err := p.invitationForms(invitationsByHead)
			if err != nil {
				return nil, err
			}
			open = append(open, forms...)
		}
		return func() error {
			if len(open) == 0 {
				return errEnough
			}
			form := open[0]
			open = open[1:]
			return form.browser.answered(http.StatusSeeOther, "invitation", form.browser.send(form.request))
		}, nil
	})
	if err != nil {
		return err
	}
	printFigure("invitations, 8 connections", "%.0f/s, %s of the program's processor time each (%d sent)",
		l.rate(), milliseconds(l.spent/time.Duration(len(l.latencies))), len(l.latencies))
	return nil
}

// reportWeight loads the first view of two pages as a browser without a cache does.
func reportWeight(s *server, c crew, _ time.Duration) error {
	for _, view := range []struct {
		path    string
		browser *client
	}{
		{"/login", newClient(s.address, "192.0.2.200")},
		{"/users", c[0].second()},
	} {
		parts, err := view.browser.load(view.path)
		if err != nil {
			return err
		}
		var total int64
		for _, size := range parts {
			total += size
		}
		printFigure("first view of "+view.path, "%.1f kB in %d requests, gzip on the wire", float64(total)/1000, len(parts))
		for _, path := range slices.SortedFunc(maps.Keys(parts), func(a, b string) int { return int(parts[b] - parts[a]) }) {
			fmt.Printf("    %7d  %s\n", parts[path], path)
		}
	}
	return nil
}

var (
	assetInPage  = regexp.MustCompile(`(?:href|src)="(/static/[^"#]+)`)
	assetInSheet = regexp.MustCompile(`url\(["']?([^)"'#]+)`)
)

// load returns the bytes on the wire of a page and of everything it needs, by path.
func (c *client) load(path string) (map[string]int64, error) {
	parts := map[string]int64{}
	waiting := []string{path}
	for len(waiting) > 0 {
		part := waiting[0]
		waiting = waiting[1:]
		if _, done := parts[part]; done {
			continue
		}
		before := c.received.bytes
		if err := c.open(part); err != nil {
			return nil, err
		}
		parts[part] = c.received.bytes - before
		text, err := c.page()
		if err != nil {
			return nil, err
		}
		needs := assetInPage
		if strings.HasSuffix(part, ".css") {
			needs = assetInSheet
		}
		from, err := url.Parse(part)
		if err != nil {
			return nil, err
		}
		for _, found := range needs.FindAllStringSubmatch(text, -1) {
			if to, err := from.Parse(found[1]); err == nil && to.Scheme == "" {
				waiting = append(waiting, to.Path)
			}
		}
	}
	return parts, nil
}
