package account

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

var organizationActions = map[organization.Status]audit.Action{
	organization.Suspended: "organization.suspended",
	organization.Active:    "organization.reactivated",
}

// SetOrganizationStatus suspends or reactivates a whole organization, for the
// command line. A suspension ends all its sessions; no session comes back with
// a reactivation. Fault: NotFound.
func (s *Service) SetOrganizationStatus(ctx context.Context, organizationID string, status organization.Status) (o organization.Organization, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := audit.Hold(ctx, tx, organizationID); err != nil {
			return err
		}
		changed, err := organization.SetStatus(ctx, tx, organizationID, status)
		if err != nil {
			return err
		}
		if o, err = organization.Get(ctx, tx, organizationID); err != nil || !changed {
			return err
		}
		if status == organization.Suspended {
			if err := session.EndAllOfOrganization(ctx, tx, organizationID); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, access.Installation(access.Origin{}), audit.Event{
			OrganizationID: o.ID, Action: organizationActions[status],
			Target: audit.Target{Kind: "organization", ID: o.ID, Name: o.Name},
		})
	})
	return o, err
}
