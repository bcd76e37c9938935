package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// growth is what the list of users is measured with.
type growth struct {
	sizes string // numbers of users, ascending, separated by commas
	seed  string // the program that makes people
}

// measureUsers lets one organization grow and looks at its list at each size.
func measureUsers(p *program, g growth, span time.Duration) error {
	if _, err := p.run("migrate"); err != nil {
		return err
	}
	invitations, err := p.organizations(1)
	if err != nil {
		return err
	}
	s, err := p.start()
	if err != nil {
		return err
	}
	c, err := assemble(s, invitations)
	s.stop()
	if err != nil {
		return err
	}
	present := 1
	for size := range strings.SplitSeq(g.sizes, ",") {
		wanted, err := strconv.Atoi(size)
		if err != nil {
			return err
		}
		began := time.Now()
		seed := exec.Command(g.seed, "-database", p.database, "-users", strconv.Itoa(wanted-present))
		if out, err := seed.CombinedOutput(); err != nil {
			return fmt.Errorf("seed: %w\n%s", err, out)
		}
		fmt.Printf("\n%s users\n", size)
		printFigure("seeded", "%.0f a second", float64(wanted-present)/time.Since(began).Seconds())
		present = wanted
		if err := measureList(p, c[0], wanted, span); err != nil {
			return err
		}
	}
	return nil
}

func measureList(p *program, who *person, users int, span time.Duration) error {
	s, err := p.start()
	if err != nil {
		return err
	}
	defer s.stop()
	browser := who.second()
	browser.address = s.address
	views, err := viewsOf(browser, users)
	if err != nil {
		return err
	}
	for _, v := range views {
		if err := v.report(s, browser, span); err != nil {
			return err
		}
	}
	if err := reportMemory(s, "memory, after the views"); err != nil {
		return err
	}
	if err := reportExport(s, browser); err != nil {
		return err
	}
	return reportMemory(s, "memory, after the export")
}

// view is one address of the list.
type view struct{ what, path string }

func (v view) report(s *server, browser *client, span time.Duration) error {
	l, err := measure(s, 1, span, func(int) (func() error, error) {
		request := browser.text("GET", v.path, nil)
		return func() error { return browser.answered(http.StatusOK, v.what, browser.send(request)) }, nil
	})
	if err != nil {
		return err
	}
	printFigure(v.what, "p50 %s, p99 %s, %s of the program's processor time", milliseconds(quantile(l.latencies, 0.5)),
		milliseconds(quantile(l.latencies, 0.99)), milliseconds(l.spent/time.Duration(len(l.latencies))))
	return nil
}

var (
	nextPage = regexp.MustCompile(`href="([^"]+)" rel="next"`)
	someUser = regexp.MustCompile(`href="/users/(usr_[0-9a-v]{26})`)
	someRole = regexp.MustCompile(`<option value="(rol_[^"]+)"[^>]*>Auditor`)
)

// viewsOf lists the views, with what they need read from the pages themselves.
func viewsOf(browser *client, users int) ([]view, error) {
	text, err := browser.read("/users")
	if err != nil {
		return nil, err
	}
	id, role := someUser.FindStringSubmatch(text), someRole.FindStringSubmatch(text)
	if id == nil || role == nil {
		return nil, errors.New("the list shows no user or offers no role Auditor")
	}
	number := min(20_000, users/50)
	deep, err := deepPage(browser, number*25)
	if err != nil {
		return nil, err
	}
	return []view{
		{"first page", "/users"},
		{fmt.Sprintf("page %d", number), deep},
		{"by name, 100 to a page", "/users?sort=name&size=100"},
		{"suspended, by name", "/users?status=suspended&sort=name"},
		{"a rare role, by last activity", "/users?sort=-last_active&role=" + role[1]},
		{"two-factor not set up, by role", "/users?factor=off&sort=role"},
		{"search of 3 letters, many match", "/users?q=ann"},
		{"search of 3 letters, one in 400", "/users?q=kaf"},
		{"search of 2 letters", "/users?q=li"},
		{"search of a name with two words", "/users?q=ada+okafor"},
		{"search of an ideograph", "/users?q=" + url.QueryEscape("王")},
		{"search of a part of an address", "/users?q=fischer12"},
		{"search of an id", "/users?q=" + id[1]},
		{"search of what nobody has", "/users?q=qxzq"},
		{"search among the suspended", "/users?status=suspended&q=ann"},
		{"search of many, by name", "/users?sort=name&q=ann"},
	}, nil
}

// deepPage walks to where a page begins behind so many users.
func deepPage(browser *client, behind int) (path string, err error) {
	path = "/users?size=100"
	for range behind / 100 {
		text, err := browser.read(path)
		if err != nil {
			return "", err
		}
		next := nextPage.FindStringSubmatch(text)
		if next == nil {
			return "", errors.New("the list ends too early")
		}
		path = html.UnescapeString(next[1])
	}
	return strings.Replace(path, "size=100", "size=25", 1), nil
}

// read opens a page and returns its text.
func (c *client) read(path string) (string, error) {
	if err := c.open(path); err != nil {
		return "", err
	}
	return c.page()
}

// reportExport downloads the whole list, as a browser does, without keeping it.
func reportExport(s *server, browser *client) error {
	request, err := http.NewRequest(http.MethodGet, "http://"+s.address+"/users.csv", nil)
	if err != nil {
		return err
	}
	request.Host = host
	request.Header.Set("X-Forwarded-For", browser.from)
	request.Header.Set("Accept-Encoding", "gzip")
	for name, value := range browser.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	before, err := s.spent()
	if err != nil {
		return err
	}
	began := time.Now()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET /users.csv answered %d", answer.StatusCode)
	}
	unpacked, err := gzip.NewReader(answer.Body)
	if err != nil {
		return err
	}
	var lines lineCounter
	if _, err := io.Copy(&lines, unpacked); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := s.spent()
	if err != nil {
		return err
	}
	printFigure("export", "%d rows, %.0f a second, %s of the program's processor time", lines-1, float64(lines-1)/took.Seconds(),
		(after - before).Round(10*time.Millisecond))
	return nil
}

// lineCounter counts lines and keeps nothing.
type lineCounter int

func (n *lineCounter) Write(b []byte) (int, error) {
	*n += lineCounter(bytes.Count(b, []byte("\n")))
	return len(b), nil
}
