-- +goose Up

-- The vendor of the installation is an organization of its own kind, and its
-- users are the operators. 00008_vendor_postgres.sql is the same for PostgreSQL.
ALTER TABLE organizations ADD COLUMN kind text NOT NULL DEFAULT 'client' CONSTRAINT organizations_kind CHECK (kind IN ('client', 'vendor'));
CREATE UNIQUE INDEX organizations_one_vendor ON organizations (kind) WHERE kind = 'vendor';

-- An address is known once to the organizations of each kind: an operator's
-- log-in is not the one that the same person may have at a client. SQLite takes
-- a rule from a table by making the table anew; migrations run without its
-- foreign keys, so that nothing that refers to an account follows the old one.
CREATE TABLE accounts_anew (
    id                  text      NOT NULL,
    kind                text      NOT NULL DEFAULT 'client', -- of the organizations that it may belong to
    email               text      NOT NULL,
    email_key           text      NOT NULL, -- the canonical form, made in Go
    password_hash       text      NOT NULL,
    password_changed_at timestamp NOT NULL,
    setup_step          text      NOT NULL, -- the open step of the set-up, '' when done
    language            text      NOT NULL,
    mobile_number       text,               -- E.164, "+61412345210"
    mobile_region       text,               -- that its owner chose, "AU": several regions share a calling code
    reset_letter_id     text,               -- the newest letter that carries, or will carry, a reset link; NULL when none may
    created_at          timestamp NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_email_key UNIQUE (kind, email_key),
    CONSTRAINT accounts_kind CHECK (kind IN ('client', 'vendor')),
    CONSTRAINT accounts_setup_step CHECK (setup_step IN ('', 'second_factor', 'second_factor_again', 'recovery_codes')),
    CONSTRAINT accounts_mobile CHECK ((mobile_number IS NULL) = (mobile_region IS NULL))
);
INSERT INTO accounts_anew (id, email, email_key, password_hash, password_changed_at, setup_step, language,
        mobile_number, mobile_region, reset_letter_id, created_at)
    SELECT id, email, email_key, password_hash, password_changed_at, setup_step, language,
        mobile_number, mobile_region, reset_letter_id, created_at FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_anew RENAME TO accounts;

-- A link opens something for the people of one kind of organization alone.
ALTER TABLE links ADD COLUMN kind text NOT NULL DEFAULT 'client' CONSTRAINT links_kind CHECK (kind IN ('client', 'vendor'));

-- Under whose letterhead a letter leaves, and to whose front its link leads.
ALTER TABLE letters ADD COLUMN letterhead text NOT NULL DEFAULT 'client' CONSTRAINT letters_letterhead CHECK (letterhead IN ('client', 'vendor'));

-- +goose Down
ALTER TABLE letters DROP COLUMN letterhead;
ALTER TABLE links DROP COLUMN kind;
CREATE TABLE accounts_anew (
    id                  text      NOT NULL,
    email               text      NOT NULL,
    email_key           text      NOT NULL,
    password_hash       text      NOT NULL,
    password_changed_at timestamp NOT NULL,
    setup_step          text      NOT NULL,
    language            text      NOT NULL,
    mobile_number       text,
    mobile_region       text,
    reset_letter_id     text,
    created_at          timestamp NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_email_key UNIQUE (email_key),
    CONSTRAINT accounts_setup_step CHECK (setup_step IN ('', 'second_factor', 'second_factor_again', 'recovery_codes')),
    CONSTRAINT accounts_mobile CHECK ((mobile_number IS NULL) = (mobile_region IS NULL))
);
INSERT INTO accounts_anew SELECT id, email, email_key, password_hash, password_changed_at, setup_step, language,
    mobile_number, mobile_region, reset_letter_id, created_at FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_anew RENAME TO accounts;
DROP INDEX organizations_one_vendor;
ALTER TABLE organizations DROP COLUMN kind;
