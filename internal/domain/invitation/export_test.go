package invitation

import (
	"context"

	"idkit/internal/domain/access"
)

// What tests of this package reach directly.
var (
	JoinHashed = (*Service).joinHashed
)

// FoundHashed is Found from the moment on when the password is hashed.
func FoundHashed(s *Service, ctx context.Context, code string, n NewOrganization, hash string) error {
	user, email, _ := n.check()
	_, err := s.foundHashed(ctx, code, firstRun{n.Name, user, email, hash, access.Origin{}})
	return err
}
