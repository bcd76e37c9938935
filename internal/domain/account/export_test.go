package account

import (
	"context"

	"idkit/internal/domain/access"
)

// What tests of this package reach directly.
var (
	JoinHashed = (*InvitationService).joinHashed
)

// FoundHashed is Found from the moment on when the password is hashed.
func FoundHashed(s *InvitationService, ctx context.Context, code string, n NewOrganization, hash string) error {
	user, email, _ := firstAdministrator(n)
	_, err := s.foundHashed(ctx, code, firstRun{n.Name, user, email, hash, access.Origin{}})
	return err
}
