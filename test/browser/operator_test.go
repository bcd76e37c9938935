//go:build browser

package browser

import (
	"testing"

	"idkit/internal/domain/operator"
)

const (
	operatorEmail    = "wei@vendor.example"
	operatorPassword = "granite pelican nine umbrellas"
)

// TestAnOperatorJoins goes from the invitation that the host prints to the clients. The second factor cannot be
// put off, and the portal knows nothing of that log-in.
func TestAnOperatorJoins(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		j := newJourney(t, way)
		j.issuer = "IDKit Console"
		_, link, err := j.portal.app.Operators().Invite(t.Context(), operator.NewOperator{FirstName: "Wei", LastName: "Zhang", Email: operatorEmail, PrintLink: true})
		if err != nil {
			t.Fatal(err)
		}
		p := newPerson(t, j.portal.console, way)
		p.open(link.URL)
		p.on("Enter the new password")
		p.reads("Operator's console")
		p.fill("New password", operatorPassword)
		p.press("Next")

		p.on("Protect your account")
		if p.offers("Not now") {
			t.Error("an operator may put the second factor off")
		}
		app, _ := j.enrol(p)
		p.on("Client Management")

		j.logOut(p, "Wei Zhang")
		j.portal.clock.Advance(step)
		j.logIn(p, operatorEmail, operatorPassword)
		p.on("Enter your code")
		p.fill("6-digit code", app.code())
		p.press("Next")
		p.on("Client Management")

		stranger := j.newPerson()
		j.logIn(stranger, operatorEmail, operatorPassword)
		stranger.reads("The email address or password is not correct.")
	})
}
