package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idkit/internal/app"
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
	_, err := e.config.Keyring()
	check("secret key", err, e.config.KeyFile())
	a, err := e.open(ctx)
	check("database", err, withoutPassword(e.config.Database))
	if err != nil {
		return errors.New("the database must answer before anything else can be checked")
	}
	defer a.Close()
	server, err := app.CheckMail(ctx, e.config)
	check("mail", err, server)
	if sick > 0 {
		return fmt.Errorf("%d of the checks failed", sick)
	}
	return nil
}
