package mail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
)

// lane works off letters one after the other over one session.
type lane struct {
	*Dispatcher
	session Session
	used    bool // the session has carried a letter already
}

func (l *lane) hangUp() {
	if l.session != nil {
		l.session.Close()
		l.session = nil
	}
}

// work deals with claimed letters and returns with how many. When the context
// ends it finishes the letter at hand and gives the others back.
func (l *lane) work(ctx context.Context, letters []Letter) (done int, err error) {
	settled := context.WithoutCancel(ctx) // what has begun is brought to its end
	for i, letter := range letters {
		if ctx.Err() != nil {
			return done, l.release(settled, letters[i:])
		}
		if err := l.connect(settled); err != nil {
			// No letter is at fault, and the next ones would fare no better.
			return done + len(letters) - i, l.postpone(settled, letters[i:], replyOf(err))
		}
		if err := l.deliver(settled, letter); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

func (l *lane) connect(ctx context.Context) error {
	if l.session != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, handOverTime)
	defer cancel()
	session, err := l.outbox.deliverer.Open(ctx)
	l.noteServer(err)
	if err != nil {
		return err
	}
	l.session, l.used = session, false
	return nil
}

// noteServer logs when the mail server goes and when it is back, not every attempt between.
func (l *lane) noteServer(err error) {
	switch down := err != nil; {
	case l.down.Swap(down) == down:
	case down:
		l.log.Warn("the mail server cannot be used; letters wait", "server", l.outbox.Server(), "error", err)
	default:
		l.log.Info("the mail server is back", "server", l.outbox.Server())
	}
}

// deliver brings one letter one step on. The error returned is the database's;
// what the mail server says goes into the row.
func (l *lane) deliver(ctx context.Context, letter Letter) error {
	envelope, err := l.compose(ctx, letter)
	switch {
	case errors.Is(err, errTaken):
		return nil
	case errors.Is(err, ErrObsolete):
		return l.end(ctx, letter, Withdrawn, "")
	case err != nil:
		l.log.Error("a letter cannot be written", "letter", letter.ID, "kind", letter.Kind, "error", err)
		return l.postpone(ctx, []Letter{letter}, "The letter could not be written.")
	}
	ctx, cancel := context.WithTimeout(ctx, handOverTime)
	defer cancel()
	if err := l.offer(ctx, envelope); err != nil {
		return l.failed(ctx, letter, err)
	}
	select {
	case l.door <- struct{}{}:
	case <-ctx.Done():
		return l.failed(ctx, letter, ctx.Err())
	}
	defer func() { <-l.door }()
	if err := l.session.Finish(ctx); err != nil {
		return l.failed(ctx, letter, err)
	}
	return l.end(ctx, letter, Sent, "")
}

// offer offers a letter; when a session that has worked before is gone, it
// opens another one: servers end sessions after some letters or some time.
func (l *lane) offer(ctx context.Context, e Envelope) error {
	err := l.session.Offer(ctx, e)
	var refusal *Refusal
	lost := err != nil && (!errors.As(err, &refusal) || refusal.Closed)
	if !lost || !l.used || ctx.Err() != nil {
		l.used = true
		return err
	}
	l.hangUp()
	if err := l.connect(ctx); err != nil {
		return err
	}
	l.used = true
	return l.session.Offer(ctx, e)
}

// compose renews the lease, lets the composer write, and renders.
func (l *lane) compose(ctx context.Context, letter Letter) (e Envelope, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the composer panicked: %v", p)
		}
	}()
	sender := l.senders[letter.front]
	composer, ok := sender.Composers[letter.Kind]
	if !ok {
		return e, fmt.Errorf("no composer for %q of %q", letter.Kind, letter.front)
	}
	say := l.catalogue.Speaker(letter.Language)
	var content Content
	var head Letterhead
	err = l.db.Write(ctx, func(tx *db.Tx) error {
		if err := renew(ctx, tx, letter); err != nil {
			return err
		}
		e.At = tx.Now
		if head, err = sender.headOf(ctx, tx, letter); err != nil {
			return err
		}
		letter.Brand = head.Brand
		content, err = composer(ctx, tx, letter, say)
		return err
	})
	if err != nil {
		return e, err
	}
	return head.seal(letter, content, say, e.At)
}

// headOf is the letterhead of one letter.
func (s Sender) headOf(ctx context.Context, tx *db.Tx, letter Letter) (Letterhead, error) {
	if letter.OrganizationID == "" || s.BrandOf == nil {
		return s.Letterhead, nil
	}
	b, err := s.BrandOf(ctx, tx, letter.OrganizationID)
	if toStrangers[letter.Kind] {
		b.SupportURL = ""
	}
	return s.Letterhead.branded(b), err
}

// toStrangers are the letters about an organization to people who may know nothing
// of it: a link that its administrators chose would speak with the installation's voice.
var toStrangers = map[Kind]bool{
	KindInvite: true, KindInviteExisting: true, KindReminder: true, KindAuditHead: true, KindAuditHeadMoved: true, KindAuditHeadEnded: true,
}

// seal puts the rendered content into its envelope.
func (h Letterhead) seal(letter Letter, content Content, say *language.Speaker, at time.Time) (Envelope, error) {
	message, err := h.Render(Rendering{To: letter.Address, MessageID: letter.messageID, Date: at, Content: content, Speaker: say})
	return Envelope{LetterID: letter.ID, At: at, From: h.From, To: letter.Address, Message: message}, err
}

// failed books what went wrong with one letter.
func (l *lane) failed(ctx context.Context, letter Letter, err error) error {
	ctx = context.WithoutCancel(ctx)
	var refusal *Refusal
	known := errors.As(err, &refusal)
	if !known || refusal.Closed {
		l.hangUp()
	}
	if known && refusal.Permanent {
		return l.end(ctx, letter, Undeliverable, refusal.Reply)
	}
	return l.postpone(ctx, []Letter{letter}, replyOf(err))
}

// end books the last state of a letter, unless it is no longer ours.
func (l *lane) end(ctx context.Context, letter Letter, state State, reply string) error {
	ctx = context.WithoutCancel(ctx)
	return l.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE letters SET state = $3, attempts = attempts + 1, reply = $4, ended_at = $5, lease = ''
			WHERE id = $1 AND lease = $2 AND state = 'queued'`, letter.ID, letter.lease, string(state), clean(reply, replyLimit), tx.Now)
		return err
	})
}

// postpone books a failed attempt of letters: the next one, or the end of the budget.
func (l *lane) postpone(ctx context.Context, letters []Letter, reply string) error {
	return l.db.Write(ctx, func(tx *db.Tx) error {
		for _, letter := range letters {
			next := tx.Now.Add(backoff(letter.attempts + 1))
			state, ended := Queued, (*time.Time)(nil)
			if !next.Before(letter.giveUpAt) {
				state, ended = Undeliverable, &tx.Now
			}
			if _, err := tx.Exec(ctx, `UPDATE letters SET state = $3, attempts = attempts + 1, reply = $4, due_at = $5, ended_at = $6, lease = ''
				WHERE id = $1 AND lease = $2 AND state = 'queued'`,
				letter.ID, letter.lease, string(state), clean(reply, replyLimit), next, ended); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	firstBackoff = 5 * time.Second
	lastBackoff  = 15 * time.Minute
)

// backoff is the wait after so many attempts: 5 s doubling to 15 min, less up
// to a fifth, so that letters that failed together do not return together.
func backoff(attempts int) time.Duration {
	wait := firstBackoff
	for i := 1; i < attempts && wait < lastBackoff; i++ {
		wait *= 2
	}
	wait = min(wait, lastBackoff)
	return wait - rand.N(wait/5)
}

// replyOf is what the row keeps of an error.
func replyOf(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("The mail server did not answer within %d seconds.", int(handOverTime/time.Second))
	}
	return err.Error()
}
