package db

import (
	"context"
	"errors"
	"time"
)

// pruned is about how many rows one transaction of Prune deletes: nobody who
// writes meanwhile waits long.
const pruned = 500

// Aged are the rows of a table that are worth nothing from some moment on.
type Aged struct {
	Table string
	Since string // the column of that moment, which needs an index; rows where it is NULL stay
	// Needed is a condition, in SQL, on rows that stay all the same; empty for none.
	Needed string
}

// Prune deletes the rows that have been worth nothing for so long, few in each
// transaction, the oldest first.
func (d *DB) Prune(ctx context.Context, a Aged, since time.Duration) error {
	for from, more := (time.Time{}), true; more; {
		var to time.Time
		err := d.Write(ctx, func(tx *Tx) (err error) {
			if to, more, err = a.stretch(ctx, tx, from, tx.Now.Add(-since)); err != nil {
				return err
			}
			query := `DELETE FROM ` + a.Table + ` WHERE ` + a.Since + ` > $1 AND ` + a.Since + ` <= $2`
			if a.Needed != "" {
				query += ` AND NOT (` + a.Needed + `)`
			}
			_, err = tx.Exec(ctx, query, from, to)
			return err
		})
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

// stretch returns the end of the time from that moment on that has as many rows
// as one transaction deletes, and whether there are more before the last moment.
// Rows of one instant stay together: one act has written them.
func (a Aged) stretch(ctx context.Context, tx *Tx, from, last time.Time) (to time.Time, more bool, err error) {
	err = tx.QueryRow(ctx, `SELECT `+a.Since+` FROM `+a.Table+` WHERE `+a.Since+` > $1 AND `+a.Since+` <= $2
		ORDER BY `+a.Since+` LIMIT 1 OFFSET $3`, from, last, int64(pruned-1)).Scan(&to)
	if errors.Is(err, ErrNoRow) {
		return last, false, nil
	}
	return to, true, err
}
