-- +goose Up

-- Why an import ended by itself, '' where somebody ended it or it is not over.
ALTER TABLE imports ADD COLUMN ended_because text NOT NULL DEFAULT ''
    CONSTRAINT imports_ended_because CHECK (ended_because IN ('', 'importer_suspended', 'importer_demoted', 'importer_deleted',
        'organization_suspended', 'not_continued', 'not_started'));

-- +goose Down
ALTER TABLE imports DROP COLUMN ended_because;
