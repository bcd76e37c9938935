package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/mail"
)

// stage is where the story plays: the portal on the clock of the story, with its mailbox.
type stage struct {
	app     *app.App
	portal  *front
	console *front
	clock   *clock
	today   time.Time // the end of the story
	mailbox *mail.Mailbox
	scenes  []scene
	err     error // the first thing that went wrong
}

// front is one of the doors of the installation.
type front struct {
	handler http.Handler
	host    string
}

// scene is what somebody does at a moment.
type scene struct {
	at   time.Time
	play func()
}

func (s *stage) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// day is a moment so many days before the end, at hours and minutes of the day.
func (s *stage) day(ago int, clock string) time.Time {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		s.fail(err)
	}
	midnight := s.today.Truncate(24*time.Hour).AddDate(0, 0, -ago)
	return midnight.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
}

// ago is a moment so long before the end.
func (s *stage) ago(d time.Duration) time.Time { return s.today.Add(-d) }

func (s *stage) at(when time.Time, play func()) { s.scenes = append(s.scenes, scene{when, play}) }

// play walks through the scenes in their order.
func (s *stage) play(ctx context.Context) error {
	slices.SortStableFunc(s.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	for _, next := range s.scenes {
		s.clock.reach(next.at)
		next.play()
		s.clock.pass(time.Second)
		if err := s.app.CatchUp(ctx); err != nil {
			s.fail(err)
		}
		if s.err != nil {
			break
		}
	}
	if s.err != nil {
		return fmt.Errorf("at %s of the story: %w", s.clock.now().Format(time.RFC3339), s.err)
	}
	if s.clock.now().After(s.today) {
		return errors.New("the story goes on after its end")
	}
	return nil
}

// link is the path and query of the newest mailed link to an address that leads to a page.
func (s *stage) link(address, page string) string {
	letters, err := s.mailbox.List()
	if err != nil {
		s.fail(err)
	}
	pattern := regexp.MustCompile(`https?://\S+` + page + `\?\S+`)
	for _, letter := range letters {
		if letter.To != address {
			continue
		}
		if found := pattern.FindString(letter.Text); found != "" {
			address, err := url.Parse(found)
			if err != nil {
				s.fail(err)
				return "/"
			}
			return address.RequestURI()
		}
	}
	s.fail(fmt.Errorf("%s got no link to %s", address, page))
	return "/"
}
