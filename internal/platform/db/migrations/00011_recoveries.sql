-- +goose Up

-- A recovery of an organization whose Administrators are all lost. One waits at
-- a time; what became of it stays, and stands in the audit trail as well.
CREATE TABLE recoveries (
    organization_id text      NOT NULL, -- a client
    id              text      NOT NULL,
    state           text      NOT NULL,
    reason          text      NOT NULL, -- somebody's own words
    first_name      text      NOT NULL, -- of the person to invite
    last_name       text      NOT NULL,
    email           text      NOT NULL,
    vendor_id       text      NOT NULL,
    vendor_name     text      NOT NULL,
    started_by      text      NOT NULL, -- a user of the vendor, who may be gone since
    starter_name    text      NOT NULL,
    by_command      boolean   NOT NULL,
    started_at      timestamp NOT NULL,
    first_told_at   timestamp,          -- when everybody was told of the start: the wait counts from here
    opens_at        timestamp,          -- when the invitation may leave; NULL until the last of three days with letters has begun
    lapses_at       timestamp NOT NULL,
    approved_by     text      NOT NULL, -- a user of the vendor, '' before the approval
    approver_name   text      NOT NULL,
    approved_at     timestamp,
    ended_by        text      NOT NULL, -- a name, '' where it ended by itself or has not
    ended_at        timestamp,
    round           bigint    NOT NULL, -- of letters to all users, from 0
    round_began_at  timestamp NOT NULL,
    told_up_to      text      NOT NULL, -- the user whom the newest letter of the round is for
    letter_at       timestamp NOT NULL, -- when that letter may leave
    queued_at       timestamp,          -- when the last letter of the round was put into the outbox
    told_at         timestamp,          -- when all of them had left, or were tried
    letters_over    boolean   NOT NULL, -- it has ended, and everybody was told
    CONSTRAINT recoveries_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT recoveries_organization_fk FOREIGN KEY (organization_id) REFERENCES organizations (id),
    CONSTRAINT recoveries_vendor_fk FOREIGN KEY (vendor_id) REFERENCES organizations (id),
    CONSTRAINT recoveries_state CHECK (state IN ('waiting', 'invited', 'objected', 'stopped', 'returned', 'lapsed', 'void')),
    CONSTRAINT recoveries_end CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT recoveries_two_people CHECK (approved_by <> started_by),
    CONSTRAINT recoveries_approval CHECK ((approved_by = '') = (approved_at IS NULL)),
    CONSTRAINT recoveries_invited CHECK (state <> 'invited' OR (approved_at IS NOT NULL AND opens_at IS NOT NULL))
);
CREATE UNIQUE INDEX recoveries_one_waiting ON recoveries (organization_id) WHERE state = 'waiting';
CREATE INDEX recoveries_by_letters ON recoveries (letters_over);

-- +goose Down
DROP TABLE recoveries;
