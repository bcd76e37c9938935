-- +goose Up

-- The vendor of the installation is an organization of its own kind, and its
-- users are the operators. 00008_vendor_sqlite.sql is the same for SQLite.
ALTER TABLE organizations ADD COLUMN kind text NOT NULL DEFAULT 'client' CONSTRAINT organizations_kind CHECK (kind IN ('client', 'vendor'));
CREATE UNIQUE INDEX organizations_one_vendor ON organizations (kind) WHERE kind = 'vendor';

-- An address is known once to the organizations of each kind: an operator's
-- log-in is not the one that the same person may have at a client.
ALTER TABLE accounts ADD COLUMN kind text NOT NULL DEFAULT 'client' CONSTRAINT accounts_kind CHECK (kind IN ('client', 'vendor'));
ALTER TABLE accounts DROP CONSTRAINT accounts_email_key;
ALTER TABLE accounts ADD CONSTRAINT accounts_email_key UNIQUE (kind, email_key);

-- A link opens something for the people of one kind of organization alone.
ALTER TABLE links ADD COLUMN kind text NOT NULL DEFAULT 'client' CONSTRAINT links_kind CHECK (kind IN ('client', 'vendor'));

-- Under whose letterhead a letter leaves, and to whose front its link leads.
ALTER TABLE letters ADD COLUMN letterhead text NOT NULL DEFAULT 'client' CONSTRAINT letters_letterhead CHECK (letterhead IN ('client', 'vendor'));

-- +goose Down
ALTER TABLE letters DROP COLUMN letterhead;
ALTER TABLE links DROP COLUMN kind;
ALTER TABLE accounts DROP CONSTRAINT accounts_email_key;
ALTER TABLE accounts DROP COLUMN kind;
ALTER TABLE accounts ADD CONSTRAINT accounts_email_key UNIQUE (email_key);
DROP INDEX organizations_one_vendor;
ALTER TABLE organizations DROP COLUMN kind;
