package invitation

import (
	"context"

	"idkit/internal/domain/access"
)

// What tests of this package reach directly.
var (
	JoinHashed = (*Service).joinHashed
)

// SetUpHashed is SetUp from the moment on when the password is hashed.
func SetUpHashed(s *Service, ctx context.Context, code string, f FirstRun, hash string) error {
	planned, _ := plan(f.Organization, f.FirstAdministrator)
	_, err := s.setUpHashed(ctx, code, planned, hash, access.Origin{})
	return err
}
