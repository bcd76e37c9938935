package signin_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/pquerna/otp/hotp"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
)

// place is an installation with what only these tests do there.
type place struct{ *domaintest.Place }

func newPlace(t testing.TB) *place {
	t.Helper()
	return &place{domaintest.NewPlace(t)}
}

// node is another process on the same database.
func (p *place) node(t testing.TB) *place {
	t.Helper()
	return &place{p.AnotherNode(t)}
}

// letters counts the letters of a kind.
func (p *place) letters(t testing.TB, kind mail.Kind) int {
	t.Helper()
	return p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(kind))
}

// owner is somebody with an account, at a browser of theirs.
type owner struct {
	*domaintest.Holder
	known string // the browser's cookie
}

func (p *place) person(t testing.TB) *owner {
	t.Helper()
	return &owner{Holder: p.Person(t)}
}

// invited makes a user of Northwind who has not joined.
func (p *place) invited(t testing.TB, email string) {
	t.Helper()
	p.Exec(t, `INSERT INTO users (organization_id, id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, 'Priya', 'Shah', $3, $3, '', id, 'invited', $4 FROM roles WHERE organization_id = $1 AND kind = 'member'`,
		p.Northwind, id.New("usr"), email, p.Clock.Now())
}

// wrongCode is none of the codes that pass at the moment.
func (p *place) wrongCode(t testing.TB, who *owner) string {
	t.Helper()
	step := uint64(p.Clock.Now().Unix() / 30)
	var near []string
	for _, s := range []uint64{step - 1, step, step + 1} {
		code, err := hotp.GenerateCode(who.Key, s)
		if err != nil {
			t.Fatal(err)
		}
		near = append(near, code)
	}
	for guess := range 4 {
		code := fmt.Sprintf("%06d", guess)
		if code != near[0] && code != near[1] && code != near[2] {
			return code
		}
	}
	panic("four codes cannot all be among three")
}

func (p *place) recoveryCodes(t testing.TB, who *owner) []string {
	t.Helper()
	var codes []string
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		sheet, err := p.RecoveryCodes.Issue(ctx, tx, who.Account)
		codes = nil
		for _, code := range sheet.Codes {
			codes = append(codes, code.Reveal())
		}
		return err
	})
	return codes
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func browserAt(address, known string) signin.Browser {
	return signin.Browser{Known: known, Origin: access.Origin{Address: address, UserAgent: firefox, RequestID: "r1"}}
}

func (p *place) tryPassword(who *owner, typed, address string) (signin.Outcome, error) {
	return p.SignIn.LogIn(context.Background(), signin.LogIn{Email: who.Email, Password: typed, Browser: browserAt(address, who.known)})
}

// half logs in up to the second step.
func (p *place) half(t testing.TB, who *owner) string {
	t.Helper()
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	if err != nil || outcome.Half == nil {
		t.Fatalf("the password leads to %+v, %v", outcome, err)
	}
	return outcome.Half.Token.Reveal()
}

func (p *place) tryCode(half, code string) (signin.Outcome, error) {
	return p.SignIn.Code(context.Background(), step(half, code))
}

func step(half, code string) signin.SecondStep {
	return signin.SecondStep{HalfToken: half, Code: code, Browser: browserAt("192.0.2.1", "")}
}

// in logs in and returns who the session says it is.
func (p *place) in(t testing.TB, outcome signin.Outcome, err error) session.Current {
	t.Helper()
	if err != nil || outcome.Session == nil {
		t.Fatalf("no session but %+v, %v", outcome, err)
	}
	current, err := p.Sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), access.Origin{Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return current
}

func wants(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}
