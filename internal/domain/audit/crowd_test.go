package audit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// crowded writes a sound trail with many lines at once, newest at the moment
// now, as many seconds apart as asked for. People act on people; the people of
// higher numbers hardly ever do.
func crowded(t testing.TB, d *db.DB, organizationID string, lines int, apart time.Duration) audit.Head {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(lines), 19))
	end := audit.Head{OrganizationID: organizationID}
	person := func() int { return int(float64(peopleOfCrowd) * r.Float64() * r.Float64() * r.Float64()) }
	for from := 1; from <= lines; from += 200 {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			var text strings.Builder
			var args []any
			arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
			text.WriteString("INSERT INTO audit_events (" + audit.Columns + ") VALUES ")
			for n := from; n < from+200 && n <= lines; n++ {
				if n > from {
					text.WriteString(", ")
				}
				e := crowdedLine(organizationID, n, now.Add(-time.Duration(lines-n)*apart), person(), person(), r)
				e.Seal(end.Hash)
				end.Sequence, end.Hash = e.Sequence, e.Hash
				values := []any{
					e.OrganizationID, e.Sequence, e.At, string(e.Action), string(e.ActorKind), e.ActorID, e.ActorName, e.Target.Kind, e.Target.ID, e.Target.Name,
					e.Details, e.Origin.Address, e.Origin.UserAgent, e.Origin.RequestID, e.PreviousHash, e.Hash,
				}
				for i, v := range values {
					text.WriteString(map[bool]string{true: "(", false: ", "}[i == 0] + arg(v))
				}
				text.WriteString(")")
			}
			_, err := tx.Exec(ctx, text.String(), args...)
			return err
		})
	}
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for n := range peopleOfCrowd {
			if _, err := tx.Exec(ctx, `INSERT INTO audit_subjects (organization_id, subject_id, name_key) VALUES ($1, $2, $3)`, organizationID, idOf(n), strings.ToLower(nameOf(n))); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO audit_heads (organization_id, sequence, hash) VALUES ($1, $2, $3)`, organizationID, end.Sequence, end.Hash)
		return err
	})
	return end
}

const peopleOfCrowd = 500

func idOf(n int) string { return fmt.Sprintf("usr_%026d", n) }

func nameOf(n int) string { return fmt.Sprintf("Person%03d Of%02d", n, n%50) }

var actionsOfCrowd = []audit.Action{"user.logged_in", "user.logged_out", "user.invited", "user.suspended", "user.reactivated", "password.changed", "import.checked"}

func crowdedLine(organizationID string, n int, at time.Time, who, whom int, r *rand.Rand) audit.Entry {
	action := actionsOfCrowd[int(float64(len(actionsOfCrowd))*r.Float64()*r.Float64())]
	return audit.Entry{
		OrganizationID: organizationID, Sequence: int64(n), At: at, Action: action, ActorKind: access.KindUser, ActorID: idOf(who), ActorName: nameOf(who),
		Target: audit.Target{Kind: "user", ID: idOf(whom), Name: nameOf(whom)}, Details: `{"from":"Member","to":"Administrator"}`,
		Origin: access.Origin{Address: "192.0.2.1", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", RequestID: fmt.Sprintf("req_%026d", n)},
	}
}

// newCrowd is a database for trails that are made at once; it is an hour after their end.
func newCrowd(t testing.TB) *db.DB {
	return dbtest.NewAt(t, func() time.Time { return now.Add(time.Hour) })
}
