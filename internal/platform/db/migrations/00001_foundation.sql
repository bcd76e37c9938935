-- +goose Up

-- A client organization of the vendor. The id "installation" is reserved for
-- acts outside any organization, such as a log-in with an unknown address.
CREATE TABLE organizations (
    id         text      NOT NULL,
    name       text      NOT NULL,
    status     text      NOT NULL,
    created_at timestamp NOT NULL,
    CONSTRAINT organizations_pk PRIMARY KEY (id),
    CONSTRAINT organizations_status CHECK (status IN ('active', 'suspended'))
);

-- What the people of an organization may open and do. The built-in kinds are
-- made with the organization; own ones list their permissions.
CREATE TABLE roles (
    organization_id text      NOT NULL,
    id              text      NOT NULL,
    name            text      NOT NULL,
    name_key        text      NOT NULL,
    kind            text      NOT NULL,
    description     text      NOT NULL DEFAULT '',
    permissions     text      NOT NULL, -- separated by one space, "module.access" and what counts beside it; an administrator's are complete by kind
    created_at      timestamp NOT NULL,
    CONSTRAINT roles_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT roles_name_key UNIQUE (organization_id, name_key),
    CONSTRAINT roles_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
    CONSTRAINT roles_kind CHECK (kind IN ('administrator', 'member', 'own'))
);

-- A person's log-in, one for each email address on the installation.
CREATE TABLE accounts (
    id                  text      NOT NULL,
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
    CONSTRAINT accounts_email_key UNIQUE (email_key),
    CONSTRAINT accounts_setup_step CHECK (setup_step IN ('', 'second_factor', 'second_factor_again', 'recovery_codes')),
    CONSTRAINT accounts_mobile CHECK ((mobile_number IS NULL) = (mobile_region IS NULL))
);

-- A change of address, from the wish to the end of the days in which it can be
-- undone. The account's own columns change with its confirmation and not before.
CREATE TABLE email_changes (
    id           text      NOT NULL,
    account_id   text      NOT NULL,
    old_address  text      NOT NULL,
    old_key      text      NOT NULL,
    new_address  text      NOT NULL,
    new_key      text      NOT NULL,
    state        text      NOT NULL,
    letter_id    text      NOT NULL, -- the newest letter to the new address; links of older ones have ended
    asked_at     timestamp NOT NULL,
    expires_at   timestamp NOT NULL, -- until when it waits for its proof; counts anew from the hand-over of the letter
    confirmed_at timestamp,
    CONSTRAINT email_changes_pk PRIMARY KEY (id),
    CONSTRAINT email_changes_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT email_changes_state CHECK (state IN ('pending', 'stopped', 'confirmed', 'undone')),
    CONSTRAINT email_changes_confirmation CHECK ((state IN ('confirmed', 'undone')) = (confirmed_at IS NOT NULL))
);
CREATE INDEX email_changes_by_account ON email_changes (account_id, state);
CREATE INDEX email_changes_by_old_key ON email_changes (old_key, state);
CREATE UNIQUE INDEX email_changes_one_pending ON email_changes (account_id) WHERE state = 'pending';

-- A person in an organization. An invited user has no account yet.
CREATE TABLE users (
    organization_id text      NOT NULL,
    id              text      NOT NULL,
    account_id      text,
    first_name      text      NOT NULL,
    last_name       text      NOT NULL,
    email           text      NOT NULL,
    email_key       text      NOT NULL,
    search_text     text      NOT NULL, -- names and address, folded in Go
    role_id         text      NOT NULL,
    status          text      NOT NULL,
    created_at      timestamp NOT NULL,
    activated_at    timestamp,
    last_active_at  timestamp,
    suspended_at     timestamp, -- with the two below for administrators, while the status is suspended
    suspended_by     text,      -- a user of the organization, who may be gone since
    suspended_reason text,      -- '' when none was given
    CONSTRAINT users_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT users_email_key UNIQUE (organization_id, email_key),
    CONSTRAINT users_account UNIQUE (account_id, organization_id),
    CONSTRAINT users_role_fk FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id),
    CONSTRAINT users_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT users_status CHECK (status IN ('invited', 'active', 'suspended')),
    CONSTRAINT users_have_an_account CHECK ((status = 'invited') = (account_id IS NULL))
);
CREATE INDEX users_by_role ON users (organization_id, role_id);
CREATE INDEX users_by_status ON users (organization_id, status, id);
CREATE INDEX users_by_email ON users (email_key);

-- The open invitation of an invited user.
CREATE TABLE invitations (
    organization_id text      NOT NULL,
    user_id         text      NOT NULL,
    inviter_id      text,               -- a user; NULL for the first administrator, whom the installation invites
    inviter_name    text      NOT NULL,
    language        text      NOT NULL,
    note            text      NOT NULL,
    created_at      timestamp NOT NULL,
    letter_id       text,               -- the letter that carries, or will carry, the link
    expires_at      timestamp,          -- NULL until a link was handed over
    remind_at       timestamp,          -- when M02 is due; NULL once it was sent, or before the hand-over
    asked_again_at  timestamp,          -- when the person asked for a new one after the end
    CONSTRAINT invitations_pk PRIMARY KEY (organization_id, user_id),
    CONSTRAINT invitations_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX invitations_by_inviter ON invitations (organization_id, inviter_id);
CREATE INDEX invitations_by_reminder ON invitations (remind_at);

-- One-time secrets that travel by mail. The row outlives its use so that the
-- page can say what became of the link.
CREATE TABLE links (
    token_hash      bytea     NOT NULL,
    purpose         text      NOT NULL,
    organization_id text      NOT NULL, -- '' where the purpose has none
    subject_id      text      NOT NULL, -- of whom or what: a user, an account, a session
    address         text      NOT NULL, -- the address it was sent to, and so proves
    letter_id       text      NOT NULL, -- '' where it was not mailed
    created_at      timestamp NOT NULL,
    expires_at      timestamp NOT NULL,
    ended_at        timestamp,
    ended_because   text,
    CONSTRAINT links_pk PRIMARY KEY (token_hash),
    CONSTRAINT links_end CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT links_ended_because CHECK (ended_because IN ('used', 'replaced', 'withdrawn', 'voided'))
);
CREATE INDEX links_by_subject ON links (subject_id, purpose);

CREATE TABLE second_factors (
    account_id    text      NOT NULL,
    secret_sealed bytea     NOT NULL,
    last_step     bigint    NOT NULL, -- the newest time step that was accepted; only greater ones are
    created_at    timestamp NOT NULL,
    CONSTRAINT second_factors_pk PRIMARY KEY (account_id),
    CONSTRAINT second_factors_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

-- A second factor that is being set up and not yet proven.
CREATE TABLE second_factor_enrolments (
    account_id    text      NOT NULL,
    session_id    text      NOT NULL, -- that began it, and alone sees its key
    secret_sealed bytea     NOT NULL,
    created_at    timestamp NOT NULL,
    expires_at    timestamp NOT NULL,
    CONSTRAINT second_factor_enrolments_pk PRIMARY KEY (account_id),
    CONSTRAINT second_factor_enrolments_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    account_id text      NOT NULL,
    code_hash  bytea     NOT NULL,
    created_at timestamp NOT NULL,
    used_at    timestamp,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (account_id, code_hash),
    CONSTRAINT recovery_codes_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

-- The sheet of codes, readable until its owner confirms having saved it.
CREATE TABLE recovery_code_sheets (
    account_id   text      NOT NULL,
    codes_sealed bytea     NOT NULL,
    created_at   timestamp NOT NULL,
    CONSTRAINT recovery_code_sheets_pk PRIMARY KEY (account_id),
    CONSTRAINT recovery_code_sheets_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE sessions (
    token_hash      bytea     NOT NULL,
    id              text      NOT NULL,
    organization_id text      NOT NULL,
    user_id         text      NOT NULL,
    account_id      text      NOT NULL,
    created_at      timestamp NOT NULL,
    last_seen_at    timestamp NOT NULL,
    expires_at      timestamp NOT NULL, -- the absolute limit; the idle limit counts from last_seen_at
    proven_at       timestamp NOT NULL, -- when its owner last proved who they are
    second_factor   boolean   NOT NULL, -- whether a second factor was proven at log-in
    factor_reset_until timestamp,       -- while this session may replace the second factor
    address         text      NOT NULL,
    user_agent      text      NOT NULL,
    ended_at        timestamp,          -- the row outlives its end, for whoever follows "This was not me"
    ended_because   text,
    CONSTRAINT sessions_pk PRIMARY KEY (token_hash),
    CONSTRAINT sessions_id UNIQUE (id),
    CONSTRAINT sessions_end CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT sessions_ended_because CHECK (ended_because IN ('logged_out', 'ended', 'displaced', 'suspended', 'disowned')),
    CONSTRAINT sessions_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT sessions_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_account ON sessions (account_id, last_seen_at);
CREATE INDEX sessions_by_user ON sessions (organization_id, user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A log-in whose password is proven and whose next step is not.
CREATE TABLE half_logins (
    token_hash    bytea     NOT NULL,
    account_id    text      NOT NULL,
    step          text      NOT NULL,
    second_factor boolean   NOT NULL,
    tries         bigint    NOT NULL,
    created_at    timestamp NOT NULL,
    expires_at    timestamp NOT NULL,
    CONSTRAINT half_logins_pk PRIMARY KEY (token_hash),
    CONSTRAINT half_logins_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT half_logins_step CHECK (step IN ('code', 'organization'))
);
CREATE INDEX half_logins_by_account ON half_logins (account_id);
CREATE INDEX half_logins_by_expiry ON half_logins (expires_at);

-- Counters of tries, kept in the database so that every node and every restart
-- sees the same ones.
CREATE TABLE throttles (
    key        text      NOT NULL,
    failures   bigint    NOT NULL, -- since the last success
    recent     bytea     NOT NULL, -- the instants of the tries that count, eight bytes each
    touched_at timestamp NOT NULL, -- the last try that counted
    CONSTRAINT throttles_pk PRIMARY KEY (key)
);
CREATE INDEX throttles_by_touch ON throttles (touched_at);

-- Outgoing mail. A letter holds no link: the secret is made at the hand-over.
CREATE TABLE letters (
    id              text      NOT NULL,
    organization_id text      NOT NULL, -- '' where the kind has none
    kind            text      NOT NULL,
    subject_id      text      NOT NULL, -- what the letter is about: a user, an account, a session
    address         text      NOT NULL,
    language        text      NOT NULL,
    data            text      NOT NULL, -- JSON for the composer of this kind
    message_id      text      NOT NULL,
    state           text      NOT NULL,
    attempts        bigint    NOT NULL,
    created_at      timestamp NOT NULL,
    due_at          timestamp NOT NULL, -- when the next attempt may start; the end of the lease while one runs
    give_up_at      timestamp NOT NULL,
    lease           text      NOT NULL, -- who is at work on it, '' when nobody is
    reply           text      NOT NULL, -- the mail server's own words at the last attempt
    ended_at        timestamp,
    CONSTRAINT letters_pk PRIMARY KEY (id),
    CONSTRAINT letters_state CHECK (state IN ('queued', 'sent', 'undeliverable', 'withdrawn'))
);
CREATE INDEX letters_by_address ON letters (address);
CREATE INDEX letters_by_due ON letters (state, due_at);
CREATE INDEX letters_by_subject ON letters (subject_id, kind);

-- What happened, hash-chained per organization; a row holds the hash of the one
-- before it. See package audit.
CREATE TABLE audit_events (
    organization_id text      NOT NULL,
    sequence        bigint    NOT NULL,
    at              timestamp NOT NULL,
    action          text      NOT NULL,
    actor_kind      text      NOT NULL,
    actor_id        text      NOT NULL,
    actor_name      text      NOT NULL,
    target_kind     text      NOT NULL,
    target_id       text      NOT NULL,
    target_name     text      NOT NULL,
    details         text      NOT NULL, -- JSON
    address         text      NOT NULL,
    user_agent      text      NOT NULL,
    request_id      text      NOT NULL,
    previous_hash   bytea     NOT NULL,
    hash            bytea     NOT NULL,
    CONSTRAINT audit_events_pk PRIMARY KEY (organization_id, sequence)
);
CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_id, sequence);
CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor_id, sequence);

CREATE TABLE audit_heads (
    organization_id text   NOT NULL,
    sequence        bigint NOT NULL,
    hash            bytea  NOT NULL,
    CONSTRAINT audit_heads_pk PRIMARY KEY (organization_id)
);

-- Forms already carried out, so that a double click or a re-post does nothing twice.
CREATE TABLE posted_forms (
    key       bytea     NOT NULL,
    posted_at timestamp NOT NULL,
    location  text      NOT NULL, -- where the first post led, '' while it is under way
    CONSTRAINT posted_forms_pk PRIMARY KEY (key)
);
CREATE INDEX posted_forms_by_time ON posted_forms (posted_at);

-- +goose Down
DROP TABLE posted_forms;
DROP TABLE audit_heads;
DROP TABLE audit_events;
DROP TABLE letters;
DROP TABLE throttles;
DROP TABLE half_logins;
DROP TABLE sessions;
DROP TABLE recovery_code_sheets;
DROP TABLE recovery_codes;
DROP TABLE second_factor_enrolments;
DROP TABLE second_factors;
DROP TABLE links;
DROP TABLE invitations;
DROP TABLE users;
DROP TABLE email_changes;
DROP TABLE accounts;
DROP TABLE roles;
DROP TABLE organizations;
