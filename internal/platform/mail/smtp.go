package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// SMTP hands letters to a mail server. The connection is encrypted and the
// server's certificate verified, except to a server on this machine; there is
// no setting that weakens this.
type SMTP struct {
	settings SMTPSettings
	hello    string
	tls      *tls.Config
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewSMTP returns a way out to a mail server. Hello is the name by which we
// greet it, the host of the base URL.
func NewSMTP(settings SMTPSettings, hello string) *SMTP {
	return &SMTP{
		settings: settings,
		hello:    hello,
		tls:      &tls.Config{ServerName: settings.Host, MinVersion: tls.VersionTLS12},
		dial:     (&net.Dialer{}).DialContext,
	}
}

// Server is the host and port, without the log-in.
func (s *SMTP) Server() string { return s.settings.Address() }

// errNoEncryption is said instead of sending letters in the clear.
var errNoEncryption = errors.New("the mail server does not offer STARTTLS, so it gets no letters")

// errNoLogin is said when the server knows none of the ways in which we log in.
var errNoLogin = errors.New("the mail server offers neither PLAIN nor LOGIN for logging in")

// Open connects, encrypts and logs in.
func (s *SMTP) Open(ctx context.Context) (Session, error) {
	conn, err := s.dial(ctx, "tcp", s.settings.Address())
	if err != nil {
		return nil, fmt.Errorf("the mail server cannot be reached: %w", err)
	}
	watch := guardConn(ctx, conn)
	defer watch()
	if s.settings.ImplicitTLS {
		conn = tls.Client(conn, s.tls)
	}
	client, err := smtp.NewClient(conn, s.settings.Host)
	if err != nil {
		conn.Close()
		return nil, explain(ctx, err)
	}
	client.SkipSMTPUTF8(true) // our addresses are ASCII
	if err := s.introduce(client); err != nil {
		conn.Close()
		return nil, explain(ctx, err)
	}
	return &smtpSession{client: client, conn: conn}, nil
}

func (s *SMTP) introduce(client *smtp.Client) error {
	if err := client.Hello(s.hello); err != nil {
		return err
	}
	if !s.settings.ImplicitTLS && !s.settings.onThisMachine() {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return errNoEncryption
		}
		if err := client.StartTLS(s.tls); err != nil {
			return err
		}
	}
	if s.settings.User == "" {
		return nil
	}
	_, ways := client.Extension("AUTH")
	user, password, inClear := s.settings.User, s.settings.Password.Reveal(), s.settings.onThisMachine()
	for way := range strings.FieldsSeq(strings.ToUpper(ways)) {
		switch way {
		case "PLAIN":
			return client.Auth(smtp.PlainAuth("", user, password, s.settings.Host, inClear))
		case "LOGIN":
			return client.Auth(smtp.LoginAuth(user, password, s.settings.Host, inClear))
		}
	}
	return errNoLogin
}

// guardConn makes a connection end with a context, and returns what ends the guard.
func guardConn(ctx context.Context, conn net.Conn) (stop func() bool) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// explain prefers the context's reason to the broken connection that it causes.
func explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return context.DeadlineExceeded
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the mail server ended the connection without an answer")
	}
	return err
}

type smtpSession struct {
	client *smtp.Client
	conn   net.Conn
	data   io.WriteCloser // between Offer and Finish
	dirty  bool           // the last offer was refused half-way
	lost   bool           // the connection no longer answers
}

// Offer sends the envelope and the letter, but not the final dot.
func (s *smtpSession) Offer(ctx context.Context, e Envelope) error {
	defer guardConn(ctx, s.conn)()
	if s.dirty {
		if err := s.client.Reset(); err != nil {
			return s.refusal(ctx, err, false)
		}
	}
	s.dirty = true
	if err := s.client.Mail("<" + e.From + ">"); err != nil {
		return s.refusal(ctx, err, false) // about us, not about this letter
	}
	if err := s.client.Rcpt("<" + e.To + ">"); err != nil {
		return s.refusal(ctx, err, true)
	}
	data, err := s.client.Data()
	if err != nil {
		return s.refusal(ctx, err, true)
	}
	s.data = data
	if _, err := data.Write(e.Message); err != nil {
		return s.refusal(ctx, err, false)
	}
	return nil
}

// Finish sends the final dot. When the answer does not arrive, the letter may
// or may not have been taken; it counts as not taken.
func (s *smtpSession) Finish(ctx context.Context) error {
	defer guardConn(ctx, s.conn)()
	data := s.data
	s.data = nil
	if err := data.Close(); err != nil {
		return s.refusal(ctx, err, true)
	}
	s.dirty = false
	return nil
}

// refusal sorts what the server said. A 5xx answer is final for the letter only
// where the letter was what was asked about (RFC 5321, 4.2.1).
func (s *smtpSession) refusal(ctx context.Context, err error, aboutLetter bool) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		s.lost = true
		return explain(ctx, err)
	}
	return &Refusal{
		Permanent: aboutLetter && said.Code >= 500 && said.Code < 600,
		Closed:    said.Code == 421,
		Reply:     fmt.Sprintf("%d %s", said.Code, said.Msg),
	}
}

// goodbyeTime is how long a server may take to answer QUIT.
const goodbyeTime = time.Second

// Close says good-bye, unless a letter is half-way: then the connection just ends.
func (s *smtpSession) Close() {
	if s.data == nil && !s.lost {
		_ = s.conn.SetDeadline(time.Now().Add(goodbyeTime))
		_ = s.client.Quit()
	}
	_ = s.conn.Close()
}
