package mailtest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"idkit/internal/platform/mail"
)

// Options say what the server offers. The zero value takes letters in the clear.
type Options struct {
	Certificate *tls.Certificate  // offers STARTTLS with it
	ImplicitTLS bool              // TLS from the start instead
	Users       map[string]string // asks for one of these log-ins, user to password
}

// Taken is a letter that the server took.
type Taken struct {
	mail.Message
	EnvelopeFrom string
	EnvelopeTo   []string
	Encrypted    bool
}

// MessageID of the letter.
func (t Taken) MessageID() string { return t.Header.Get("Message-ID") }

// Server is a running mail server. Its methods may be called at any time.
type Server struct {
	t       testing.TB
	options Options
	address string

	mu      sync.Mutex
	running *smtp.Server
	quit    chan struct{}
	answers map[Stage][]Answer
	always  map[Stage]Answer
	refused map[string]Answer
	taken   []Taken
	broken  []error
	arrived chan struct{} // closed and replaced at each letter
}

// NewServer starts a server that stops with the test.
func NewServer(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{
		t: t, options: o, address: "127.0.0.1:0", answers: map[Stage][]Answer{}, always: map[Stage]Answer{},
		refused: map[string]Answer{}, arrived: make(chan struct{}),
	}
	s.Up()
	t.Cleanup(func() {
		s.Down()
		for _, err := range s.broken {
			t.Errorf("the mail server could not read a letter: %v", err)
		}
	})
	return s
}

// Address is host:port.
func (s *Server) Address() string { return s.address }

// URL is what goes into the setting IDKIT_SMTP.
func (s *Server) URL() string {
	if s.options.ImplicitTLS {
		return "smtps://" + s.address
	}
	return "smtp://" + s.address
}

// Up starts the server, at the same address as before.
func (s *Server) Up() {
	s.t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	server.Domain, server.AllowInsecureAuth = "mail.test", true
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	if s.options.Certificate != nil {
		config := &tls.Config{Certificates: []tls.Certificate{*s.options.Certificate}, MinVersion: tls.VersionTLS12}
		if s.options.ImplicitTLS {
			listener = tls.NewListener(listener, config)
		} else {
			server.TLSConfig = config
		}
	}
	s.mu.Lock()
	s.running, s.quit = server, make(chan struct{})
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
}

// Down stops the server and drops its connections.
func (s *Server) Down() {
	s.mu.Lock()
	server, quit := s.running, s.quit
	s.running = nil
	s.mu.Unlock()
	if server != nil {
		close(quit)
		_ = server.Close()
	}
}

// Taken returns the letters taken so far.
func (s *Server) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Wait returns the letters once there are that many, or fails the test after ten seconds.
func (s *Server) Wait(count int) []Taken {
	s.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		taken, arrived := append([]Taken(nil), s.taken...), s.arrived
		s.mu.Unlock()
		if len(taken) >= count {
			return taken
		}
		select {
		case <-arrived:
		case <-limit:
			s.t.Fatalf("%d letters arrived, want %d", len(taken), count)
		}
	}
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from     string
	to       []string
	loggedIn bool
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if len(s.server.options.Users) == 0 {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if want, ok := s.server.options.Users[user]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if len(s.server.options.Users) > 0 && !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return s.server.answer(AtSender, s.conn)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	s.server.mu.Lock()
	refuse := s.server.refused[strings.ToLower(to)]
	s.server.mu.Unlock()
	if refuse != nil {
		return refuse(s.server, s.conn)
	}
	return s.server.answer(AtRecipient, s.conn)
}

func (s *session) Data(r io.Reader) error {
	source, err := io.ReadAll(r)
	if err != nil {
		return err // broken off before the final dot: not a letter
	}
	if err := s.server.answer(AtLetter, s.conn); err != nil {
		return err
	}
	message, err := mail.Parse(source)
	_, encrypted := s.conn.TLSConnectionState()
	s.server.mu.Lock()
	if err != nil {
		s.server.broken = append(s.server.broken, err)
	}
	s.server.taken = append(s.server.taken, Taken{Message: message, EnvelopeFrom: s.from, EnvelopeTo: s.to, Encrypted: encrypted})
	close(s.server.arrived)
	s.server.arrived = make(chan struct{})
	s.server.mu.Unlock()
	return s.server.answer(AfterLetter, s.conn)
}
