-- +goose Up

-- What the list of users is filtered and sorted by stands on the row itself, so
-- that an index can hold it. 00002_directory_postgres.sql is the same for PostgreSQL.
ALTER TABLE users ADD COLUMN second_factor boolean NOT NULL DEFAULT false; -- whether the account has one; kept by triggers
ALTER TABLE users ADD COLUMN name_key text GENERATED ALWAYS AS (substr(search_text, 1, 64)) VIRTUAL;
ALTER TABLE users ADD COLUMN active_key timestamp GENERATED ALWAYS AS (coalesce(last_active_at, 0)) VIRTUAL;
UPDATE users SET second_factor = true WHERE account_id IN (SELECT account_id FROM second_factors);

-- Each order of the list, among all users and within each group that a filter
-- can ask for: a page is the merge of few ranges, however many users there are
-- and however rare the group is. (All users by id are the primary key.)
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

-- +goose StatementBegin
CREATE TRIGGER second_factors_on AFTER INSERT ON second_factors BEGIN
    UPDATE users SET second_factor = true WHERE account_id = new.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER second_factors_off AFTER DELETE ON second_factors BEGIN
    UPDATE users SET second_factor = false WHERE account_id = old.account_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_join_with_an_account AFTER INSERT ON users WHEN new.account_id IS NOT NULL BEGIN
    UPDATE users SET second_factor = true
    WHERE organization_id = new.organization_id AND id = new.id AND EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = new.account_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_get_an_account AFTER UPDATE OF account_id ON users BEGIN
    UPDATE users SET second_factor = EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = new.account_id)
    WHERE organization_id = new.organization_id AND id = new.id;
END;
-- +goose StatementEnd

-- How many users there are of each group, so that nobody has to count them.
CREATE TABLE user_counts (
    organization_id text    NOT NULL,
    role_id         text    NOT NULL,
    status          text    NOT NULL,
    second_factor   boolean NOT NULL,
    users           bigint  NOT NULL,
    CONSTRAINT user_counts_pk PRIMARY KEY (organization_id, role_id, status, second_factor),
    CONSTRAINT user_counts_role_fk FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE CASCADE
);
INSERT INTO user_counts (organization_id, role_id, status, second_factor, users)
    SELECT organization_id, role_id, status, second_factor, count(*) FROM users GROUP BY organization_id, role_id, status, second_factor;

-- +goose StatementBegin
CREATE TRIGGER users_counted_in AFTER INSERT ON users BEGIN
    INSERT INTO user_counts VALUES (new.organization_id, new.role_id, new.status, new.second_factor, 1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_counted_out AFTER DELETE ON users BEGIN
    INSERT INTO user_counts VALUES (old.organization_id, old.role_id, old.status, old.second_factor, -1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users - 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_counted_anew AFTER UPDATE OF role_id, status, second_factor ON users
WHEN (old.role_id, old.status, old.second_factor) <> (new.role_id, new.status, new.second_factor) BEGIN
    INSERT INTO user_counts VALUES (old.organization_id, old.role_id, old.status, old.second_factor, -1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users - 1;
    INSERT INTO user_counts VALUES (new.organization_id, new.role_id, new.status, new.second_factor, 1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users + 1;
END;
-- +goose StatementEnd

-- What a search looks in: a copy of what it needs of each user, under a number that the index below knows them by.
-- The note of a last activity leaves it alone.
CREATE TABLE user_search (
    number          integer NOT NULL,
    organization_id text    NOT NULL,
    user_id         text    NOT NULL,
    role_id         text    NOT NULL,
    standing        text    NOT NULL, -- status and second factor in three characters, "ac1" for active with one
    text            text    NOT NULL,
    CONSTRAINT user_search_pk PRIMARY KEY (number),
    CONSTRAINT user_search_user UNIQUE (organization_id, user_id)
);
INSERT INTO user_search (organization_id, user_id, role_id, standing, text)
    SELECT organization_id, id, role_id, substr(status, 1, 2) || second_factor, search_text FROM users ORDER BY id;

-- +goose StatementBegin
CREATE TRIGGER users_found AFTER INSERT ON users BEGIN
    INSERT INTO user_search (organization_id, user_id, role_id, standing, text)
        SELECT organization_id, id, role_id, substr(status, 1, 2) || second_factor, search_text
        FROM users WHERE organization_id = new.organization_id AND id = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_found_anew AFTER UPDATE OF role_id, status, second_factor, search_text ON users
WHEN (old.role_id, old.status, old.second_factor, old.search_text) <> (new.role_id, new.status, new.second_factor, new.search_text) BEGIN
    UPDATE user_search SET (role_id, standing, text) = (
        SELECT role_id, substr(status, 1, 2) || second_factor, search_text
        FROM users WHERE organization_id = new.organization_id AND id = new.id)
    WHERE organization_id = new.organization_id AND user_id = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER users_lost AFTER DELETE ON users BEGIN
    DELETE FROM user_search WHERE organization_id = old.organization_id AND user_id = old.id;
END;
-- +goose StatementEnd

-- Every part of three characters of a text leads to its users. Organization, role and standing are one such part
-- each, so that a search reads nothing but what it may show. Of an id these are three characters from its random
-- end; who shares them by chance is told apart by the row.
CREATE VIRTUAL TABLE user_search_index USING fts5 (
    organization, role, standing, text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO user_search_index (rowid, organization, role, standing, text)
    SELECT number, substr(organization_id, -4, 3), substr(role_id, -4, 3), standing, text FROM user_search;

-- +goose StatementBegin
CREATE TRIGGER user_search_added AFTER INSERT ON user_search BEGIN
    INSERT INTO user_search_index (rowid, organization, role, standing, text)
    VALUES (new.number, substr(new.organization_id, -4, 3), substr(new.role_id, -4, 3), new.standing, new.text);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER user_search_changed AFTER UPDATE ON user_search BEGIN
    INSERT INTO user_search_index (user_search_index, rowid, organization, role, standing, text)
    VALUES ('delete', old.number, substr(old.organization_id, -4, 3), substr(old.role_id, -4, 3), old.standing, old.text);
    INSERT INTO user_search_index (rowid, organization, role, standing, text)
    VALUES (new.number, substr(new.organization_id, -4, 3), substr(new.role_id, -4, 3), new.standing, new.text);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER user_search_removed AFTER DELETE ON user_search BEGIN
    INSERT INTO user_search_index (user_search_index, rowid, organization, role, standing, text)
    VALUES ('delete', old.number, substr(old.organization_id, -4, 3), substr(old.role_id, -4, 3), old.standing, old.text);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER user_search_removed;
DROP TRIGGER user_search_changed;
DROP TRIGGER user_search_added;
DROP TRIGGER users_lost;
DROP TRIGGER users_found_anew;
DROP TRIGGER users_found;
DROP TABLE user_search_index;
DROP TABLE user_search;
DROP TRIGGER users_counted_anew;
DROP TRIGGER users_counted_out;
DROP TRIGGER users_counted_in;
DROP TABLE user_counts;
DROP TRIGGER users_get_an_account;
DROP TRIGGER users_join_with_an_account;
DROP TRIGGER second_factors_off;
DROP TRIGGER second_factors_on;
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
