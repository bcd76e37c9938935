package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/mail/mailtest"
)

func TestLetterIsHandedOverOnce(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	id := o.enqueue("priya@northwind.example")[0]
	if n := o.dispatch(); n != 1 {
		t.Fatalf("dealt with %d letters", n)
	}
	taken := server.Taken()
	if len(taken) != 1 || taken[0].EnvelopeFrom != "idkit@id.example" || strings.Join(taken[0].EnvelopeTo, " ") != "priya@northwind.example" {
		t.Fatalf("the server took %+v", taken)
	}
	if taken[0].MessageID() != "<"+id+"@id.example>" || taken[0].Subject != "IDKit User Invitation - Northwind" {
		t.Fatalf("Message-ID %q, subject %q", taken[0].MessageID(), taken[0].Subject)
	}
	d := o.expect(id, mail.Sent, 1)
	if !d.EndedAt.Equal(o.clock.Now()) || !d.NextAttempt.IsZero() {
		t.Errorf("ended %v, next %v", d.EndedAt, d.NextAttempt)
	}
	if n := o.dispatch(); n != 0 || len(server.Taken()) != 1 {
		t.Error("a sent letter was sent again")
	}
}

func TestNoLetterWithoutItsTransaction(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	rolledBack := errors.New("no")
	err := o.db.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := o.outbox.Enqueue(t.Context(), tx, mail.NewLetter{Kind: mail.KindInvite, Address: "a@b.example"}); err != nil {
			return err
		}
		return rolledBack
	})
	if !errors.Is(err, rolledBack) || o.dispatch() != 0 || len(server.Taken()) != 0 {
		t.Fatalf("a letter outlived its transaction: %v", err)
	}
}

// A letter of many waits for its time, and for no longer than any other after it.
func TestALetterLeavesNoSoonerThanItMay(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	at := o.clock.Now().Add(time.Hour)
	err := o.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := o.outbox.Enqueue(t.Context(), tx, mail.NewLetter{
			Kind: mail.KindInvite, Address: "ada@northwind.example", NotBefore: at, Data: map[string]string{"inviter": "Sam Ito"},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.enqueue("priya@northwind.example")
	if n := o.dispatch(); n != 1 || server.Taken()[0].EnvelopeTo[0] != "priya@northwind.example" {
		t.Fatalf("%d letters left before the time of the other", n)
	}
	o.clock.Advance(time.Hour - time.Microsecond)
	if n := o.dispatch(); n != 0 {
		t.Fatal("the letter left too soon")
	}
	o.clock.Advance(time.Microsecond)
	if n := o.dispatch(); n != 1 {
		t.Fatal("the letter did not leave at its time")
	}
}

func TestEnqueueRefusesWhatIsNotOneAddress(t *testing.T) {
	o := newOffice(t, nil)
	for _, bad := range []string{
		"", "ada", "ada@x.example, eve@y.example", "Ada <ada@x.example>", "ada@x.example\r\nBcc: eve@y.example",
		"<ada@x.example>", "ada@x.example ", "ada@x.example\u200b",
	} {
		err := o.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := o.outbox.Enqueue(t.Context(), tx, mail.NewLetter{Kind: mail.KindInvite, Address: bad})
			return err
		})
		if err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestUnknownMailboxIsUndeliverableAtOnce(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.RefuseRecipient("gone@northwind.example", 550, "5.1.1 No such mailbox\x07 here")
	o := newOffice(t, deliverTo(t, server))
	ids := o.enqueue("gone@northwind.example", "priya@northwind.example")
	o.dispatch()
	if d := o.expect(ids[0], mail.Undeliverable, 1); !strings.Contains(d.Reply, "550") || !strings.Contains(d.Reply, "No such mailbox") || strings.Contains(d.Reply, "\x07") {
		t.Errorf("the reply is %q", d.Reply)
	}
	o.expect(ids[1], mail.Sent, 1)
}

func TestRefusedLetterIsUndeliverableAtOnce(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Script(mailtest.AtLetter, mailtest.Refuse(554, "looks like spam "+strings.Repeat("x", 1000)))
	o := newOffice(t, deliverTo(t, server))
	ids := o.enqueue("a@northwind.example", "b@northwind.example")
	o.dispatch()
	if d := o.expect(ids[0], mail.Undeliverable, 1); len([]rune(d.Reply)) > 300 || !strings.HasPrefix(d.Reply, "554 ") {
		t.Errorf("the reply is %q", d.Reply)
	}
	o.expect(ids[1], mail.Sent, 1)
}

// A sender that the server does not like is our trouble, not the letter's.
func TestRefusedSenderIsTriedAgain(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Script(mailtest.AtSender, mailtest.Refuse(550, "who are you"))
	o := newOffice(t, deliverTo(t, server))
	id := o.enqueue("a@northwind.example")[0]
	o.dispatch()
	o.expect(id, mail.Queued, 1)
	o.clock.Advance(5 * time.Second)
	o.dispatch()
	o.expect(id, mail.Sent, 2)
}

func TestTemporaryRefusalsAreTriedAgainLater(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Script(mailtest.AtRecipient, mailtest.Refuse(451, "greylisted"), mailtest.Refuse(451, "greylisted"))
	o := newOffice(t, deliverTo(t, server))
	id := o.enqueue("priya@northwind.example")[0]
	o.dispatch()
	d := o.expect(id, mail.Queued, 1)
	if wait := d.NextAttempt.Sub(o.clock.Now()); wait < 4*time.Second || wait > 5*time.Second {
		t.Errorf("the next attempt is in %v", wait)
	}
	if o.dispatch() != 0 {
		t.Error("tried again before its time")
	}
	o.clock.Advance(5 * time.Second)
	o.dispatch()
	o.expect(id, mail.Queued, 2)
	o.clock.Advance(10 * time.Second)
	o.dispatch()
	o.expect(id, mail.Sent, 3)
	if len(server.Taken()) != 1 {
		t.Errorf("%d letters arrived", len(server.Taken()))
	}
}

// The server took the letter, but we never heard so: it comes again, as the same message.
func TestLostAnswerRepeatsTheSameMessage(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Script(mailtest.AfterLetter, mailtest.Drop)
	o := newOffice(t, deliverTo(t, server))
	ids := o.enqueue("a@northwind.example", "b@northwind.example")
	o.dispatch()
	o.expect(ids[0], mail.Queued, 1)
	o.expect(ids[1], mail.Sent, 1) // over a new connection
	o.clock.Advance(5 * time.Second)
	o.dispatch()
	o.expect(ids[0], mail.Sent, 2)
	taken := server.Taken()
	if len(taken) != 3 || taken[0].MessageID() != taken[2].MessageID() {
		t.Fatalf("%d letters arrived", len(taken))
	}
}

func TestServerDownForAnHour(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	composed := 0
	o.composed = func(mail.Letter) error { composed++; return nil }
	server.Down()
	ids := o.enqueue(addresses(50)...)
	for end := o.clock.Now().Add(time.Hour); o.clock.Now().Before(end); o.clock.Advance(5 * time.Second) {
		o.dispatch()
	}
	d := o.delivery(ids[0])
	if d.State != mail.Queued || d.Attempts < 8 || d.Attempts > 14 || !strings.Contains(d.Reply, "cannot be reached") {
		t.Fatalf("after an hour: %+v", d)
	}
	if composed != 0 {
		t.Error("links were minted while nothing could be handed over")
	}
	server.Up()
	o.clock.Advance(mail.LastBackoff)
	o.dispatch()
	if len(server.Taken()) != len(ids) {
		t.Fatalf("%d of %d letters arrived", len(server.Taken()), len(ids))
	}
	for _, id := range ids {
		if d := o.delivery(id); d.State != mail.Sent {
			t.Fatalf("%+v", d)
		}
	}
}

func TestBudgetOf72Hours(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	server.Always(mailtest.AtRecipient, mailtest.Refuse(451, "try later"))
	o := newOffice(t, deliverTo(t, server))
	id := o.enqueue("priya@northwind.example")[0]
	start := o.clock.Now()
	for o.delivery(id).State == mail.Queued {
		if age := o.clock.Now().Sub(start); age > 73*time.Hour {
			t.Fatal("still tried after 73 hours")
		}
		o.dispatch()
		if next := o.delivery(id).NextAttempt; next.After(o.clock.Now()) {
			o.clock.Advance(next.Sub(o.clock.Now()))
		}
	}
	d := o.delivery(id)
	if age := d.EndedAt.Sub(start); d.State != mail.Undeliverable || age < 71*time.Hour+30*time.Minute || age > 72*time.Hour || d.Attempts < 280 || d.Reply != "451 try later" {
		t.Fatalf("given up after %v: %+v", age, d)
	}
}

func TestBackoffDoublesUpToFifteenMinutes(t *testing.T) {
	for attempts, limit := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 9: 15 * time.Minute, 1000: 15 * time.Minute} {
		for range 100 {
			if got := mail.Backoff(attempts); got > limit || got < limit*4/5 {
				t.Fatalf("after %d attempts %v", attempts, got)
			}
		}
	}
}

func TestWithdrawnLetterIsNotSent(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	id := o.enqueue("priya@northwind.example")[0]
	withdraw := func() {
		if err := o.db.Write(t.Context(), func(tx *db.Tx) error { return o.outbox.Withdraw(t.Context(), tx, id) }); err != nil {
			t.Fatal(err)
		}
	}
	withdraw()
	o.dispatch()
	o.expect(id, mail.Withdrawn, 0)
	if len(server.Taken()) != 0 {
		t.Error("it was sent")
	}
	sent := o.enqueue("sam@northwind.example")[0]
	o.dispatch()
	id = sent
	withdraw()
	o.expect(sent, mail.Sent, 1)
}

func TestObsoleteLetterEndsWithdrawn(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	o.composed = func(mail.Letter) error { return mail.ErrObsolete }
	id := o.enqueue("priya@northwind.example")[0]
	o.dispatch()
	o.expect(id, mail.Withdrawn, 1)
	if len(server.Taken()) != 0 {
		t.Error("it was sent")
	}
}

// One letter that cannot be written does not stop the others.
func TestBrokenComposerHoldsUpNobody(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	o.composed = func(l mail.Letter) error {
		switch {
		case strings.HasPrefix(l.Address, "panic"):
			panic("no such user")
		case strings.HasPrefix(l.Address, "error"):
			return errors.New("no such user")
		}
		return nil
	}
	ids := o.enqueue("panic@northwind.example", "error@northwind.example", "priya@northwind.example")
	o.dispatch()
	o.expect(ids[0], mail.Queued, 1)
	o.expect(ids[1], mail.Queued, 1)
	o.expect(ids[2], mail.Sent, 1)
}

func TestLettersWaitWhileMailIsNotSetUp(t *testing.T) {
	url, clock := dbtest.URL(t), newClock()
	without := openOffice(t, url, clock, nil)
	id := without.enqueue("priya@northwind.example")[0]
	if n := without.dispatch(); n != 0 || without.outbox.Ready() || without.outbox.Server() != "" {
		t.Fatalf("dealt with %d letters", n)
	}
	if d := without.expect(id, mail.Queued, 0); !d.Waiting {
		t.Error("nobody is told why it waits")
	}
	clock.Advance(100 * time.Hour)
	server := mailtest.NewServer(t, mailtest.Options{})
	with := openOffice(t, url, clock, deliverTo(t, server))
	with.dispatch()
	if d := with.expect(id, mail.Sent, 1); d.Waiting {
		t.Error("a sent letter waits")
	}
}

func TestRunWakesForNewLettersAndStops(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { o.dispatcher.Run(ctx); close(stopped) }()
	o.enqueue("priya@northwind.example")
	server.Wait(1)
	start := time.Now()
	o.enqueue("sam@northwind.example")
	server.Wait(2)
	if took := time.Since(start); took > 900*time.Millisecond {
		t.Errorf("the new letter was found after %v, so by the timer", took)
	}
	stop()
	select {
	case <-stopped:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not stop")
	}
}

// Stopping finishes the letter at hand and gives the others back, so that the next start need not wait for leases.
func TestStoppingGivesLettersBack(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	ctx, stop := context.WithCancel(t.Context())
	o.composed = func(mail.Letter) error { stop(); return nil }
	ids := o.enqueue(addresses(5)...)
	if n, err := o.dispatcher.DispatchDue(ctx); n != 1 || !errors.Is(err, context.Canceled) {
		t.Fatalf("dealt with %d letters: %v", n, err)
	}
	o.expect(ids[0], mail.Sent, 1)
	if d := o.expect(ids[1], mail.Queued, 0); d.NextAttempt.After(o.clock.Now()) {
		t.Errorf("the next attempt is at %v", d.NextAttempt)
	}
	if n := o.dispatch(); n != 4 || len(server.Taken()) != 5 {
		t.Errorf("then %d letters, %d in all", n, len(server.Taken()))
	}
}

func TestRehearsalLeavesNothingBehind(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	err := o.db.Write(t.Context(), func(tx *db.Tx) error {
		if err := o.outbox.Rehearse(t.Context(), tx, mail.KindReset); err != nil {
			return err
		}
		var letters int
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM letters`).Scan(&letters); err != nil || letters != 0 {
			t.Errorf("%d letters, %v", letters, err)
		}
		return nil
	})
	if err != nil || o.dispatch() != 0 {
		t.Error(err)
	}
}

func TestTestLetter(t *testing.T) {
	server := mailtest.NewServer(t, mailtest.Options{})
	o := newOffice(t, deliverTo(t, server))
	err := o.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := o.outbox.Enqueue(t.Context(), tx, mail.NewLetter{
			Kind: mail.KindTest, OrganizationID: "org_1", SubjectID: "usr_1",
			Address: "ada@northwind.example", Data: map[string]string{mail.TestRequester: "Ada Okafor", mail.TestOrganization: "Northwind"},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.dispatch()
	letter := server.Taken()[0]
	if letter.Subject != "Test mail from IDKit" {
		t.Errorf("subject %q", letter.Subject)
	}
	for _, part := range []string{letter.Text, letter.HTML} {
		for _, want := range []string{"Mail works.", server.Address(), "23 November 2026, 10:42 UTC", "Ada Okafor", "Northwind"} {
			if !strings.Contains(part, want) {
				t.Errorf("%q is missing in\n%s", want, part)
			}
		}
	}
	var latest mail.Delivery
	var waiting, failed int
	err = o.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		if latest, err = o.outbox.Latest(t.Context(), tx, mail.KindTest, "usr_1"); err != nil {
			return err
		}
		waiting, failed, err = o.outbox.Count(t.Context(), tx, "org_1", o.clock.Now().AddDate(0, 0, -30))
		return err
	})
	if err != nil || latest.State != mail.Sent || waiting != 0 || failed != 0 {
		t.Errorf("%+v, %d wait, %d failed, %v", latest, waiting, failed, err)
	}
}

func TestStateOfManyLetters(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.enqueue(addresses(23)...)
	err := o.db.Read(t.Context(), func(tx *db.Tx) error {
		for _, count := range []int{0, 1, 10, 11, 23} {
			all, err := o.outbox.StateOf(t.Context(), tx, append(ids[:count:count], "ltr_unknown")...)
			if err != nil {
				return err
			}
			if len(all) != count {
				t.Errorf("%d of %d states", len(all), count)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
