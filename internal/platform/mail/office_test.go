package mail_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/mail/mailtest"
)

const baseURL = "https://id.example"

var letterhead = mail.Letterhead{Brand: "IDKit", From: "idkit@id.example", BaseURL: baseURL, SupportURL: "https://support.example/help"}

func newClock() *dbtest.Clock {
	return dbtest.NewClock(time.Date(2026, 11, 23, 10, 42, 0, 0, time.UTC))
}

// office is one node that sends mail.
type office struct {
	t          testing.TB
	db         *db.DB
	clock      *dbtest.Clock
	outbox     *mail.Outbox
	dispatcher *mail.Dispatcher
	composed   func(mail.Letter) error // runs in the composer
}

func loadCatalogue() *language.Catalogue {
	c, err := language.Load()
	if err != nil {
		panic(err)
	}
	return c
}

// deliverTo is the way out to a server of the test.
func deliverTo(t testing.TB, server *mailtest.Server) *mail.SMTP {
	t.Helper()
	settings, err := mail.ParseSMTP(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	return mail.NewSMTP(settings, "id.example")
}

func newOffice(t testing.TB, deliverer mail.Deliverer) *office {
	t.Helper()
	clock := newClock()
	return openOffice(t, dbtest.URL(t), clock, deliverer)
}

// openOffice is a node on a database that other nodes may use too.
func openOffice(t testing.TB, url string, clock *dbtest.Clock, deliverer mail.Deliverer) *office {
	t.Helper()
	o := &office{t: t, db: dbtest.Open(t, url, clock.Now), clock: clock}
	o.outbox = mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: deliverer})
	d, err := mail.NewDispatcher(mail.DispatcherOptions{
		DB: o.db, Outbox: o.outbox, Catalogue: loadCatalogue(),
		Senders: map[mail.Front]mail.Sender{mail.ToClients: {Letterhead: letterhead, Composers: map[mail.Kind]mail.Composer{mail.KindInvite: o.compose}}},
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.dispatcher = d
	return o
}

func (o *office) compose(_ context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	if o.composed != nil {
		if err := o.composed(letter); err != nil {
			return mail.Content{}, err
		}
	}
	c, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Inviter": letter.Data["inviter"], "Organization": "Northwind", "Role": "Customer Service",
		"EndsDay": say.Day(tx.Now.AddDate(0, 0, 7)), "Ends": say.Moment(tx.Now.AddDate(0, 0, 7)),
	})
	if err != nil {
		return c, err
	}
	c.Organization, c.Button.URL = "Northwind", baseURL+"/join?t="+letter.ID
	return c, nil
}

// enqueue puts invitations to the addresses into the outbox and returns their ids.
func (o *office) enqueue(addresses ...string) []string {
	o.t.Helper()
	var ids []string
	err := o.db.Write(o.t.Context(), func(tx *db.Tx) error {
		ids = nil
		for _, address := range addresses {
			id, err := o.outbox.Enqueue(o.t.Context(), tx, mail.NewLetter{
				Kind: mail.KindInvite, OrganizationID: "org_1", SubjectID: "usr_" + address, Address: address,
				Data: map[string]string{"inviter": "Sam Ito"},
			})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return ids
}

func (o *office) dispatch() int {
	o.t.Helper()
	n, err := o.dispatcher.DispatchDue(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

func (o *office) delivery(id string) mail.Delivery {
	o.t.Helper()
	var d mail.Delivery
	err := o.db.Read(o.t.Context(), func(tx *db.Tx) error {
		all, err := o.outbox.StateOf(o.t.Context(), tx, id)
		d = all[id]
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// expect compares the state of a letter.
func (o *office) expect(id string, state mail.State, attempts int) mail.Delivery {
	o.t.Helper()
	d := o.delivery(id)
	if d.State != state || d.Attempts != attempts {
		o.t.Fatalf("the letter is %s after %d attempts (%q), want %s after %d", d.State, d.Attempts, d.Reply, state, attempts)
	}
	return d
}

func addresses(count int) []string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("person%d@northwind.example", i)
	}
	return all
}

// silentPort is where connections are taken and nothing is ever said.
func silentPort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}
