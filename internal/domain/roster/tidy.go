package roster

import (
	"context"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// tidied bounds the imports that one Tidy looks at; the next one comes soon.
const tidied = 100

// Tidy ends what waited too long and forgets the people of what ended long ago:
// a check after a day, an import that was left paused and every result after 30
// days. It returns how many imports it dealt with.
func (s *Service) Tidy(ctx context.Context) (imports int, err error) {
	var old []Import
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		old, err = db.Collect(ctx, tx, scanImport, importColumns+`
			WHERE erased_at IS NULL AND (state = 'checked' AND created_at <= $1 OR ended_at <= $2 OR state = 'paused' AND created_at <= $2)
			ORDER BY created_at, id LIMIT $3`, tx.Now.Add(-checkLifetime), tx.Now.Add(-retention), tidied)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, i := range old {
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return i.expire(ctx, tx) }); err != nil {
			return imports, err
		}
		imports++
	}
	return imports, nil
}

// expire ends an import, unless somebody went on with it meanwhile, and erases it.
func (i Import) expire(ctx context.Context, tx *db.Tx) error {
	if err := audit.Hold(ctx, tx, i.OrganizationID); err != nil {
		return err
	}
	now, err := find(ctx, tx, i.OrganizationID, i.ID)
	if err != nil || now.State != i.State {
		return err
	}
	switch i.State {
	case Checked:
		err = i.endByItself(ctx, tx, Discarded, NotStarted)
	case Paused:
		err = i.endByItself(ctx, tx, Stopped, NotContinued)
	}
	if err != nil {
		return err
	}
	return i.erase(ctx, tx)
}
