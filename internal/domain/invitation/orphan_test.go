package invitation_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/platform/db/dbtest"
)

// breakWrites makes every insert into the table fail, as a full disk would.
func (p house) breakWrites(t testing.TB, table string) {
	t.Helper()
	if os.Getenv(dbtest.PostgresVariable) == "" {
		p.Exec(t, `CREATE TRIGGER failpoint BEFORE INSERT ON `+table+` BEGIN SELECT RAISE(ABORT, 'failpoint'); END`)
		return
	}
	p.Exec(t, `CREATE FUNCTION failpoint() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'failpoint'; END $$`)
	p.Exec(t, `CREATE TRIGGER failpoint BEFORE INSERT ON `+table+` FOR EACH ROW EXECUTE FUNCTION failpoint()`)
}

func (p house) mendWrites(t testing.TB, table string) {
	t.Helper()
	if os.Getenv(dbtest.PostgresVariable) == "" {
		p.Exec(t, `DROP TRIGGER failpoint`)
		return
	}
	p.Exec(t, `DROP TRIGGER failpoint ON `+table)
	p.Exec(t, `DROP FUNCTION failpoint()`)
}

// acts is every act of the way from invitation to portal, each after its
// preparation, with the tables that it must not do without.
var acts = map[string]struct {
	needs   []string
	prepare func(t testing.TB, p house) func(ctx context.Context) error
}{
	"Invite": {[]string{"users", "letters", "invitations", "audit_events", "throttles"}, func(t testing.TB, p house) func(context.Context) error {
		admin := p.Administrator(t)
		filled := p.Invitation(t, admin, domaintest.Guest)
		return func(ctx context.Context) error { _, err := p.Invitations.Invite(ctx, admin, filled); return err }
	}},
	"Resend": {[]string{"letters", "audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		admin, user, _ := p.Invitee(t)
		return func(ctx context.Context) error { _, err := p.Invitations.Resend(ctx, admin, user.ID); return err }
	}},
	"CopyLink": {[]string{"links", "audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		admin, user, _ := p.Invitee(t)
		return func(ctx context.Context) error { _, _, err := p.Invitations.CopyLink(ctx, admin, user.ID); return err }
	}},
	"Withdraw": {[]string{"audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		admin, user, _ := p.Invitee(t)
		return func(ctx context.Context) error { _, err := p.Invitations.Withdraw(ctx, admin, user.ID); return err }
	}},
	"Join": {[]string{"accounts", "sessions", "audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		_, _, token := p.Invitee(t)
		return func(ctx context.Context) error {
			_, err := p.Invitations.Join(ctx, token, domaintest.Password, domaintest.Origin)
			return err
		}
	}},
	"AskAgain": {[]string{"letters", "audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		_, _, token := p.Invitee(t)
		p.Clock.Advance(8 * domaintest.Day)
		return func(ctx context.Context) error { return p.Invitations.AskAgain(ctx, token, domaintest.Origin) }
	}},
	"ConfirmSecondFactor": {[]string{"second_factors", "recovery_codes", "recovery_code_sheets", "letters", "audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		current := p.Newcomer(t).Must(t)
		enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), current)
		domaintest.MustNot(t, err)
		return func(ctx context.Context) error {
			// Counted before it is looked at, in a transaction of its own: the
			// try stays counted, so its counter is no part of the comparison.
			p.Exec(t, `DELETE FROM throttles`)
			_, err := p.Profiles.ConfirmSecondFactor(ctx, current, p.Code(t, enrolment.Key.Reveal()))
			p.Exec(t, `DELETE FROM throttles`)
			return err
		}
	}},
	"SkipSecondFactor": {[]string{"audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		current := p.Newcomer(t).Must(t)
		return func(ctx context.Context) error { return p.Profiles.SkipSecondFactor(ctx, current) }
	}},
	"ConfirmRecoveryCodes": {[]string{"audit_events"}, func(t testing.TB, p house) func(context.Context) error {
		b := p.Newcomer(t)
		p.TurnsSecondFactorOn(t, b)
		current := b.Must(t)
		return func(ctx context.Context) error { return p.Profiles.ConfirmRecoveryCodes(ctx, current) }
	}},
	"SendTestMail": {[]string{"letters", "audit_events", "throttles"}, func(t testing.TB, p house) func(context.Context) error {
		current := p.LogIn(t, p.Person(t)).Must(t)
		return func(ctx context.Context) error { return p.Settings.SendTestMail(ctx, current) }
	}},
}

// TestAnActIsStoredWithItsLetterAndItsLineOrNotAtAll lets each statement of each
// act fail in turn, and then the act succeed.
func TestAnActIsStoredWithItsLetterAndItsLineOrNotAtAll(t *testing.T) {
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			carryOut := act.prepare(t, p)
			p.Exec(t, `DELETE FROM throttles`)
			before, lines := p.Dump(t), p.Count(t, `SELECT count(*) FROM audit_events`)
			for _, table := range act.needs {
				p.breakWrites(t, table)
				if err := carryOut(t.Context()); err == nil || !strings.Contains(err.Error(), "failpoint") {
					t.Errorf("without %s: %v", table, err)
				}
				p.mendWrites(t, table)
				if p.Dump(t) != before {
					t.Fatalf("without %s something is left behind", table)
				}
			}
			domaintest.MustNot(t, carryOut(t.Context()))
			if p.Dump(t) == before {
				t.Error("the act did nothing")
			}
			if added := p.Count(t, `SELECT count(*) FROM audit_events`) - lines; added != 1 {
				t.Errorf("the act is %d lines of the trail", added)
			}
			p.Verify(t)
		})
	}
}

// A cancelled request leaves nothing behind either.
func TestACancelledActLeavesNothingBehind(t *testing.T) {
	p := newHouse(t)
	carryOut := acts["Invite"].prepare(t, p)
	before := p.Dump(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := carryOut(ctx); err == nil {
		t.Error("the cancelled act went through")
	}
	if p.Dump(t) != before {
		t.Error("the cancelled act left something behind")
	}
}
