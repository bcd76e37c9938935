-- +goose Up

-- What the vendor keeps about a client, and what its list is ordered and searched by.
ALTER TABLE organizations ADD COLUMN name_key text NOT NULL DEFAULT ''; -- the name folded in Go
ALTER TABLE organizations ADD COLUMN country text NOT NULL DEFAULT ''; -- ISO 3166, '' where nobody said it
ALTER TABLE organizations ADD COLUMN category text NOT NULL DEFAULT ''; -- the vendor's own word
ALTER TABLE organizations ADD COLUMN last_active_at timestamp; -- of any of its users, up to an hour behind
ALTER TABLE organizations ADD COLUMN trial_started_at timestamp; -- with the two below while it is on trial
ALTER TABLE organizations ADD COLUMN trial_ends_at timestamp; -- from then on it counts as suspended, whatever its status says
ALTER TABLE organizations ADD COLUMN trial_due_at timestamp; -- when a letter is due next, or the end; NULL after it
ALTER TABLE organizations ADD COLUMN suspended_at timestamp; -- with the two below while it is suspended
ALTER TABLE organizations ADD COLUMN suspended_because text CONSTRAINT organizations_suspended_because CHECK (suspended_because IN ('vendor', 'trial'));
ALTER TABLE organizations ADD COLUMN suspended_by text; -- a name; '' where the program did it by itself
ALTER TABLE organizations ADD COLUMN suspended_reason text; -- '' where none was given

UPDATE organizations SET name_key = lower(name), -- the next change of its name folds it in full
    last_active_at = (SELECT max(u.last_active_at) FROM users u WHERE u.organization_id = organizations.id);
UPDATE organizations SET suspended_because = 'vendor', suspended_by = '', suspended_reason = '',
    suspended_at = coalesce((SELECT max(e.at) FROM audit_events e WHERE e.organization_id = organizations.id AND e.action = 'organization.suspended'), created_at)
    WHERE status = 'suspended';

CREATE INDEX organizations_by_name ON organizations (kind, name_key, id);
CREATE INDEX organizations_by_activity ON organizations (kind, coalesce(last_active_at, created_at), id);
CREATE INDEX organizations_by_group ON organizations (kind, status, country, category, trial_ends_at);
CREATE INDEX organizations_by_trial ON organizations (trial_due_at);

-- +goose Down
DROP INDEX organizations_by_trial;
DROP INDEX organizations_by_group;
DROP INDEX organizations_by_activity;
DROP INDEX organizations_by_name;
ALTER TABLE organizations DROP COLUMN suspended_reason;
ALTER TABLE organizations DROP COLUMN suspended_by;
ALTER TABLE organizations DROP COLUMN suspended_because;
ALTER TABLE organizations DROP COLUMN suspended_at;
ALTER TABLE organizations DROP COLUMN trial_due_at;
ALTER TABLE organizations DROP COLUMN trial_ends_at;
ALTER TABLE organizations DROP COLUMN trial_started_at;
ALTER TABLE organizations DROP COLUMN last_active_at;
ALTER TABLE organizations DROP COLUMN category;
ALTER TABLE organizations DROP COLUMN country;
ALTER TABLE organizations DROP COLUMN name_key;
