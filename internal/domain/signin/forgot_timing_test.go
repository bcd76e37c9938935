package signin_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
)

// samples is how many addresses of each class are asked for.
func samples() int { return 5 * dbtest.RaceRounds() }

// TestAForgottenPasswordTakesAsLongForEverybody measures the classes in turn, so
// that whatever else the machine does falls on all of them. It prints medians and
// how well time tells each class from an unknown address: 0.5 is not at all. No
// number fails it: a shared machine is too noisy for that.
func TestAForgottenPasswordTakesAsLongForEverybody(t *testing.T) {
	t.Parallel() // it mostly waits
	p := domaintest.NewPlace(t)
	samples := samples()
	classes := []string{"unknown", "active", "suspended", "invited"}
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for i := range samples {
			for _, class := range classes[1:] {
				if err := insertOf(ctx, tx, p.Northwind, class, i); err != nil {
					return err
				}
			}
		}
		return nil
	})
	took := map[string][]time.Duration{}
	for i := range samples {
		for turn := range classes {
			class := classes[(i+turn)%len(classes)]
			from := access.Origin{Address: fmt.Sprintf("2001:db8:%x:%x::1", i, turn)}
			began := time.Now()
			if err := p.SignIn.RequestReset(t.Context(), addressOf(class, i), from); err != nil {
				t.Fatal(err)
			}
			took[class] = append(took[class], time.Since(began))
		}
	}
	for _, class := range classes {
		t.Logf("%-9s median %v, AUC %.3f", class, median(took[class]), auc(took["unknown"], took[class]))
	}
}

func addressOf(class string, i int) string { return fmt.Sprintf("%s%d@northwind.example", class, i) }

func insertOf(ctx context.Context, tx *db.Tx, organizationID, class string, i int) error {
	email, userID := addressOf(class, i), id.New("usr")
	var account *string
	if class != "invited" {
		accountID := id.New("acc")
		account = &accountID
		if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $2, '', $3, '', 'en', $3)`, accountID, email, tx.Now); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, $5, $6 FROM roles WHERE organization_id = $1 AND kind = 'member'`,
		organizationID, userID, account, email, class, tx.Now)
	if err != nil || class != "invited" {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO invitations (organization_id, user_id, inviter_name, language, note, created_at)
		VALUES ($1, $2, 'Sam Ito', 'en', '', $3)`, organizationID, userID, tx.Now)
	return err
}

func median(durations []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(durations))
	return sorted[len(sorted)/2]
}

// auc is the chance that one of b took longer than one of a.
func auc(a, b []time.Duration) float64 {
	var longer float64
	for _, x := range a {
		for _, y := range b {
			switch {
			case y > x:
				longer++
			case y == x:
				longer += 0.5
			}
		}
	}
	return longer / float64(len(a)*len(b))
}
