package signin_test

import (
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/fault"
)

// TestTheFrontsCountApart: whoever tries an address at the portal keeps nobody
// out of the console, and the other way round.
func TestTheFrontsCountApart(t *testing.T) {
	portal := domaintest.NewPlace(t)
	console := portal.AtConsole(t)
	for _, sides := range [][2]*domaintest.Place{{portal, console}, {console, portal}} {
		tried, other := sides[0], sides[1]
		who, same := tried.Person(t), other.Person(t)
		other.Exec(t, `UPDATE accounts SET email = $2, email_key = $2 WHERE id = $1`, same.Account, who.Email)
		for _, address := range []string{who.Email, "nobody." + who.Email} {
			logIn := func(p *domaintest.Place, password string) error {
				_, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: address, Password: password, Browser: signin.Browser{Origin: domaintest.Origin}})
				return err
			}
			for range 4 {
				wants(t, "a free try", logIn(tried, domaintest.Wrong), signin.ErrIncorrect)
			}
			if err := logIn(tried, domaintest.Wrong); !fault.IsKind(err, fault.TooMany) {
				t.Errorf("the fifth try of %s: %v", address, err)
			}
			if address == who.Email {
				domaintest.MustNot(t, logIn(other, domaintest.Password))
			} else {
				wants(t, "at the other front", logIn(other, domaintest.Wrong), signin.ErrIncorrect)
			}
			portal.Clock.Advance(time.Minute)
			domaintest.MustNot(t, tried.SignIn.RequestReset(t.Context(), address, domaintest.Origin))
			if err := tried.SignIn.RequestReset(t.Context(), address, domaintest.Origin); !fault.IsKind(err, fault.TooMany) {
				t.Errorf("a second request for %s: %v", address, err)
			}
			domaintest.MustNot(t, other.SignIn.RequestReset(t.Context(), address, domaintest.Origin))
			portal.Clock.Advance(time.Hour)
		}
		if locks := tried.Count(t, `SELECT count(*) FROM throttles WHERE key = $1 AND failures > 0`, "password:account:"+same.Account); locks != 0 {
			t.Error("the other account counts failures")
		}
	}
}
