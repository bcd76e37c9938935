package roster

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"idkit/internal/platform/db"
)

// insert writes an import that was just checked, with its rows.
func (i Import) insert(ctx context.Context, tx *db.Tx, rows []Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO imports (organization_id, id, file_name, state, importer_id, importer_name, address, user_agent, request_id, paused_by,
			created_at, due_at, lease, letter_at, to_invite, here, twice, wrong, invited, failed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $10, '', $10, $11, $12, $13, $14, 0, 0)`,
		i.OrganizationID, i.ID, i.File, string(i.State), i.ImporterID, i.ImporterName, i.origin.Address, i.origin.UserAgent, i.origin.RequestID,
		i.CreatedAt, i.ToInvite, i.Here, i.Twice, i.Wrong)
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		query, some := insertMany, rows[:min(len(rows), insertedAtOnce)]
		if len(some) < insertedAtOnce {
			query, some = insertOne, rows[:1]
		}
		args := make([]any, 0, len(some)*rowColumns)
		for _, r := range some {
			faults, err := json.Marshal(r.Faults)
			if err != nil {
				return err
			}
			var userID *string
			if r.UserID != "" {
				userID = &r.UserID
			}
			args = append(args, i.OrganizationID, i.ID, r.position, r.Line, r.FirstName, r.LastName, r.Email, r.Role, r.roleID,
				string(r.Verdict), r.FirstLine, userID, string(faults), string(r.Outcome), r.emailKey)
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
		rows = rows[len(some):]
	}
	return nil
}

const (
	rowColumns = 15
	// insertedAtOnce is how many rows one statement writes: a database at the other
	// end of a network takes as long for one as for many.
	insertedAtOnce = 50
	insertRows     = `INSERT INTO import_rows (organization_id, import_id, position, line, first_name, last_name, email, role, role_id,
		verdict, first_line, user_id, faults, outcome, email_key) VALUES `
)

var (
	insertOne  = insertRows + tuples(1, 1, rowColumns)
	insertMany = insertRows + tuples(1, insertedAtOnce, rowColumns)
)

// tuples writes so many lists of parameters, "($1, $2), ($3, $4)", numbered from first.
func tuples(first, lists, each int) string {
	var b strings.Builder
	for list := range lists {
		for n := range each {
			switch {
			case n > 0:
				b.WriteString(", ")
			case list > 0:
				b.WriteString("), (")
			default:
				b.WriteByte('(')
			}
			b.WriteString("$" + strconv.Itoa(first+list*each+n))
		}
	}
	return b.String() + ")"
}
