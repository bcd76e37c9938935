package roster

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/throttle"
)

const (
	// cellLimit is how much of a cell is kept, in code points: more than any good one has.
	cellLimit = 300
	// fileNameLimit is how much of the name of a file is kept, in code points.
	fileNameLimit = 100
)

// ErrRoleUnknown says that no role of that name is the actor's to give. Whether
// there is one beyond their rights is not told. Params: Role, and Roles, which
// are told to whoever looks at the row as they are then.
var ErrRoleUnknown = fault.New(fault.Invalid, "roster.role_unknown")

const actionChecked audit.Action = "import.checked"

// checks bounds the files of one administrator.
var checks = throttle.Rule{Short: throttle.Window{Max: 30, Length: time.Hour}}

// Check reads a file and says what would become of each row. It sends nothing.
// A file that is refused leaves nothing behind.
//
// Faults: access.ErrForbidden; those of session.Recheck; throttled; the refusals
// of a file; what the file's reader returns.
func (s *Service) Check(ctx context.Context, actor access.Actor, fileName string, file io.Reader) (Import, error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return Import{}, err
	}
	if err := s.Throttle.Reserve(ctx, throttle.Claim{Key: "import:user:" + actor.UserID, Rule: checks}); err != nil {
		return Import{}, err
	}
	roles, err := s.Invitations.RolesToGive(ctx, actor)
	if err != nil {
		return Import{}, err
	}
	j := newJudge(roles)
	if err := parse(file, j.judge); err != nil {
		return Import{}, err
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return j.findHere(ctx, tx, actor.OrganizationID) }); err != nil {
		return Import{}, err
	}
	i := Import{
		OrganizationID: actor.OrganizationID, ID: id.New("imp"), File: clip(shown(fileName), fileNameLimit), State: Checked,
		ImporterID: actor.UserID, ImporterName: actor.Name, origin: actor.Origin.Bounded(),
	}
	j.count(&i)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		i.CreatedAt, i.letterAt = tx.Now, tx.Now
		if err := i.insert(ctx, tx, j.rows); err != nil {
			return err
		}
		if _, err := session.Authorize(ctx, tx, actor, access.UsersInvite); err != nil {
			return err
		}
		return i.note(ctx, tx, actor, actionChecked, map[string]string{"rows": strconv.Itoa(i.All()), "to_invite": strconv.Itoa(i.ToInvite)})
	})
	return i, err
}

// judge says a verdict on one row after the other.
type judge struct {
	roles []user.Role
	rows  []Row
	lines map[string]int // by key: the row that has the address first
}

func newJudge(roles []user.Role) *judge { return &judge{roles: roles, lines: map[string]int{}} }

// judge holds a row to the rules of the form of an invitation, field by field.
func (j *judge) judge(r record) {
	var bad person.Fields
	bad.Name("first_name", r.firstName, true)
	bad.Name("last_name", r.lastName, false)
	email := bad.Email("email", r.email)
	roleID, refusal := j.role(r.role)
	if refusal != nil {
		bad.Add("role", refusal)
	}
	row := Row{
		Line: r.line, FirstName: clip(r.firstName, cellLimit), LastName: clip(r.lastName, cellLimit), Email: clip(r.email, cellLimit),
		Role: clip(r.role, cellLimit), Verdict: Invite, roleID: roleID, emailKey: keyOf(r.email, email),
	}
	first := j.lines[email.Key]
	switch {
	case len(bad.Bad) > 0:
		row.Verdict, row.Faults = Wrong, bad.Bad
	case first > 0:
		row.Verdict, row.FirstLine = Twice, first
	default:
		j.lines[email.Key] = r.line
	}
	j.rows = append(j.rows, row)
}

// keyOf is the canonical form of an address, also where it is refused for capitals
// beyond ASCII in its domain: whoever erases it finds it by that.
func keyOf(typed string, email person.Email) string {
	if email.Key == "" {
		email, _ = person.ParseEmail(strings.ToLower(typed)) // else it is no address
	}
	return email.Key
}

// role finds a role by its name, whose case does not matter.
func (j *judge) role(name string) (roleID string, refusal *fault.Fault) {
	if name == "" {
		return "", user.ErrRoleMissing
	}
	written := strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	for _, r := range j.roles {
		if strings.EqualFold(r.Name, written) {
			return r.ID, nil
		}
	}
	return "", ErrRoleUnknown.With("Role", clip(name, cellLimit))
}

// asked is how many addresses are looked up at a time.
const asked = 100

var selectHere = `SELECT id, email_key FROM users WHERE organization_id = $1 AND email_key IN ` + tuples(2, 1, asked)

// findHere marks the rows whose address is that of a user already.
func (j *judge) findHere(ctx context.Context, tx *db.Tx, organizationID string) error {
	var open []int
	for n, r := range j.rows {
		if r.Verdict == Invite {
			open = append(open, n)
		}
	}
	for some := range slices.Chunk(open, asked) {
		args := []any{organizationID}
		for n := range asked { // the last ones stand there more than once
			args = append(args, j.rows[some[min(n, len(some)-1)]].emailKey)
		}
		users, err := db.Collect(ctx, tx, func(row db.Row) (u [2]string, err error) {
			err = row.Scan(&u[0], &u[1])
			return u, err
		}, selectHere, args...)
		if err != nil {
			return err
		}
		here := map[string]string{}
		for _, u := range users {
			here[u[1]] = u[0]
		}
		for _, n := range some {
			if userID := here[j.rows[n].emailKey]; userID != "" {
				j.rows[n].Verdict, j.rows[n].UserID = Here, userID
			}
		}
	}
	return nil
}

// count gives each row its position and outcome, and the import its numbers.
func (j *judge) count(i *Import) {
	slices.SortStableFunc(j.rows, func(a, b Row) int { return slices.Index(verdicts, a.Verdict) - slices.Index(verdicts, b.Verdict) })
	numbers := map[Verdict]*int{Wrong: &i.Wrong, Twice: &i.Twice, Here: &i.Here, Invite: &i.ToInvite}
	for n := range j.rows {
		r := &j.rows[n]
		*numbers[r.Verdict]++
		r.position, r.Outcome = n+1, None
		if r.Verdict == Invite {
			r.Outcome = Waiting
		}
	}
}

// shown leaves out what nobody sees and what turns a text around: the name of a
// file stands in sentences.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, text)
}

// clip keeps the beginning of a text.
func clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}
