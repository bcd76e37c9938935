-- +goose Up

-- By these, ended letters and dead links are found once they are 30 days old.
CREATE INDEX letters_by_end ON letters (ended_at);
CREATE INDEX links_by_expiry ON links (expires_at);

-- +goose Down
DROP INDEX links_by_expiry;
DROP INDEX letters_by_end;
