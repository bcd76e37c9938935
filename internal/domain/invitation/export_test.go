package invitation

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
)

// JoinHashed is Join from the moment on when the password is hashed.
func JoinHashed(s *Service, ctx context.Context, token, hash string, origin access.Origin) (Joined, error) {
	return s.joinHashed(ctx, token, credential.Chosen{Hash: hash}, origin)
}

// SetUpHashed is SetUp from the moment on when the password is hashed.
func SetUpHashed(s *Service, ctx context.Context, code string, f FirstRun, hash string) error {
	planned, _ := plan(f.Organization, f.FirstAdministrator)
	_, err := s.setUpHashed(ctx, code, planned, credential.Chosen{Hash: hash}, access.Origin{})
	return err
}
