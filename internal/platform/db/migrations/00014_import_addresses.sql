-- +goose Up

-- What a deletion erases from imports is found by these: the canonical address of a
-- row, '' where what was typed is none, and the user who paused.
ALTER TABLE import_rows ADD COLUMN email_key text NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN paused_by_id text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE imports DROP COLUMN paused_by_id;
ALTER TABLE import_rows DROP COLUMN email_key;
