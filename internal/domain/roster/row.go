package roster

import (
	"context"
	"encoding/json"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Verdict is what a check says about a row.
type Verdict string

// The verdicts.
const (
	Wrong  Verdict = "wrong"  // something has to be put right; Faults say what
	Twice  Verdict = "twice"  // the address stands in an earlier row
	Here   Verdict = "here"   // the address is that of a user of the organization
	Invite Verdict = "invite" // will be invited
)

// verdicts in the order of the positions: what needs a look comes first.
var verdicts = []Verdict{Wrong, Twice, Here, Invite}

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	None    Outcome = "none"    // was not to be invited
	Waiting Outcome = "waiting" // its turn has not come
	Invited Outcome = "invited"
	Failed  Outcome = "failed" // could not be invited after all; Faults say why
)

// Row is one person of a file, as typed.
type Row struct {
	Line      int
	FirstName string
	LastName  string
	Email     string
	Role      string
	Verdict   Verdict
	FirstLine int           // of the row with the same address, for Twice
	UserID    string        // of the user, for Here and Invited
	Faults    []fault.Field // for Wrong and Failed
	Outcome   Outcome

	position int
	roleID   string
	emailKey string // canonical, '' where what was typed is no address
}

// Name is the full name as typed.
func (r Row) Name() string { return person.FullName(r.FirstName, r.LastName) }

const selectRows = `SELECT position, line, first_name, last_name, email, role, role_id, verdict, first_line, user_id, faults, outcome FROM import_rows `

func scanRow(row db.Row) (Row, error) {
	var r Row
	var faults string
	var userID *string
	err := row.Scan(&r.position, &r.Line, &r.FirstName, &r.LastName, &r.Email, &r.Role, &r.roleID, &r.Verdict, &r.FirstLine, &userID, &faults, &r.Outcome)
	if err != nil {
		return Row{}, err
	}
	r.UserID = user.OrEmpty(userID)
	return r, json.Unmarshal([]byte(faults), &r.Faults)
}

// PageSize is how many rows a page shows.
const PageSize = 100

// Rows returns one page of an import's rows, counted from one: those of a
// verdict, or all of them with an empty one, the mistakes first.
// Faults: access.ErrForbidden, ErrNotFound.
func (s *Service) Rows(ctx context.Context, actor access.Actor, importID string, verdict Verdict, page int) (rows []Row, err error) {
	i, err := s.Get(ctx, actor, importID)
	if err != nil {
		return nil, err
	}
	first, count := i.span(verdict)
	from := min((page-1)*PageSize, count)
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err = db.Collect(ctx, tx, scanRow, selectRows+`WHERE organization_id = $1 AND import_id = $2 AND position >= $3 AND position < $4 ORDER BY position`,
			i.OrganizationID, i.ID, first+from, first+min(from+PageSize, count))
		if err != nil {
			return err
		}
		tell, err := tellRoles(ctx, tx, actor)
		for _, r := range rows {
			tell(r)
		}
		return err
	})
	return rows, err
}

// span is where the rows of a verdict stand: the position of the first one, and
// how many there are.
func (i Import) span(verdict Verdict) (first, count int) {
	first = 1
	counts := map[Verdict]int{Wrong: i.Wrong, Twice: i.Twice, Here: i.Here, Invite: i.ToInvite}
	for _, v := range verdicts {
		if v == verdict {
			return first, counts[v]
		}
		first += counts[v]
	}
	return 1, i.All()
}

// tellRoles returns what names the roles that the actor can give in the refusal of
// an unknown one. A file can have thousands of those, so that no row keeps them.
func tellRoles(ctx context.Context, tx *db.Tx, actor access.Actor) (func(Row), error) {
	roles, err := user.RolesWithin(ctx, tx, actor)
	var names []string
	for _, r := range roles {
		names = append(names, r.Name)
	}
	return func(r Row) {
		for _, f := range r.Faults {
			if f.Code == ErrRoleUnknown.Code {
				f.Params["Roles"] = strings.Join(names, ", ")
			}
		}
	}, err
}

// Failures returns the rows that could not be invited after all, at most so many.
// Faults: access.ErrForbidden, ErrNotFound.
func (s *Service) Failures(ctx context.Context, actor access.Actor, importID string, most int) (rows []Row, err error) {
	i, err := s.Get(ctx, actor, importID)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err = i.rows(ctx, tx, Failed, most)
		return err
	})
	return rows, err
}

// rows returns the first rows with that outcome.
func (i Import) rows(ctx context.Context, tx *db.Tx, outcome Outcome, most int) ([]Row, error) {
	return db.Collect(ctx, tx, scanRow, selectRows+`WHERE organization_id = $1 AND import_id = $2 AND outcome = $3 ORDER BY position LIMIT $4`,
		i.OrganizationID, i.ID, string(outcome), most)
}

// Result hands on every row in the order of the file. Once the rows are erased
// there is no result any more.
// Faults: access.ErrForbidden, ErrNotFound; what each returns.
func (s *Service) Result(ctx context.Context, actor access.Actor, importID string, each func(Row) error) error {
	i, err := s.Get(ctx, actor, importID)
	if err != nil {
		return err
	}
	if i.ErasedAt != nil {
		return ErrNotFound
	}
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		tell, err := tellRoles(ctx, tx, actor)
		if err != nil {
			return err
		}
		return db.Each(ctx, tx, func(found db.Row) error {
			row, err := scanRow(found)
			if err != nil {
				return err
			}
			tell(row)
			return each(row)
		}, selectRows+`WHERE organization_id = $1 AND import_id = $2 ORDER BY line`, i.OrganizationID, i.ID)
	})
}
