package mailtest

import (
	"errors"
	"strings"

	"github.com/emersion/go-smtp"
)

// Stage is a moment of the dialogue at which the server can be made to misbehave.
type Stage int

// The stages.
const (
	AtSender    Stage = iota + 1 // MAIL FROM
	AtRecipient                  // RCPT TO
	AtLetter                     // after the final dot, before the letter is taken
	AfterLetter                  // the letter is taken, the answer is not given yet
)

// Answer is what the server does at a stage.
type Answer func(s *Server, c *smtp.Conn) error

// Accept goes on as usual.
func Accept(*Server, *smtp.Conn) error { return nil }

// Refuse answers with a code and words.
func Refuse(code int, words string) Answer {
	return func(*Server, *smtp.Conn) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: words}
	}
}

// Drop ends the connection without a word.
func Drop(_ *Server, c *smtp.Conn) error {
	_ = c.Conn().Close()
	return errors.New("dropped")
}

// Hang says nothing until the server goes down.
func Hang(s *Server, _ *smtp.Conn) error {
	s.mu.Lock()
	quit := s.quit
	s.mu.Unlock()
	<-quit
	return errors.New("hung")
}

// Script sets the answers to the next letters at a stage, one each; then all is accepted again.
func (s *Server) Script(at Stage, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[at] = answers
}

// Always sets the answer at a stage for good; Accept ends it.
func (s *Server) Always(at Stage, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[at] = answer
}

// RefuseRecipient refuses one address for good.
func (s *Server) RefuseRecipient(address string, code int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[strings.ToLower(address)] = Refuse(code, words)
}

func (s *Server) answer(at Stage, c *smtp.Conn) error {
	s.mu.Lock()
	answer := s.always[at]
	if queue := s.answers[at]; len(queue) > 0 {
		answer, s.answers[at] = queue[0], queue[1:]
	}
	s.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(s, c)
}
