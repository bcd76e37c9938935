-- +goose Up

-- The log is read from the newest event back, for a while, for somebody, for
-- some acts. Each of these is a range of one index, in the order of the page;
-- what somebody did of a kind is read from the index alone.
DROP INDEX audit_events_by_target;
DROP INDEX audit_events_by_actor;
CREATE INDEX audit_events_by_time ON audit_events (organization_id, at, sequence);
CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_id, at, sequence, action);
CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor_id, at, sequence, action);
CREATE INDEX audit_events_by_action ON audit_events (organization_id, action, at, sequence);

-- Who and what the trail tells of, under each name that they had. It is there to
-- find their events by a part of a name; the hash chain does not need it.
CREATE TABLE audit_subjects (
    organization_id text NOT NULL,
    subject_id      text NOT NULL,
    name_key        text NOT NULL, -- folded for the search
    CONSTRAINT audit_subjects_pk PRIMARY KEY (organization_id, subject_id, name_key)
);
INSERT INTO audit_subjects (organization_id, subject_id, name_key)
    SELECT organization_id, actor_id, lower(actor_name) FROM audit_events WHERE actor_id <> ''
    UNION
    SELECT organization_id, target_id, lower(target_name) FROM audit_events WHERE target_id <> '';

-- +goose Down
DROP TABLE audit_subjects;
DROP INDEX audit_events_by_action;
DROP INDEX audit_events_by_actor;
DROP INDEX audit_events_by_target;
DROP INDEX audit_events_by_time;
CREATE INDEX audit_events_by_target ON audit_events (organization_id, target_id, sequence);
CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor_id, sequence);
