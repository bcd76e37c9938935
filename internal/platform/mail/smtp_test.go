package mail_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/mail"
	"idkit/internal/platform/mail/mailtest"
)

func TestParseSMTP(t *testing.T) {
	for text, want := range map[string]string{
		"smtp://mail.example.com":                               "mail.example.com:587   starttls",
		"smtp://mail.example.com:25/":                           "mail.example.com:25   starttls",
		"smtps://mail.example.com":                              "mail.example.com:465   tls",
		"smtp://ada:secret@mail.example.com":                    "mail.example.com:587 ada secret starttls",
		"smtps://ada%40x.example:p%40ss%2F%3A%23@[2001:db8::1]": "[2001:db8::1]:465 ada@x.example p@ss/:# tls",
	} {
		s, err := mail.ParseSMTP(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		way := "starttls"
		if s.ImplicitTLS {
			way = "tls"
		}
		if got := fmt.Sprintf("%s %s %s %s", s.Address(), s.User, s.Password.Reveal(), way); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
		if printed := fmt.Sprintf("%v %+v", s, s); s.User != "" && strings.Contains(printed, s.Password.Reveal()) {
			t.Errorf("the password is printed: %s", printed)
		}
	}
}

func TestParseSMTPRefusals(t *testing.T) {
	for _, text := range []string{
		"", "mail.example.com", "mail.example.com:587", "http://mail.example.com", "smtp://", "smtp://:587", "smtp:mail.example.com",
		"smtp://mail.example.com:0", "smtp://mail.example.com:65536", "smtp://mail.example.com:", "smtp://mail.example.com:x",
		"smtp://ada@mail.example.com", "smtp://:topsecret@mail.example.com", "smtp://ada:@mail.example.com",
		"smtp://mail.example.com/path", "smtp://mail.example.com?starttls=no", "smtp://mail.example.com?", "smtp://mail.example.com#x",
		"smtp://ada:topsecret%0d%0aQUIT@mail.example.com", "smtp://ada:topsecret%zz@mail.example.com", "smtp://ada:topsecret/x@mail.example.com",
		"smtp://mail_example.com", "smtp://mail.example.com%0a", "smtp://ma il.example.com", " smtp://mail.example.com",
	} {
		s, err := mail.ParseSMTP(text)
		if err == nil {
			t.Errorf("%q is accepted as %+v", text, s)
		} else if strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: the refusal tells the password: %v", text, err)
		}
	}
}

func FuzzParseSMTP(f *testing.F) {
	for _, seed := range []string{"smtp://ada:secret@mail.example.com:587", "smtps://[::1]:465", "smtp://a%40b:c%3Ad@h", "smtp://h:99999", "://", "smtp://%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := mail.ParseSMTP(text)
		if err != nil {
			return
		}
		if s.Host == "" || s.Port < 1 || s.Port > 65535 || (s.User == "") != (s.Password == "") {
			t.Errorf("%q became %+v", text, s)
		}
		if strings.ContainsAny(s.Host+s.User+s.Password.Reveal(), "\r\n\x00") {
			t.Errorf("%q let a line end through", text)
		}
	})
}

// worldServer plays a server on the internet under a name.
func worldServer(t *testing.T, url string, o mailtest.Options, trusted *x509.CertPool) (*mailtest.Server, *mail.SMTP) {
	t.Helper()
	server := mailtest.NewServer(t, o)
	settings, err := mail.ParseSMTP(url)
	if err != nil {
		t.Fatal(err)
	}
	return server, mail.NewSMTP(settings, "id.example").ReachAt(server.Address(), trusted)
}

func TestEncryptionIsRequiredAndVerified(t *testing.T) {
	authority := mailtest.NewAuthority(t)
	good := authority.Certificate(t, "mail.example")
	wrong := authority.Certificate(t, "other.example")
	users := map[string]string{"ada": "secret"}
	for _, c := range []struct {
		name    string
		url     string
		options mailtest.Options
		trusted *x509.CertPool
		refusal string // empty: the letter arrives
	}{
		{"STARTTLS", "smtp://mail.example", mailtest.Options{Certificate: good}, authority.Pool, ""},
		{"TLS from the start", "smtps://mail.example", mailtest.Options{Certificate: good, ImplicitTLS: true}, authority.Pool, ""},
		{"log-in", "smtp://ada:secret@mail.example", mailtest.Options{Certificate: good, Users: users}, authority.Pool, ""},
		{"wrong password", "smtp://ada:wrong@mail.example", mailtest.Options{Certificate: good, Users: users}, authority.Pool, "535"},
		{"no log-in offered", "smtp://ada:secret@mail.example", mailtest.Options{Certificate: good}, authority.Pool, "neither PLAIN nor LOGIN"},
		{"no STARTTLS", "smtp://mail.example", mailtest.Options{}, authority.Pool, "STARTTLS"},
		{"no STARTTLS with log-in", "smtp://ada:secret@mail.example", mailtest.Options{Users: users}, authority.Pool, "STARTTLS"},
		{"unknown authority", "smtp://mail.example", mailtest.Options{Certificate: good}, x509.NewCertPool(), "certificate"},
		{"wrong name", "smtp://mail.example", mailtest.Options{Certificate: wrong}, authority.Pool, "other.example"},
		{"unknown authority, TLS from the start", "smtps://mail.example", mailtest.Options{Certificate: good, ImplicitTLS: true}, x509.NewCertPool(), "certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, smtp := worldServer(t, c.url, c.options, c.trusted)
			o := newOffice(t, smtp)
			id := o.enqueue("priya@northwind.example")[0]
			o.dispatch()
			if c.refusal == "" {
				o.expect(id, mail.Sent, 1)
				if !server.Taken()[0].Encrypted {
					t.Error("it travelled in the clear")
				}
				return
			}
			d := o.expect(id, mail.Queued, 1)
			if !strings.Contains(d.Reply, c.refusal) || strings.Contains(d.Reply, "secret") {
				t.Errorf("the reply is %q", d.Reply)
			}
			if len(server.Taken()) != 0 {
				t.Error("the letter was sent all the same")
			}
		})
	}
}

func TestLogInOnThisMachineNeedsNoEncryption(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{Users: map[string]string{"ada": "secret"}})
	settings, err := mail.ParseSMTP(strings.Replace(server.URL(), "//", "//ada:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, mail.NewSMTP(settings, "localhost"))
	id := o.enqueue("priya@northwind.example")[0]
	o.dispatch()
	o.expect(id, mail.Sent, 1)
}

func TestOneConnectionCarriesManyLettersAndIsReplacedWhenTheServerEndsIt(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Script(mailtest.AtSender, mailtest.Accept, mailtest.Accept, mailtest.Refuse(421, "enough for one connection"))
	o := newOffice(t, deliverTo(t, server))
	ids := o.enqueue(addresses(5)...)
	o.dispatch()
	for _, id := range ids {
		o.expect(id, mail.Sent, 1)
	}
	if len(server.Taken()) != len(ids) {
		t.Errorf("%d letters arrived", len(server.Taken()))
	}
}

func TestHangingServerIsLeftAlone(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	for _, stage := range []mailtest.Stage{mailtest.AtSender, mailtest.AtRecipient, mailtest.AtLetter} {
		server.Script(stage, mailtest.Hang)
		session, err := deliverTo(t, server).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		err = session.Offer(ctx, mail.Envelope{From: "a@id.example", To: "b@northwind.example", Message: []byte("Subject: x\r\n\r\ny\r\n")})
		if err == nil {
			err = session.Finish(ctx)
		}
		session.Close()
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
			t.Errorf("stage %d: %v after %v", stage, err, time.Since(start))
		}
	}
}

func TestHangingGreetingIsLeftAlone(t *testing.T) {
	settings, err := mail.ParseSMTP("smtp://127.0.0.1:" + silentPort(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := mail.NewSMTP(settings, "id.example").Open(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it opened: %v", err)
	}
}
