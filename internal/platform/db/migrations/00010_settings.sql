-- +goose Up

-- What an organization lays down for its own people; see organization.Policy.
ALTER TABLE organizations ADD COLUMN second_factor text NOT NULL DEFAULT 'recommended'
    CONSTRAINT organizations_second_factor CHECK (second_factor IN ('recommended', 'administrators', 'all'));
ALTER TABLE organizations ADD COLUMN second_factor_from timestamp;             -- since when it is required; NULL while it is recommended
ALTER TABLE organizations ADD COLUMN second_factor_remind_at timestamp;        -- when those without one are reminded; NULL once they were
ALTER TABLE organizations ADD COLUMN second_factor_letter text NOT NULL DEFAULT ''; -- the kind that is being sent to those without one, '' when none is
ALTER TABLE organizations ADD COLUMN second_factor_told text NOT NULL DEFAULT '';   -- the last user that it was written to
ALTER TABLE organizations ADD COLUMN password_minimum bigint NOT NULL DEFAULT 15;  -- code points
ALTER TABLE organizations ADD COLUMN idle_minutes bigint NOT NULL DEFAULT 30;
ALTER TABLE organizations ADD COLUMN session_minutes bigint NOT NULL DEFAULT 720;
ALTER TABLE organizations ADD COLUMN invitation_hours bigint NOT NULL DEFAULT 168;

-- How the portal and the letters look to them; '' is the installation's own.
ALTER TABLE organizations ADD COLUMN brand_name text NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN brand_light text NOT NULL DEFAULT '';     -- '#RRGGBB', in the light theme
ALTER TABLE organizations ADD COLUMN brand_dark text NOT NULL DEFAULT '';      -- and in the dark one
ALTER TABLE organizations ADD COLUMN support_url text NOT NULL DEFAULT '';     -- https: or mailto:

-- Where the head of the trail is mailed every day; '' for nowhere.
ALTER TABLE organizations ADD COLUMN audit_head_address text NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN audit_head_language text NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN audit_head_due_at timestamp;              -- the next time

-- +goose Down
ALTER TABLE organizations DROP COLUMN audit_head_due_at;
ALTER TABLE organizations DROP COLUMN audit_head_language;
ALTER TABLE organizations DROP COLUMN audit_head_address;
ALTER TABLE organizations DROP COLUMN support_url;
ALTER TABLE organizations DROP COLUMN brand_dark;
ALTER TABLE organizations DROP COLUMN brand_light;
ALTER TABLE organizations DROP COLUMN brand_name;
ALTER TABLE organizations DROP COLUMN invitation_hours;
ALTER TABLE organizations DROP COLUMN session_minutes;
ALTER TABLE organizations DROP COLUMN idle_minutes;
ALTER TABLE organizations DROP COLUMN password_minimum;
ALTER TABLE organizations DROP COLUMN second_factor_told;
ALTER TABLE organizations DROP COLUMN second_factor_letter;
ALTER TABLE organizations DROP COLUMN second_factor_remind_at;
ALTER TABLE organizations DROP COLUMN second_factor_from;
ALTER TABLE organizations DROP COLUMN second_factor;
