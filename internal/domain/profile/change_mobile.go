package profile

import (
	"context"

	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

const (
	actionMobileChanged audit.Action = "mobile.changed"
	actionMobileRemoved audit.Action = "mobile.removed"
)

// lastDigits is how much of a number its notice shows.
const lastDigits = 2

// ChangeMobile stores the mobile number of an account. It asks for no password:
// the number is never used to log in or to win an account back.
// Faults: as ParseMobile, with the region's name in the language of the session.
func (s *Service) ChangeMobile(ctx context.Context, current session.Current, regionCode, typed string) error {
	mobile, err := person.ParseMobile(regionCode, typed)
	if err != nil {
		return nameRegion(err, current.Language)
	}
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		changed, err := tx.Exec(ctx, `UPDATE accounts SET mobile_number = $2, mobile_region = $3
			WHERE id = $1 AND (mobile_number IS NULL OR mobile_number <> $2 OR mobile_region <> $3)`,
			current.Actor.AccountID, mobile.Number, mobile.Region)
		if err != nil || changed == 0 {
			return err
		}
		told := notice.ToOwner(current, mail.KindMobileChanged)
		told.Values = map[string]string{"LastDigits": mobile.Number[len(mobile.Number)-lastDigits:]}
		if err := s.Notices.Enqueue(ctx, tx, told); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionMobileChanged)
	})
}

// nameRegion puts the region's name into the sentences of a refusal.
func nameRegion(err error, lang string) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	var bad person.Fields
	for _, field := range f.Fields {
		refusal := &fault.Fault{Kind: fault.Invalid, Code: field.Code, Params: field.Params}
		if code, ok := field.Params["Region"].(string); ok {
			refusal = refusal.With("Region", person.RegionName(code, lang))
		}
		bad.Add(field.Name, refusal)
	}
	return bad.Fault()
}

// RemoveMobile forgets the mobile number. Without one it does nothing.
func (s *Service) RemoveMobile(ctx context.Context, current session.Current) error {
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		changed, err := tx.Exec(ctx, `UPDATE accounts SET mobile_number = NULL, mobile_region = NULL
			WHERE id = $1 AND mobile_number IS NOT NULL`, current.Actor.AccountID)
		if err != nil || changed == 0 {
			return err
		}
		if err := s.Notices.Enqueue(ctx, tx, notice.ToOwner(current, mail.KindMobileRemoved)); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionMobileRemoved)
	})
}

// MobileOf returns the mobile number of somebody logged in, or nil.
func (s *Service) MobileOf(ctx context.Context, current session.Current) (mobile *person.Mobile, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		mobile, err = mobileOf(ctx, tx, current.Actor.AccountID)
		return err
	})
	return mobile, err
}

func mobileOf(ctx context.Context, tx *db.Tx, accountID string) (*person.Mobile, error) {
	var number, region *string
	err := tx.QueryRow(ctx, `SELECT mobile_number, mobile_region FROM accounts WHERE id = $1`, accountID).Scan(&number, &region)
	if err != nil || number == nil {
		return nil, err
	}
	return &person.Mobile{Number: *number, Region: *region}, nil
}
