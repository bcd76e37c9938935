-- +goose Up

-- A file of people to invite, from the check of its rows to the last invitation.
-- Its rows are erased 30 days after its end; this line and its counts stay.
CREATE TABLE imports (
    organization_id text      NOT NULL,
    id              text      NOT NULL,
    file_name       text      NOT NULL, -- somebody's own words
    state           text      NOT NULL,
    importer_id     text      NOT NULL, -- a user, who checked, started or continued it last, and answers for its invitations
    importer_name   text      NOT NULL,
    address         text      NOT NULL, -- where the importer was at that moment; each invitation's audit event says so
    user_agent      text      NOT NULL,
    request_id      text      NOT NULL,
    paused_by       text      NOT NULL, -- a name, '' while it is not paused
    created_at      timestamp NOT NULL,
    ended_at        timestamp,
    erased_at       timestamp,          -- when its rows were erased
    due_at          timestamp NOT NULL, -- when the next rows may be sent; the end of the lease while a worker is at them
    lease           text      NOT NULL, -- who is at work on it, '' when nobody is
    rests_until     timestamp,          -- set while the limit of a day holds it up
    letter_at       timestamp NOT NULL, -- when the newest of its letters may leave
    to_invite       bigint    NOT NULL, -- rows by verdict
    here            bigint    NOT NULL,
    twice           bigint    NOT NULL,
    wrong           bigint    NOT NULL,
    invited         bigint    NOT NULL, -- of to_invite, what became of them
    failed          bigint    NOT NULL,
    CONSTRAINT imports_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT imports_organization_fk FOREIGN KEY (organization_id) REFERENCES organizations (id),
    CONSTRAINT imports_state CHECK (state IN ('checked', 'sending', 'paused', 'finished', 'stopped', 'discarded')),
    CONSTRAINT imports_end CHECK ((state IN ('finished', 'stopped', 'discarded')) = (ended_at IS NOT NULL)),
    CONSTRAINT imports_progress CHECK (invited + failed <= to_invite)
);
CREATE INDEX imports_by_due ON imports (state, due_at);
CREATE INDEX imports_by_time ON imports (organization_id, created_at);

-- One person of the file, as typed.
CREATE TABLE import_rows (
    organization_id text      NOT NULL,
    import_id       text      NOT NULL,
    position        bigint    NOT NULL, -- grouped by verdict, then as in the file
    line            bigint    NOT NULL, -- in the file, the line of names included
    first_name      text      NOT NULL,
    last_name       text      NOT NULL,
    email           text      NOT NULL,
    role            text      NOT NULL, -- its name
    role_id         text      NOT NULL, -- '' where the row cannot be invited
    verdict         text      NOT NULL,
    first_line      bigint    NOT NULL, -- of the row with the same address, 0 without one
    user_id         text,               -- who was here already or was invited; the row is erased with them
    faults          text      NOT NULL, -- JSON: what is wrong with it
    outcome         text      NOT NULL, -- 'none' for a row that is not to be invited
    invited_at      timestamp,
    CONSTRAINT import_rows_pk PRIMARY KEY (organization_id, import_id, position),
    CONSTRAINT import_rows_import_fk FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT import_rows_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT import_rows_verdict CHECK (verdict IN ('wrong', 'twice', 'here', 'invite')),
    CONSTRAINT import_rows_outcome CHECK (outcome IN ('none', 'waiting', 'invited', 'failed')),
    CONSTRAINT import_rows_to_invite CHECK ((verdict = 'invite') = (outcome <> 'none')),
    CONSTRAINT import_rows_invited CHECK ((outcome = 'invited') = (invited_at IS NOT NULL))
);
CREATE INDEX import_rows_by_outcome ON import_rows (organization_id, import_id, outcome, position);
CREATE INDEX import_rows_by_user ON import_rows (organization_id, user_id);
CREATE INDEX import_rows_by_invitation ON import_rows (organization_id, invited_at);

-- +goose Down
DROP TABLE import_rows;
DROP TABLE imports;
