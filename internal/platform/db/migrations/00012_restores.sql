-- +goose Up

-- Each restore begins a new epoch, in which what the backup carried of sessions,
-- links, codes and queued letters is dead. While epoch_began_at is missing, the
-- restore is not finished, and no program opens the database.
CREATE TABLE restores (
    backup_id      text      NOT NULL,
    backed_up_at   timestamp NOT NULL,
    restored_at    timestamp NOT NULL,
    epoch_began_at timestamp,
    CONSTRAINT restores_pk PRIMARY KEY (backup_id, restored_at)
);

-- While there is a hold, no letter leaves the outbox.
CREATE TABLE mail_holds (
    since  timestamp NOT NULL,
    reason text      NOT NULL,
    CONSTRAINT mail_holds_pk PRIMARY KEY (since)
);

-- +goose Down
DROP TABLE mail_holds;
DROP TABLE restores;
