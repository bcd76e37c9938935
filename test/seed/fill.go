package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
)

const (
	batch     = 5000 // people in one transaction
	statement = 50   // rows in one INSERT; binding takes longer with the square of it
	// noPassword is in the place of a hash and matches nothing.
	noPassword = "-"
	pending    = 7 * 24 * time.Hour // how long the newest invitations stay open
)

// fill writes people into one organization.
type fill struct {
	db           *db.DB
	organization organization.Organization
	roles        []string // ids, as many as roleShares
	present      int      // people who are there
}

// prepare makes the roles that people are spread over and counts who is there.
func (f *fill) prepare(ctx context.Context) error {
	return f.db.Write(ctx, func(tx *db.Tx) error {
		for _, name := range []string{"Auditor", "Customer Service", "Reviewer"} {
			_, err := tx.Exec(ctx, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
				VALUES ($1, $2, $3, $4, 'own', 'users.access users.view', $5) ON CONFLICT (organization_id, name_key) DO NOTHING`,
				f.organization.ID, "rol_"+f.organization.ID+strings.ToLower(name[:2]), name, strings.ToLower(name), tx.Now)
			if err != nil {
				return err
			}
		}
		roles, err := db.Values[string](ctx, tx, `SELECT id FROM roles WHERE organization_id = $1
			ORDER BY kind = 'own', kind, name_key = 'auditor', name_key`, f.organization.ID)
		if err != nil {
			return err
		}
		f.roles = roles
		return tx.QueryRow(ctx, `SELECT count(*) FROM users WHERE organization_id = $1`, f.organization.ID).Scan(&f.present)
	})
}

// settle tells PostgreSQL what it would otherwise find out by itself within minutes, so that figures taken at once are
// those of every day. SQLite plans without.
func (f *fill) settle(ctx context.Context) error {
	return f.db.Write(ctx, func(tx *db.Tx) error {
		if tx.Engine() != db.PostgreSQL {
			return nil
		}
		_, err := tx.Exec(ctx, `ANALYZE accounts, second_factors, users, user_counts, user_search, invitations`)
		return err
	})
}

// add writes some of the crowd in one transaction.
func (f *fill) add(ctx context.Context, c crowd, from, to int) error {
	return f.db.Write(ctx, func(tx *db.Tx) error {
		for ; from < to; from += statement {
			var some []somebody
			for i := from; i < min(from+statement, to); i++ {
				some = append(some, c.at(i))
			}
			if err := f.insert(ctx, tx, some); err != nil {
				return err
			}
		}
		return nil
	})
}

// insert writes people with a statement for each table, first what stands alone, then what refers to it.
func (f *fill) insert(ctx context.Context, tx *db.Tx, people []somebody) error {
	accounts := rows{into: `accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)`}
	factors := rows{into: `second_factors (account_id, secret_sealed, last_step, created_at)`}
	users := rows{into: `users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status,
		second_factor, created_at, activated_at, last_active_at)`} // with the second factor nothing is left to the triggers to change
	invitations := rows{into: `invitations (organization_id, user_id, inviter_name, language, note, created_at, expires_at)`}
	for _, p := range people {
		email, err := person.ParseEmail(p.email)
		if err != nil {
			return err
		}
		var account *string
		var activated *time.Time
		if p.status == "invited" {
			invitations.add(f.organization.ID, p.userID, "Ada Okafor", "en", "", p.createdAt, p.createdAt.Add(pending))
		} else {
			account, activated = &p.accountID, &p.createdAt
			accounts.add(p.accountID, email.Address, email.Key, noPassword, p.createdAt, "", "en", p.createdAt)
		}
		if p.secondFactor {
			factors.add(p.accountID, []byte{}, int64(0), p.createdAt)
		}
		users.add(f.organization.ID, p.userID, account, p.first, p.last, email.Address, email.Key,
			person.SearchText(person.FullName(p.first, p.last), email), f.roles[p.role], p.status, p.secondFactor, p.createdAt, activated, p.lastActiveAt)
	}
	for _, r := range []*rows{&accounts, &factors, &users, &invitations} {
		if err := r.insert(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// rows gathers the rows of one INSERT.
type rows struct {
	into   string
	values strings.Builder
	args   []any
}

func (r *rows) add(args ...any) {
	if len(r.args) > 0 {
		r.values.WriteByte(',')
	}
	for i, arg := range args {
		r.args = append(r.args, arg)
		r.values.WriteString([]string{"($", ",$"}[min(i, 1)] + strconv.Itoa(len(r.args)))
	}
	r.values.WriteByte(')')
}

func (r *rows) insert(ctx context.Context, tx *db.Tx) error {
	if len(r.args) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO `+r.into+` VALUES `+r.values.String(), r.args...)
	return err
}
