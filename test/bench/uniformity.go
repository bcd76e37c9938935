package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// The classes of addresses that a stranger must not tell apart.
const (
	unknown   = "unknown"
	active    = "active"
	suspended = "suspended"
	invited   = "invited"
)

var classes = []string{unknown, active, suspended, invited}

func addressOf(class string, i int) string { return fmt.Sprintf("%s%d@%s", class, i, host) }

// reportUniformity times a log-in with a wrong password and a forgotten password for each class of address, in turn, so that
// whatever else the machine does falls on all of them. The area under the curve (AUC) is the chance that an address of the
// class took longer than an unknown one: 0.5 means that time tells nothing. Every address is asked about once, because
// the portal counts tries.
func reportUniformity(p *program, s *server, samples int) error {
	if err := populate(p.database, samples); err != nil {
		return err
	}
	for _, door := range []struct {
		what, path string
		status     int
		form       func(email string) url.Values
	}{
		{"log-in", "/login", http.StatusUnprocessableEntity, func(email string) url.Values {
			return url.Values{"email": {email}, "password": {"not the password at all"}}
		}},
		{"forgotten password", "/forgot", http.StatusOK, func(email string) url.Values {
			return url.Values{"email": {email}}
		}},
	} {
		browser := newClient(s.address, "192.0.2.201")
		token, err := browser.token("/login") // without a mail server the other door shows no form, and does the same work
		if err != nil {
			return err
		}
		took := map[string][]time.Duration{}
		for i := range samples {
			for turn := range classes {
				class := classes[(i+turn)%len(classes)]
				browser.from = fmt.Sprintf("2001:db8:%x:%x::1", i, turn) // everybody from a network of their own
				form := door.form(addressOf(class, i))
				form.Set("form_token", token)
				request := browser.text("POST", door.path, form)
				began := time.Now()
				err := browser.send(request)
				took[class] = append(took[class], time.Since(began))
				if err := browser.answered(door.status, door.what+" of "+addressOf(class, i), err); err != nil {
					return err
				}
			}
		}
		for _, class := range classes {
			printFigure(fmt.Sprintf("%s, %s, %d samples", door.what, class, samples), "median %s, AUC against unknown %.3f",
				milliseconds(quantile(slices.Clone(took[class]), 0.5)), auc(took[unknown], took[class]))
		}
	}
	return nil
}

// auc is the chance that one of b took longer than one of a.
func auc(a, b []time.Duration) float64 {
	var longer float64
	for _, x := range a {
		for _, y := range b {
			switch {
			case y > x:
				longer++
			case y == x:
				longer += 0.5
			}
		}
	}
	return longer / float64(len(a)*len(b))
}

// populate adds people of each class to one organization, straight to the database: making them by the portal would take a
// hash for each. They share the password of somebody who is there.
func populate(database string, samples int) error {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: database, Now: time.Now})
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Write(ctx, func(tx *db.Tx) error {
		var organizationID, hash string
		err := tx.QueryRow(ctx, `SELECT u.organization_id, a.password_hash FROM users u JOIN accounts a ON a.id = u.account_id LIMIT 1`).
			Scan(&organizationID, &hash)
		if err != nil {
			return err
		}
		for i := range samples {
			for _, class := range classes[1:] {
				if err := insertPerson(ctx, tx, organizationID, hash, class, addressOf(class, i)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func insertPerson(ctx context.Context, tx *db.Tx, organizationID, hash, class, email string) error {
	userID := id.New("usr")
	var accountID *string
	if class != invited {
		account := id.New("acc")
		accountID = &account
		_, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, account, email, hash, tx.Now)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, $5, $6 FROM roles WHERE organization_id = $1 AND kind = 'member'`,
		organizationID, userID, accountID, email, class, tx.Now)
	if err != nil || class != invited {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO invitations (organization_id, user_id, inviter_name, language, note, created_at)
		VALUES ($1, $2, 'Ada Okafor', 'en', '', $3)`, organizationID, userID, tx.Now)
	return err
}
