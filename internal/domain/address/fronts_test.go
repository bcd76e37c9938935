package address_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/domaintest"
)

// TestAnAddressOfTheOtherFrontIsFree: nobody learns at a client who is an
// operator, nor the other way round, and the account there notices nothing.
func TestAnAddressOfTheOtherFrontIsFree(t *testing.T) {
	portal := domaintest.NewPlace(t)
	console := portal.AtConsole(t)
	for _, sides := range [][2]*domaintest.Place{{portal, console}, {console, portal}} {
		here, there := sides[0], sides[1]
		who, owner := here.Person(t), there.Person(t)
		session := there.LogIn(t, owner)
		b := here.LogIn(t, who)
		here.AskForEmail(t, b, owner.Email)
		letters := here.Letters(t, owner.Email)
		if len(letters) != 1 || strings.Contains(letters[0], "already") {
			t.Errorf("the address gets %q", letters)
		}
		here.ConfirmEmail(t, b, here.MustLink(t, owner.Email, "email/confirm"))
		if here.AddressOf(t, who) != owner.Email || there.AddressOf(t, owner) != owner.Email {
			t.Error("the address is not that of one account at each front")
		}
		if _, err := session.Current(t); err != nil {
			t.Errorf("the session at the other front: %v", err)
		}
	}
}
