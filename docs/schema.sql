CREATE TABLE "accounts" (
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
    created_at          timestamp NOT NULL, password_short boolean NOT NULL DEFAULT false,
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_email_key UNIQUE (kind, email_key),
    CONSTRAINT accounts_kind CHECK (kind IN ('client', 'vendor')),
    CONSTRAINT accounts_setup_step CHECK (setup_step IN ('', 'second_factor', 'second_factor_again', 'recovery_codes')),
    CONSTRAINT accounts_mobile CHECK ((mobile_number IS NULL) = (mobile_region IS NULL))
);

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

CREATE INDEX audit_events_by_action ON audit_events (organization_id, action, at, sequence);

CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor_id, at, sequence, action);

CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_id, at, sequence, action);

CREATE INDEX audit_events_by_time ON audit_events (organization_id, at, sequence);

CREATE TABLE audit_heads (
    organization_id text   NOT NULL,
    sequence        bigint NOT NULL,
    hash            bytea  NOT NULL,
    CONSTRAINT audit_heads_pk PRIMARY KEY (organization_id)
);

CREATE TABLE audit_subjects (
    organization_id text NOT NULL,
    subject_id      text NOT NULL,
    name_key        text NOT NULL, -- folded for the search
    CONSTRAINT audit_subjects_pk PRIMARY KEY (organization_id, subject_id, name_key)
);

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
    invited_at      timestamp, email_key text NOT NULL DEFAULT '',
    CONSTRAINT import_rows_pk PRIMARY KEY (organization_id, import_id, position),
    CONSTRAINT import_rows_import_fk FOREIGN KEY (organization_id, import_id) REFERENCES imports (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT import_rows_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT import_rows_verdict CHECK (verdict IN ('wrong', 'twice', 'here', 'invite')),
    CONSTRAINT import_rows_outcome CHECK (outcome IN ('none', 'waiting', 'invited', 'failed')),
    CONSTRAINT import_rows_to_invite CHECK ((verdict = 'invite') = (outcome <> 'none')),
    CONSTRAINT import_rows_invited CHECK ((outcome = 'invited') = (invited_at IS NOT NULL))
);

CREATE INDEX import_rows_by_invitation ON import_rows (organization_id, invited_at);

CREATE INDEX import_rows_by_outcome ON import_rows (organization_id, import_id, outcome, position);

CREATE INDEX import_rows_by_user ON import_rows (organization_id, user_id);

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
    failed          bigint    NOT NULL, ended_because text NOT NULL DEFAULT ''
    CONSTRAINT imports_ended_because CHECK (ended_because IN ('', 'importer_suspended', 'importer_demoted', 'importer_deleted',
        'organization_suspended', 'not_continued', 'not_started')), paused_by_id text NOT NULL DEFAULT '',
    CONSTRAINT imports_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT imports_organization_fk FOREIGN KEY (organization_id) REFERENCES organizations (id),
    CONSTRAINT imports_state CHECK (state IN ('checked', 'sending', 'paused', 'finished', 'stopped', 'discarded')),
    CONSTRAINT imports_end CHECK ((state IN ('finished', 'stopped', 'discarded')) = (ended_at IS NOT NULL)),
    CONSTRAINT imports_progress CHECK (invited + failed <= to_invite)
);

CREATE INDEX imports_by_due ON imports (state, due_at);

CREATE INDEX imports_by_time ON imports (organization_id, created_at);

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
    ended_at        timestamp, letterhead text NOT NULL DEFAULT 'client' CONSTRAINT letters_letterhead CHECK (letterhead IN ('client', 'vendor')),
    CONSTRAINT letters_pk PRIMARY KEY (id),
    CONSTRAINT letters_state CHECK (state IN ('queued', 'sent', 'undeliverable', 'withdrawn'))
);

CREATE INDEX letters_by_address ON letters (address);

CREATE INDEX letters_by_due ON letters (state, due_at);

CREATE INDEX letters_by_end ON letters (ended_at);

CREATE INDEX letters_by_subject ON letters (subject_id, kind);

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
    ended_because   text, kind text NOT NULL DEFAULT 'client' CONSTRAINT links_kind CHECK (kind IN ('client', 'vendor')),
    CONSTRAINT links_pk PRIMARY KEY (token_hash),
    CONSTRAINT links_end CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT links_ended_because CHECK (ended_because IN ('used', 'replaced', 'withdrawn', 'voided'))
);

CREATE INDEX links_by_expiry ON links (expires_at);

CREATE INDEX links_by_subject ON links (subject_id, purpose);

CREATE TABLE mail_holds (
    since  timestamp NOT NULL,
    reason text      NOT NULL,
    CONSTRAINT mail_holds_pk PRIMARY KEY (since)
);

CREATE TABLE organizations (
    id         text      NOT NULL,
    name       text      NOT NULL,
    status     text      NOT NULL,
    created_at timestamp NOT NULL, kind text NOT NULL DEFAULT 'client' CONSTRAINT organizations_kind CHECK (kind IN ('client', 'vendor')), name_key text NOT NULL DEFAULT '', country text NOT NULL DEFAULT '', category text NOT NULL DEFAULT '', last_active_at timestamp, trial_started_at timestamp, trial_ends_at timestamp, trial_due_at timestamp, suspended_at timestamp, suspended_because text CONSTRAINT organizations_suspended_because CHECK (suspended_because IN ('vendor', 'trial')), suspended_by text, suspended_reason text, second_factor text NOT NULL DEFAULT 'recommended'
    CONSTRAINT organizations_second_factor CHECK (second_factor IN ('recommended', 'administrators', 'all')), second_factor_from timestamp, second_factor_remind_at timestamp, second_factor_letter text NOT NULL DEFAULT '', second_factor_told text NOT NULL DEFAULT '', password_minimum bigint NOT NULL DEFAULT 15, idle_minutes bigint NOT NULL DEFAULT 30, session_minutes bigint NOT NULL DEFAULT 720, invitation_hours bigint NOT NULL DEFAULT 168, brand_name text NOT NULL DEFAULT '', brand_light text NOT NULL DEFAULT '', brand_dark text NOT NULL DEFAULT '', support_url text NOT NULL DEFAULT '', audit_head_address text NOT NULL DEFAULT '', audit_head_language text NOT NULL DEFAULT '', audit_head_due_at timestamp,
    CONSTRAINT organizations_pk PRIMARY KEY (id),
    CONSTRAINT organizations_status CHECK (status IN ('active', 'suspended'))
);

CREATE INDEX organizations_by_activity ON organizations (kind, coalesce(last_active_at, created_at), id);

CREATE INDEX organizations_by_group ON organizations (kind, status, country, category, trial_ends_at);

CREATE INDEX organizations_by_name ON organizations (kind, name_key, id);

CREATE INDEX organizations_by_trial ON organizations (trial_due_at);

CREATE UNIQUE INDEX organizations_one_vendor ON organizations (kind) WHERE kind = 'vendor';

CREATE TABLE posted_forms (
    key       bytea     NOT NULL,
    posted_at timestamp NOT NULL,
    location  text      NOT NULL, -- where the first post led, '' while it is under way
    CONSTRAINT posted_forms_pk PRIMARY KEY (key)
);

CREATE INDEX posted_forms_by_time ON posted_forms (posted_at);

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

CREATE INDEX recoveries_by_letters ON recoveries (letters_over);

CREATE UNIQUE INDEX recoveries_one_waiting ON recoveries (organization_id) WHERE state = 'waiting';

CREATE TABLE recovery_code_sheets (
    account_id   text      NOT NULL,
    codes_sealed bytea     NOT NULL,
    created_at   timestamp NOT NULL,
    CONSTRAINT recovery_code_sheets_pk PRIMARY KEY (account_id),
    CONSTRAINT recovery_code_sheets_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    account_id text      NOT NULL,
    code_hash  bytea     NOT NULL,
    created_at timestamp NOT NULL,
    used_at    timestamp,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (account_id, code_hash),
    CONSTRAINT recovery_codes_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE restores (
    backup_id      text      NOT NULL,
    backed_up_at   timestamp NOT NULL,
    restored_at    timestamp NOT NULL,
    epoch_began_at timestamp,
    CONSTRAINT restores_pk PRIMARY KEY (backup_id, restored_at)
);

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

CREATE TABLE second_factor_enrolments (
    account_id    text      NOT NULL,
    session_id    text      NOT NULL, -- that began it, and alone sees its key
    secret_sealed bytea     NOT NULL,
    created_at    timestamp NOT NULL,
    expires_at    timestamp NOT NULL,
    CONSTRAINT second_factor_enrolments_pk PRIMARY KEY (account_id),
    CONSTRAINT second_factor_enrolments_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

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
    factor_created_at   timestamp NOT NULL, asked_of text NOT NULL DEFAULT '',
    CONSTRAINT second_factor_resets_pk PRIMARY KEY (organization_id, user_id),
    CONSTRAINT second_factor_resets_user_fk FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT second_factor_resets_asker_fk FOREIGN KEY (organization_id, asked_by) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT second_factor_resets_two_people CHECK (asked_by <> user_id),
    CONSTRAINT second_factor_resets_waits_for CHECK (waits_for IN ('code', 'approval'))
);

CREATE INDEX second_factor_resets_by_asker ON second_factor_resets (organization_id, asked_by);

CREATE TRIGGER second_factors_off AFTER DELETE ON second_factors BEGIN
    UPDATE users SET second_factor = false WHERE account_id = old.account_id;
END;

CREATE TRIGGER second_factors_on AFTER INSERT ON second_factors BEGIN
    UPDATE users SET second_factor = true WHERE account_id = new.account_id;
END;

CREATE TABLE second_factors (
    account_id    text      NOT NULL,
    secret_sealed bytea     NOT NULL,
    last_step     bigint    NOT NULL, -- the newest time step that was accepted; only greater ones are
    created_at    timestamp NOT NULL,
    CONSTRAINT second_factors_pk PRIMARY KEY (account_id),
    CONSTRAINT second_factors_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
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

CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE INDEX sessions_by_user ON sessions (organization_id, user_id);

CREATE TABLE throttles (
    key        text      NOT NULL,
    failures   bigint    NOT NULL, -- since the last success
    recent     bytea     NOT NULL, -- the instants of the tries that count, eight bytes each
    touched_at timestamp NOT NULL, -- the last try that counted
    CONSTRAINT throttles_pk PRIMARY KEY (key)
);

CREATE INDEX throttles_by_touch ON throttles (touched_at);

CREATE TABLE user_counts (
    organization_id text    NOT NULL,
    role_id         text    NOT NULL,
    status          text    NOT NULL,
    second_factor   boolean NOT NULL,
    users           bigint  NOT NULL,
    CONSTRAINT user_counts_pk PRIMARY KEY (organization_id, role_id, status, second_factor),
    CONSTRAINT user_counts_role_fk FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id) ON DELETE CASCADE
);

CREATE TRIGGER user_search_added AFTER INSERT ON user_search BEGIN
    INSERT INTO user_search_index (rowid, organization, role, standing, text)
    VALUES (new.number, substr(new.organization_id, -4, 3), substr(new.role_id, -4, 3), new.standing, new.text);
END;

CREATE TRIGGER user_search_changed AFTER UPDATE ON user_search BEGIN
    INSERT INTO user_search_index (user_search_index, rowid, organization, role, standing, text)
    VALUES ('delete', old.number, substr(old.organization_id, -4, 3), substr(old.role_id, -4, 3), old.standing, old.text);
    INSERT INTO user_search_index (rowid, organization, role, standing, text)
    VALUES (new.number, substr(new.organization_id, -4, 3), substr(new.role_id, -4, 3), new.standing, new.text);
END;

CREATE TRIGGER user_search_removed AFTER DELETE ON user_search BEGIN
    INSERT INTO user_search_index (user_search_index, rowid, organization, role, standing, text)
    VALUES ('delete', old.number, substr(old.organization_id, -4, 3), substr(old.role_id, -4, 3), old.standing, old.text);
END;

CREATE TABLE user_search (
    number          integer NOT NULL,
    organization_id text    NOT NULL,
    user_id         text    NOT NULL,
    role_id         text    NOT NULL,
    standing        text    NOT NULL, -- status and second factor in three characters, "ac1" for active with one
    text            text    NOT NULL,
    CONSTRAINT user_search_pk PRIMARY KEY (number),
    CONSTRAINT user_search_user UNIQUE (organization_id, user_id)
);

CREATE VIRTUAL TABLE user_search_index USING fts5 (
    organization, role, standing, text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);

CREATE TRIGGER users_counted_anew AFTER UPDATE OF role_id, status, second_factor ON users
WHEN (old.role_id, old.status, old.second_factor) <> (new.role_id, new.status, new.second_factor) BEGIN
    INSERT INTO user_counts VALUES (old.organization_id, old.role_id, old.status, old.second_factor, -1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users - 1;
    INSERT INTO user_counts VALUES (new.organization_id, new.role_id, new.status, new.second_factor, 1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER users_counted_in AFTER INSERT ON users BEGIN
    INSERT INTO user_counts VALUES (new.organization_id, new.role_id, new.status, new.second_factor, 1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER users_counted_out AFTER DELETE ON users BEGIN
    INSERT INTO user_counts VALUES (old.organization_id, old.role_id, old.status, old.second_factor, -1)
    ON CONFLICT (organization_id, role_id, status, second_factor) DO UPDATE SET users = users - 1;
END;

CREATE TRIGGER users_found AFTER INSERT ON users BEGIN
    INSERT INTO user_search (organization_id, user_id, role_id, standing, text)
        SELECT organization_id, id, role_id, substr(status, 1, 2) || second_factor, search_text
        FROM users WHERE organization_id = new.organization_id AND id = new.id;
END;

CREATE TRIGGER users_found_anew AFTER UPDATE OF role_id, status, second_factor, search_text ON users
WHEN (old.role_id, old.status, old.second_factor, old.search_text) <> (new.role_id, new.status, new.second_factor, new.search_text) BEGIN
    UPDATE user_search SET (role_id, standing, text) = (
        SELECT role_id, substr(status, 1, 2) || second_factor, search_text
        FROM users WHERE organization_id = new.organization_id AND id = new.id)
    WHERE organization_id = new.organization_id AND user_id = new.id;
END;

CREATE TRIGGER users_get_an_account AFTER UPDATE OF account_id ON users BEGIN
    UPDATE users SET second_factor = EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = new.account_id)
    WHERE organization_id = new.organization_id AND id = new.id;
END;

CREATE TRIGGER users_join_with_an_account AFTER INSERT ON users WHEN new.account_id IS NOT NULL BEGIN
    UPDATE users SET second_factor = true
    WHERE organization_id = new.organization_id AND id = new.id AND EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = new.account_id);
END;

CREATE TRIGGER users_lost AFTER DELETE ON users BEGIN
    DELETE FROM user_search WHERE organization_id = old.organization_id AND user_id = old.id;
END;

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
    suspended_reason text, second_factor boolean NOT NULL DEFAULT false, name_key text GENERATED ALWAYS AS (substr(search_text, 1, 64)) VIRTUAL, active_key timestamp GENERATED ALWAYS AS (coalesce(last_active_at, 0)) VIRTUAL,      -- '' when none was given
    CONSTRAINT users_pk PRIMARY KEY (organization_id, id),
    CONSTRAINT users_email_key UNIQUE (organization_id, email_key),
    CONSTRAINT users_account UNIQUE (account_id, organization_id),
    CONSTRAINT users_role_fk FOREIGN KEY (organization_id, role_id) REFERENCES roles (organization_id, id),
    CONSTRAINT users_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT users_status CHECK (status IN ('invited', 'active', 'suspended')),
    CONSTRAINT users_have_an_account CHECK ((status = 'invited') = (account_id IS NULL))
);

CREATE INDEX users_by_activity ON users (organization_id, active_key, id);

CREATE INDEX users_by_email ON users (email_key);

CREATE INDEX users_by_group ON users (organization_id, status, second_factor, id);

CREATE INDEX users_by_group_activity ON users (organization_id, status, second_factor, active_key, id);

CREATE INDEX users_by_group_name ON users (organization_id, status, second_factor, name_key, id);

CREATE INDEX users_by_name ON users (organization_id, name_key, id);

CREATE INDEX users_by_role ON users (organization_id, role_id, status, second_factor, id);

CREATE INDEX users_by_role_activity ON users (organization_id, role_id, status, second_factor, active_key, id);

CREATE INDEX users_by_role_name ON users (organization_id, role_id, status, second_factor, name_key, id);
