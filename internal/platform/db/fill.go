package db

import "context"

// Fill runs what brings many rows into empty tables, and derives from them what
// triggers keep otherwise (see Tables).
//
// On PostgreSQL it does that once, at the end: with the triggers, each user would
// write one shared count anew, and the database walks through all the versions of
// a row that a transaction has written. SQLite writes rows in place.
func Fill(ctx context.Context, tx *Tx, load func() error) error {
	if tx.engine != PostgreSQL {
		return load()
	}
	for _, statement := range []string{
		`ALTER TABLE users DISABLE TRIGGER USER`, `ALTER TABLE second_factors DISABLE TRIGGER USER`,
		`DELETE FROM user_search`, `DELETE FROM user_counts`,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := load(); err != nil {
		return err
	}
	var index string
	if err := tx.QueryRow(ctx, `SELECT pg_get_indexdef('user_search_trigrams'::regclass)`).Scan(&index); err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO user_counts (organization_id, role_id, status, second_factor, users)
			SELECT organization_id, role_id, status, second_factor, count(*) FROM users GROUP BY organization_id, role_id, status, second_factor`,
		`DROP INDEX user_search_trigrams`, // made at once it takes a tenth of the time
		`INSERT INTO user_search (organization_id, user_id, role_id, standing, text)
			SELECT organization_id, id, role_id, substr(status, 1, 2) || second_factor::integer, search_text FROM users`,
		index,
		`ALTER TABLE second_factors ENABLE TRIGGER USER`, `ALTER TABLE users ENABLE TRIGGER USER`,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
