-- +goose Up

-- A reset of somebody's second factor that an administrator has begun: it waits
-- for the code that its owner reads out, or for a second Administrator. One for
-- each user; what became of it stands in the audit trail.
CREATE TABLE second_factor_resets (
    organization_id     text      NOT NULL,
    user_id             text      NOT NULL,
    id                  text      NOT NULL,
    asked_by            text      NOT NULL, -- a user
    waits_for           text      NOT NULL,
    asked_at            timestamp NOT NULL,
    ends_at             timestamp NOT NULL,
    letter_id           text,               -- the letter that carries, or will carry, the code; NULL where none may
    code_hash           bytea,              -- keyed; NULL until the hand-over of the letter
    tries               bigint    NOT NULL, -- of the code
    code_proven         boolean   NOT NULL,
    -- What the account was protected by when it was begun. A change of any of it ends the reset.
    email_key           text      NOT NULL,
    password_changed_at timestamp NOT NULL,
    factor_created_at   timestamp NOT NULL,
    CONSTRAINT second_factor_resets_pk PRIMARY KEY (organization_id, user_id),
    CONSTRAINT second_factor_resets_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT second_factor_resets_asker_fk FOREIGN KEY (organization_id, asked_by) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT second_factor_resets_two_people CHECK (asked_by <> user_id),
    CONSTRAINT second_factor_resets_waits_for CHECK (waits_for IN ('code', 'approval'))
);
CREATE INDEX second_factor_resets_by_asker ON second_factor_resets (organization_id, asked_by);

-- +goose Down
DROP TABLE second_factor_resets;
