package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"idkit/internal/app"
	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

type doctor struct{}

// doctorPatience bounds how long one check may take.
const doctorPatience = 10 * time.Second

func (doctor) Run(ctx context.Context, e environment) error {
	ctx, cancel := context.WithTimeout(ctx, 3*doctorPatience)
	defer cancel()
	sick := 0
	check := func(what string, err error, fine string) {
		if err != nil {
			sick++
			fmt.Fprintf(e.stdout, "not well  %s: %v\n", what, err)
			return
		}
		fmt.Fprintf(e.stdout, "well      %s: %s\n", what, fine)
	}
	check("settings", e.config.Validate(), e.config.BaseURL)
	if sick > 0 {
		return errors.New("mend the settings first")
	}
	console := "off"
	if e.config.OperatorConsole() {
		console = e.config.OperatorURL().String()
	}
	check("operator's console", nil, console)
	keyring, err := e.config.Keyring()
	check("secret key", err, e.config.KeyFile())
	a, err := e.open(ctx)
	check("database", err, withoutPassword(e.config.Database))
	if err != nil {
		return errors.New("the database must answer before anything else can be checked")
	}
	defer a.Close()
	keys, err := checkKeys(ctx, a, keyring)
	check("stored secrets", err, keys)
	server, err := app.CheckMail(ctx, e.config)
	check("mail", errors.Join(err, checkHold(ctx, a)), server)
	if sick > 0 {
		return fmt.Errorf("%d of the checks failed", sick)
	}
	return nil
}

// checkKeys tells which keys what is stored still needs.
func checkKeys(ctx context.Context, a *app.App, keyring *secret.Keyring) (fine string, err error) {
	var uses []credential.KeyUse
	unreadable := 0
	err = a.DB().Snapshot(ctx, func(tx *db.Tx) error {
		uses, unreadable, err = credential.KeyUses(ctx, tx, keyring)
		return err
	})
	if err != nil {
		return "", err
	}
	var needed []string
	for _, u := range uses {
		needs := fmt.Sprintf("key %s for %d passwords, %d second factors, %d recovery codes", u.KeyID, u.Passwords, u.SecondFactors, u.RecoveryCodes)
		if !u.Known {
			return "", fmt.Errorf("they need %s, and that key is not set: add it behind the present one", needs)
		}
		needed = append(needed, needs)
	}
	if unreadable > 0 {
		return "", fmt.Errorf("%d passwords or second factors cannot be read", unreadable)
	}
	if len(needed) == 0 {
		return "none yet", nil
	}
	return strings.Join(needed, "; "), nil
}

func checkHold(ctx context.Context, a *app.App) error {
	return a.DB().Read(ctx, func(tx *db.Tx) error {
		since, err := mail.HeldSince(ctx, tx)
		if err == nil && !since.IsZero() {
			err = fmt.Errorf("letters are held since the restore of %s; idkit mail release lets them leave", since.Format(time.RFC3339))
		}
		return err
	})
}
