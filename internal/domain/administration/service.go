package administration

import (
	"context"
	"net/url"

	"idkit/internal/domain/organization"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Options are what a Service stands on.
type Options struct {
	Kind          organization.Kind // whose accounts and links these are
	DB            *db.DB
	Modules       access.Modules // what there is to hold, for those who are told what a role gives
	Accounts      *account.Service
	Invitations   *invitation.Service
	SecondFactors *credential.SecondFactors
	RecoveryCodes *credential.RecoveryCodes
	SpokenCodes   *credential.SpokenCodes
	Outbox        *mail.Outbox
	Notices       *notice.Service
	BaseURL       *url.URL // links are built from it and from nothing else
}

// Service carries out what administrators do to one user. Each exported method
// with an actor is one complete act: the guard, validation, and one transaction
// with its letter and its audit event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// tell writes to the user, in their language, what the actor has done to them.
// The values are what the sentences of the kind say beside what all notices say.
func (s *Service) tell(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, kind mail.Kind, values map[string]string) error {
	n, err := notice.ToUser(ctx, tx, actor, u, kind)
	if err != nil {
		return err
	}
	n.Values = values
	return s.Notices.Enqueue(ctx, tx, n)
}
