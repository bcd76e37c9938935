-- +goose Up

-- Whether the password has fewer characters than one that stands alone must have:
-- noted when it is chosen, and when it is typed at a log-in.
ALTER TABLE accounts ADD COLUMN password_short boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE accounts DROP COLUMN password_short;
