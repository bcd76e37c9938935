package epoch_test

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/epoch"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var browser = signin.Browser{Origin: domaintest.Origin}

// half is the log-in of somebody with a second factor, up to the code.
func half(t testing.TB, p *domaintest.Place, who *domaintest.Holder) string {
	t.Helper()
	outcome, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: who.Email, Password: domaintest.Password, Browser: browser})
	domaintest.MustNot(t, err)
	return outcome.Half.Token.Reveal()
}

func byCode(t testing.TB, p *domaintest.Place, who *domaintest.Holder, code string) error {
	t.Helper()
	_, err := p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half(t, p, who), Code: code, Browser: browser})
	return err
}

func byRecoveryCode(t testing.TB, p *domaintest.Place, who *domaintest.Holder, code string) error {
	t.Helper()
	_, err := p.SignIn.RecoveryCode(t.Context(), signin.SecondStep{HalfToken: half(t, p, who), Code: code, Browser: browser})
	return err
}

// codeAt is what an authenticator shows at another moment.
func codeAt(t testing.TB, key string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(key, at)
	domaintest.MustNot(t, err)
	return code
}

// TestNothingDeadComesBack restores a backup and replays everything that it
// carried, or that was used since (SECURITY.md, P16).
func TestNothingDeadComesBack(t *testing.T) {
	p := domaintest.NewPlace(t)
	p.AtConsole(t)
	ctx := t.Context()
	boss := p.Administrator(t)
	ada, mallory := p.Person(t), p.Person(t)
	recovery := p.Protect(t, ada)

	// What the backup carries alive.
	session1 := p.LogIn(t, mallory)
	halfToken := half(t, p, ada)
	invited := p.Invite(t, boss, "sam@northwind.example")
	invitation := p.MustLink(t, "sam@northwind.example", "join")
	p.RequestReset(t, mallory.Email)
	reset := p.MustLink(t, mallory.Email, "reset")
	changing := p.Person(t)
	p.AskForEmail(t, p.LogIn(t, changing), "new@northwind.example")
	proof := p.MustLink(t, "new@northwind.example", "email/confirm")
	_, _, undo := p.TakenOver(t)
	_, err := p.Administration.SendFactorCode(ctx, boss, ada.User)
	domaintest.MustNot(t, err)
	letters := p.Letters(t, ada.Email)
	spoken := regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b`).FindString(letters[len(letters)-1])
	newcomer := p.LogIn(t, p.Person(t))
	_, err = p.Profiles.BeginSecondFactor(ctx, newcomer.Must(t))
	domaintest.MustNot(t, err)
	p.Invite(t, boss, "queued@northwind.example")
	p.RequestReset(t, newcomer.Must(t).Email) // both letters wait in the queue
	path := saved(t, p.DB)

	// What happens between the backup and the restore.
	p.Clock.Advance(2 * time.Second)
	code := p.Code(t, ada.Key)
	domaintest.MustNot(t, byCode(t, p, ada, code))
	domaintest.MustNot(t, byRecoveryCode(t, p, ada, recovery[0]))
	session2 := p.LogIn(t, mallory)
	link, _, err := p.Invitations.CopyLink(ctx, boss, invited.ID)
	domaintest.MustNot(t, err)
	before := len(p.Post.Taken)
	p.Clock.Advance(2 * time.Second)

	r, found := restored(t, p, restoration(path))
	if !found.Sound() || len(found.Trails) < 2 {
		t.Errorf("found %+v", found)
	}
	accepted := 0
	replay := func(what string, err error) {
		t.Helper()
		if err == nil {
			accepted++
			t.Errorf("%s is accepted after the restore", what)
		}
	}
	_, err = r.Browser(session1.Token).Current(t)
	replay("a session", err)
	_, err = r.Browser(session2.Token).Current(t)
	replay("a session from after the backup", err)
	_, err = r.SignIn.Half(ctx, halfToken)
	replay("a half log-in", err)
	_, err = r.SignIn.Code(ctx, signin.SecondStep{HalfToken: halfToken, Code: r.Code(t, ada.Key), Browser: browser})
	replay("the code of a half log-in", err)
	for what, token := range map[string]string{"a mailed invitation": invitation, "a copied invitation": domaintest.TokenOf(link)} {
		opened, err := r.Invitations.Open(ctx, token)
		if err == nil {
			err = opened.State.Err()
		}
		replay(what, err)
	}
	replay("a reset link", r.Accounts.ResetPassword(ctx, reset, domaintest.NewPassword(domaintest.Another)))
	proven, err := r.Addresses.OpenEmailProof(ctx, proof)
	domaintest.MustNot(t, err)
	replay("the proof of an address", proven.State.Err())
	_, err = r.Addresses.RevertEmail(ctx, undo, domaintest.Origin)
	replay("the undoing of a change of address", err)
	replay("a used code", byCode(t, r, ada, code))
	replay("a code of the next step, shown ahead of time", byCode(t, r, ada, codeAt(t, ada.Key, r.Clock.Now().Add(30*time.Second))))
	for i, code := range recovery[:2] {
		replay([]string{"a used recovery code", "a recovery code"}[i], byRecoveryCode(t, r, ada, code))
	}
	again := r.Browser(r.LogIn(t, mallory).Token).Must(t).Actor
	_, err = r.Administration.ConfirmFactorCode(ctx, again, ada.User, spoken)
	replay("a spoken code", err)
	if spoken == "" || accepted > 0 {
		t.Errorf("%d things accepted, spoken code %q", accepted, spoken)
	}

	// No letter leaves, neither an old one nor a new one.
	r.Invite(t, again, "later@northwind.example")
	r.Deliver(t)
	if left := len(p.Post.Taken) - before; left != 0 {
		t.Errorf("%d letters left while mail is held", left)
	}
	for range 2 { // the second time nothing is held
		_, err = epoch.ReleaseMail(ctx, r.DB)
		domaintest.MustNot(t, err)
	}
	r.Deliver(t)
	if got := p.Post.Taken[before:]; !slices.ContainsFunc(got, func(e mail.Envelope) bool { return e.To == "later@northwind.example" }) ||
		slices.ContainsFunc(got, func(e mail.Envelope) bool { return e.To == "queued@northwind.example" }) {
		t.Errorf("after the release %d letters left", len(got))
	}

	if n := r.Events(t, "installation.mail_released"); n != 2 {
		t.Errorf("%d events of the release, want one of the installation and one of the vendor", n)
	}

	// The people themselves get in.
	r.Clock.Advance(90 * time.Second)
	domaintest.MustNot(t, byCode(t, r, ada, r.Code(t, ada.Key)))
	r.Verify(t)
	if events, organizations := r.Events(t, "installation.restored"), r.Count(t, `SELECT count(*) FROM organizations`); events != organizations+1 {
		t.Errorf("%d events for %d organizations and the installation", events, organizations)
	}
}

func TestRecoveryCodesAreKeptWhereNobodyUsedOne(t *testing.T) {
	p := domaintest.NewPlace(t)
	ada := p.Person(t)
	recovery := p.Protect(t, ada)
	move := restoration(saved(t, p.DB))
	move.KeepRecoveryCodes = true
	r, _ := restored(t, p, move)
	domaintest.MustNot(t, byRecoveryCode(t, r, ada, recovery[0]))
}

// TestABackupHoldsEverything moves an installation through both engines, as far
// as they are there, and finds the same rows at the end of the way.
func TestABackupHoldsEverything(t *testing.T) {
	p := domaintest.NewPlace(t)
	boss := p.Administrator(t)
	for range 3 {
		p.Protect(t, p.Person(t))
	}
	p.Member(t)
	p.Stranger(t)
	p.TakenOver(t)
	for _, email := range []string{"jose@northwind.example", "zoe@northwind.example"} {
		p.Invite(t, boss, email)
	}
	p.Exec(t, `UPDATE users SET first_name = $1 WHERE email = 'zoe@northwind.example'`, "Zo\u00eb <b> \u2028 \" \\ \U0001F600")
	p.Deliver(t)
	first := saved(t, p.DB)
	want, wantDerived := linesOf(t, first), derivedRows(t, p.DB)
	if len(want) < 60 || len(wantDerived) < 12 {
		t.Fatalf("only %d lines and %d derived rows", len(want), len(wantDerived))
	}
	lite := loaded(t, dbtest.EmptySQLite(t), first)
	second := saved(t, lite)
	if got := linesOf(t, second); !slices.Equal(got, want) {
		t.Errorf("on SQLite there are %d lines, %d before", len(got), len(want))
	}
	back := loaded(t, dbtest.EmptyURL(t), second)
	if got := linesOf(t, saved(t, back)); !slices.Equal(got, want) {
		t.Errorf("at the end there are %d lines, %d at the beginning", len(got), len(want))
	}
	if got := derivedRows(t, back); !slices.Equal(got, wantDerived) {
		t.Errorf("triggers made\n%s\nand before\n%s", strings.Join(got, "\n"), strings.Join(wantDerived, "\n"))
	}
}

func TestOnlyAnEmptyDatabaseIsFilled(t *testing.T) {
	p := domaintest.NewPlace(t)
	p.Person(t)
	path := saved(t, p.DB)
	before := p.Dump(t)
	if _, err := epoch.Restore(t.Context(), p.DB, restoration(path)); !errors.Is(err, epoch.ErrNotEmpty) {
		t.Errorf("into a database with people: %v", err)
	}
	if p.Dump(t) != before {
		t.Error("the refused restore changed something")
	}
}

// TestARestoreThatWasCutShortOpensNothing stops between the rows and the epoch.
func TestARestoreThatWasCutShortOpensNothing(t *testing.T) {
	p := domaintest.NewPlace(t)
	p.Person(t)
	d := loaded(t, dbtest.EmptyURL(t), saved(t, p.DB))
	check := func() error {
		return d.Read(t.Context(), func(tx *db.Tx) error { return epoch.Check(t.Context(), tx) })
	}
	domaintest.MustNot(t, check())
	domaintest.MustNot(t, d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO restores (backup_id, backed_up_at, restored_at) VALUES ('bak_1', $1, $1)`, tx.Now)
		return err
	}))
	if err := check(); !errors.Is(err, epoch.ErrUnfinished) {
		t.Errorf("an unfinished restore: %v", err)
	}
}

func TestVerifyWritesNothingAndFindsWhatIsWrong(t *testing.T) {
	p := domaintest.NewPlace(t)
	ada := p.Person(t)
	p.Protect(t, ada)
	p.Invite(t, p.Administrator(t), "sam@northwind.example")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	verify := func(keyring *secret.Keyring) (epoch.Findings, error) {
		t.Helper()
		r := restoration(saved(t, p.DB))
		r.Keyring = keyring
		found, err := epoch.Verify(t.Context(), r)
		if left, _ := filepath.Glob(filepath.Join(temporary, "idkit-verify-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		return found, err
	}
	found, err := verify(domaintest.Ring())
	domaintest.MustNot(t, err)
	if !found.Sound() || found.Rows["accounts"] != 2 || len(found.Keys) != 1 || found.Keys[0].SecondFactors != 1 || found.Keys[0].RecoveryCodes != 10 {
		t.Errorf("a sound backup: %+v", found)
	}
	stranger, err := secret.ParseKeyring(secret.NewKey())
	domaintest.MustNot(t, err)
	if _, err := verify(stranger); !errors.Is(err, backup.ErrOtherKey) {
		t.Errorf("with another key: %v", err)
	}
	p.Exec(t, `UPDATE audit_events SET actor_name = 'Mallory' WHERE sequence = 1`)
	if found, err = verify(domaintest.Ring()); err != nil || found.Sound() || found.Unreadable != 0 {
		t.Errorf("with a changed line: %v, %+v", err, found)
	}
	p.Exec(t, `UPDATE second_factors SET secret_sealed = $1`, append(sealedBy(t, p), 1))
	if found, err = verify(domaintest.Ring()); err != nil || found.Unreadable != 1 {
		t.Errorf("with a changed seed: %v, %+v", err, found)
	}
}

func sealedBy(t testing.TB, p *domaintest.Place) (sealed []byte) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT secret_sealed FROM second_factors`).Scan(&sealed)
	})
	return sealed
}

func TestABackupOfAnotherSchemaIsRefused(t *testing.T) {
	p := domaintest.NewPlace(t)
	p.Exec(t, `UPDATE goose_db_version SET version_id = version_id + 100 WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
	_, err := epoch.Restore(t.Context(), dbtest.Open(t, dbtest.EmptyURL(t), p.Clock.Now), restoration(saved(t, p.DB)))
	if err == nil || !strings.Contains(err.Error(), "schema") {
		t.Errorf("a backup of a newer program: %v", err)
	}
}
