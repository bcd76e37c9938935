-- +goose Up

-- Whom a request to approve was sent to: the ids of users with blanks between.
-- Requests from before name nobody and end here; they are asked again.
DELETE FROM second_factor_resets WHERE waits_for = 'approval';
ALTER TABLE second_factor_resets ADD COLUMN asked_of text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE second_factor_resets DROP COLUMN asked_of;
