package app

import (
	"context"
	"errors"

	"idkit/internal/platform/config"
)

var errNoMail = errors.New("mail is not set up: letters wait until IDKIT_SMTP names a server")

// CheckMail greets the mail server without sending anything, and names it.
func CheckMail(ctx context.Context, c config.Config) (server string, err error) {
	_, deliverer, err := delivery(c)
	if err != nil {
		return "", err
	}
	if deliverer == nil {
		return "", errNoMail
	}
	session, err := deliverer.Open(ctx)
	if err != nil {
		return "", err
	}
	session.Close()
	return deliverer.Server(), nil
}
