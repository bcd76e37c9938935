package mail

import (
	"context"

	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
)

// The data of a test letter.
const (
	TestRequester    = "requester"    // who pressed "Send test mail"
	TestOrganization = "organization" // may be missing
)

// composeTest writes the letter that shows that mail works.
func composeTest(server string) Composer {
	return func(_ context.Context, tx *db.Tx, letter Letter, say *language.Speaker) (Content, error) {
		c, err := Speak(say, KindTest, map[string]any{
			"Brand":     letter.Brand,
			"Requester": letter.Data[TestRequester],
			"Server":    Plain(server),
			"When":      say.Moment(tx.Now),
		})
		c.Organization = letter.Data[TestOrganization]
		return c, err
	}
}
