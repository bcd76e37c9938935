package session

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"idkit/internal/platform/db"
)

// Listed is one place where a person is logged in.
type Listed struct {
	ID               string
	OrganizationID   string
	OrganizationName string
	UserID           string
	UserName         string
	AccountID        string
	CreatedAt        time.Time
	LastSeenAt       time.Time
	Address          string
	UserAgent        string
}

const listColumns = `SELECT s.id, s.organization_id, o.name, s.user_id, u.first_name, u.last_name, s.account_id, s.created_at, s.last_seen_at,
	s.address, s.user_agent
	FROM sessions s
	JOIN organizations o ON o.id = s.organization_id
	JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id `

func scanListed(row db.Row) (Listed, error) {
	var l Listed
	var first, last string
	err := row.Scan(&l.ID, &l.OrganizationID, &l.OrganizationName, &l.UserID, &first, &last, &l.AccountID,
		&l.CreatedAt, &l.LastSeenAt, &l.Address, &l.UserAgent)
	l.UserName = fullName(first, last)
	return l, err
}

// List returns where an account is logged in, over all its organizations, the
// last used session first.
func List(ctx context.Context, tx *db.Tx, accountID string) ([]Listed, error) {
	listed, err := db.Collect(ctx, tx, scanListed, listColumns+`
		WHERE s.account_id = $1 AND s.ended_at IS NULL ORDER BY s.last_seen_at DESC, s.id DESC`, accountID)
	if err != nil {
		return nil, err
	}
	live, err := alive(ctx, tx, `s.account_id = $3`, accountID)
	return slices.DeleteFunc(listed, func(l Listed) bool {
		return !slices.ContainsFunc(live, func(o open) bool { return o.id == l.ID })
	}), err
}

// Find returns a session, live or not, as long as its row is kept. Fault: db.ErrNoRow.
func Find(ctx context.Context, tx *db.Tx, sessionID string) (Listed, error) {
	return scanListed(tx.QueryRow(ctx, listColumns+`WHERE s.id = $1`, sessionID))
}

// CountOfUser returns at how many places a user is logged in.
func CountOfUser(ctx context.Context, tx *db.Tx, organizationID, userID string) (int, error) {
	live, err := alive(ctx, tx, `s.organization_id = $3 AND s.user_id = $4`, organizationID, userID)
	return len(live), err
}

// LoggedIn says which of some users of an organization are logged in there, in one query.
func LoggedIn(ctx context.Context, tx *db.Tx, organizationID string, userIDs ...string) (map[string]bool, error) {
	loggedIn := map[string]bool{}
	if len(userIDs) == 0 {
		return loggedIn, nil
	}
	places, args := make([]string, len(userIDs)), []any{organizationID}
	for i, userID := range userIDs {
		args = append(args, userID)
		places[i] = "$" + strconv.Itoa(2+len(args))
	}
	live, err := alive(ctx, tx, `s.organization_id = $3 AND s.user_id IN (`+strings.Join(places, ", ")+`)`, args...)
	for _, o := range live {
		loggedIn[o.userID] = true
	}
	return loggedIn, err
}

// CountLive counts the sessions of the whole installation that are within their
// absolute limit and have not been ended. Some of them may be idle for too long.
func CountLive(ctx context.Context, tx *db.Tx) (live int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM sessions WHERE expires_at > $1 AND ended_at IS NULL`, tx.Now).Scan(&live)
	return live, err
}
