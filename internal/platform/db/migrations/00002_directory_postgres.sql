-- +goose Up

-- See 00002_directory_sqlite.sql, which says why. Names sort by their bytes, as on SQLite.
ALTER TABLE users ADD COLUMN second_factor boolean NOT NULL DEFAULT false;
ALTER TABLE users ADD COLUMN name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (substr(search_text, 1, 64)) STORED;
ALTER TABLE users ADD COLUMN active_key timestamp NOT NULL GENERATED ALWAYS AS (coalesce(last_active_at, timestamp '1970-01-01')) STORED;
UPDATE users SET second_factor = true WHERE account_id IN (SELECT account_id FROM second_factors);

DROP INDEX users_by_role;
DROP INDEX users_by_status;
CREATE INDEX users_by_name ON users (organization_id, name_key, id);
CREATE INDEX users_by_activity ON users (organization_id, active_key, id);
CREATE INDEX users_by_group ON users (organization_id, status, second_factor, id);
CREATE INDEX users_by_group_name ON users (organization_id, status, second_factor, name_key, id);
CREATE INDEX users_by_group_activity ON users (organization_id, status, second_factor, active_key, id);
CREATE INDEX users_by_role ON users (organization_id, role_id, status, second_factor, id);
CREATE INDEX users_by_role_name ON users (organization_id, role_id, status, second_factor, name_key, id);
CREATE INDEX users_by_role_activity ON users (organization_id, role_id, status, second_factor, active_key, id);

-- The account is locked, so that somebody who joins and a second factor that is
-- set up at the same moment do not miss each other.
-- +goose StatementBegin
CREATE FUNCTION keep_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'users' THEN
        PERFORM 1 FROM accounts WHERE id = new.account_id FOR NO KEY UPDATE;
        new.second_factor := EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = new.account_id);
        RETURN new;
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM accounts WHERE id = new.account_id FOR NO KEY UPDATE;
        UPDATE users SET second_factor = true WHERE account_id = new.account_id;
    ELSE
        PERFORM 1 FROM accounts WHERE id = old.account_id FOR NO KEY UPDATE;
        UPDATE users SET second_factor = false WHERE account_id = old.account_id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER second_factors_kept AFTER INSERT OR DELETE ON second_factors
    FOR EACH ROW EXECUTE FUNCTION keep_second_factor();
CREATE TRIGGER users_join_with_an_account BEFORE INSERT ON users
    FOR EACH ROW WHEN (new.account_id IS NOT NULL) EXECUTE FUNCTION keep_second_factor();
CREATE TRIGGER users_get_an_account BEFORE UPDATE OF account_id ON users
    FOR EACH ROW WHEN (old.account_id IS DISTINCT FROM new.account_id) EXECUTE FUNCTION keep_second_factor();

CREATE TABLE user_counts (
    organization_id text    NOT NULL,
    role_id         text    NOT NULL,
    status          text    NOT NULL,
    second_factor   boolean NOT NULL,
    users           bigint  NOT NULL,
    CONSTRAINT user_counts_pk PRIMARY KEY (organization_id, role_id, status, second_factor),
    CONSTRAINT user_counts_role_fk FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
INSERT INTO user_counts (organization_id, role_id, status, second_factor, users)
    SELECT organization_id, role_id, status, second_factor, count(*) FROM users GROUP BY organization_id, role_id, status, second_factor;

-- Counting waits for the end of the transaction, so that the shared row is locked for its last moment only.
-- Two rows are taken in the order of their keys: two people who move between the same groups never wait for each other.
-- +goose StatementBegin
CREATE FUNCTION count_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_counts AS c
    SELECT * FROM (
        SELECT old.organization_id, old.role_id, old.status, old.second_factor, -1 WHERE TG_OP <> 'INSERT'
        UNION ALL
        SELECT new.organization_id, new.role_id, new.status, new.second_factor, 1 WHERE TG_OP <> 'DELETE'
    ) moved ORDER BY 1, 2, 3, 4
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = c.users + excluded.users;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER users_counted AFTER INSERT OR DELETE ON users
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_users();
CREATE CONSTRAINT TRIGGER users_counted_anew AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((old.role_id, old.status, old.second_factor) <> (new.role_id, new.status, new.second_factor))
    EXECUTE FUNCTION count_users();

-- A table of its own: the note of a last activity makes new entries in all indexes of its row, and these are many.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TABLE user_search (
    organization_id text             NOT NULL,
    user_id         text             NOT NULL,
    role_id         text             NOT NULL,
    standing        text             NOT NULL,
    text            text COLLATE "C" NOT NULL,
    CONSTRAINT user_search_pk PRIMARY KEY (organization_id, user_id),
    CONSTRAINT user_search_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
) WITH (fillfactor = 90);
INSERT INTO user_search (organization_id, user_id, role_id, standing, text)
    SELECT organization_id, id, role_id, substr(status, 1, 2) || second_factor::integer, search_text FROM users;
-- New entries are gathered in a list that each search reads through: it stays short.
CREATE INDEX user_search_trigrams ON user_search USING gin (organization_id, text gin_trgm_ops) WITH (gin_pending_list_limit = 256);

-- +goose StatementBegin
CREATE FUNCTION keep_user_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_search VALUES (new.organization_id, new.id, new.role_id, substr(new.status, 1, 2) || new.second_factor::integer, new.search_text)
    ON CONFLICT (organization_id, user_id) DO UPDATE SET role_id = excluded.role_id, standing = excluded.standing, text = excluded.text;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER users_found AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION keep_user_search();
CREATE TRIGGER users_found_anew AFTER UPDATE ON users FOR EACH ROW
    WHEN ((old.role_id, old.status, old.second_factor, old.search_text) <> (new.role_id, new.status, new.second_factor, new.search_text))
    EXECUTE FUNCTION keep_user_search();

-- +goose Down
DROP TRIGGER users_found_anew ON users;
DROP TRIGGER users_found ON users;
DROP FUNCTION keep_user_search();
DROP TABLE user_search;
DROP TRIGGER users_counted_anew ON users;
DROP TRIGGER users_counted ON users;
DROP FUNCTION count_users();
DROP TABLE user_counts;
DROP TRIGGER users_get_an_account ON users;
DROP TRIGGER users_join_with_an_account ON users;
DROP TRIGGER second_factors_kept ON second_factors;
DROP FUNCTION keep_second_factor();
DROP INDEX users_by_role_activity;
DROP INDEX users_by_role_name;
DROP INDEX users_by_role;
DROP INDEX users_by_group_activity;
DROP INDEX users_by_group_name;
DROP INDEX users_by_group;
DROP INDEX users_by_activity;
DROP INDEX users_by_name;
ALTER TABLE users DROP COLUMN active_key;
ALTER TABLE users DROP COLUMN name_key;
ALTER TABLE users DROP COLUMN second_factor;
CREATE INDEX users_by_role ON users (organization_id, role_id);
CREATE INDEX users_by_status ON users (organization_id, status, id);
