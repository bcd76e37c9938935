package settings_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/settings"
	"idkit/internal/platform/db"
)

const office = "audit@northwind.example"

// heads are those that were mailed to an address, the oldest first.
func (h *house) heads(t testing.TB, address string) (all []audit.Head) {
	t.Helper()
	pattern := regexp.MustCompile(`audit verify --head (\S+)`)
	for _, letter := range h.Letters(t, address) {
		found := pattern.FindStringSubmatch(letter)
		if found == nil {
			t.Fatalf("no head in %s", letter)
		}
		head, err := audit.ParseHead(found[1])
		domaintest.MustNot(t, err)
		all = append(all, head)
	}
	return all
}

func (h *house) verify(t testing.TB, noted ...audit.Head) (err error) {
	t.Helper()
	h.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err = audit.Verify(ctx, tx, h.Northwind, noted...)
		return nil
	})
	return err
}

func TestAHeadIsMailedAtOnceAndThenEveryDay(t *testing.T) {
	h := newHouse(t)
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), " "+office+" "))
	if heads := h.heads(t, office); len(heads) != 1 || h.verify(t, heads...) != nil {
		t.Fatalf("the first letter carries %v", heads)
	}
	h.Clock.Advance(day - time.Second)
	if n, err := h.Settings.MailHeads(t.Context()); err != nil || n != 0 {
		t.Errorf("%d too early, %v", n, err)
	}
	h.Clock.Advance(time.Second)
	other := h.AnotherNode(t)
	for range 5 {
		for _, err := range domaintest.Together(
			func() error { _, err := h.Settings.MailHeads(t.Context()); return err },
			func() error { _, err := other.Settings.MailHeads(t.Context()); return err },
		) {
			domaintest.MustNot(t, err)
		}
	}
	if heads := h.heads(t, office); len(heads) != 2 {
		t.Errorf("after a day %d letters were sent", len(heads))
	}
	h.Clock.Advance(5*day + time.Hour) // nobody asked meanwhile
	for range 2 {
		_, err := h.Settings.MailHeads(t.Context())
		domaintest.MustNot(t, err)
	}
	if heads := h.heads(t, office); len(heads) != 3 || h.verify(t, heads...) != nil {
		t.Errorf("after five days of rest %d letters were sent in all", len(heads))
	}
	shown, err := h.Settings.AuditHead(t.Context(), h.back(t).Actor)
	domaintest.MustNot(t, err)
	if shown.Address != office || shown.Last == nil || shown.Next.Sub(h.Clock.Now()) != 23*time.Hour {
		t.Errorf("the page shows %+v", shown)
	}

	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), ""))
	h.Clock.Advance(3 * day)
	if n, err := h.Settings.MailHeads(t.Context()); err != nil || n != 0 {
		t.Errorf("%d after the end, %v", n, err)
	}
}

func TestHeadsAreMailedOnlyWhereAnAdministratorWantsThem(t *testing.T) {
	h := newHouse(t)
	_, desk := h.member(t)
	domaintest.Refused(t, h.Settings.SendAuditHead(t.Context(), desk.Must(t), office), access.ErrForbidden)
	_, err := h.Settings.AuditHead(t.Context(), desk.Must(t).Actor)
	domaintest.Refused(t, err, access.ErrForbidden)
	domaintest.Refused(t, h.Settings.SendAuditHead(t.Context(), h.back(t), "nobody"), person.ErrEmailInvalid)
	domaintest.Refused(t, h.Settings.SendAuditHead(t.Context(), h.back(t), ""), settings.ErrUnchanged)
	if n := h.Events(t, "settings.audit_head_changed"); n != 0 {
		t.Errorf("refusals left %d events", n)
	}
	// A letter that waits is not sent to an address that was given up: it gets the farewell alone.
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), office))
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), "other@northwind.example"))
	if letters := h.Letters(t, office); len(letters) != 1 || !strings.Contains(letters[0], "is mailed to another address now") {
		t.Errorf("the address that was given up gets %q", letters)
	}
	if heads := h.heads(t, "other@northwind.example"); len(heads) != 1 {
		t.Errorf("%d letters to the new one", len(heads))
	}
}

// Nobody takes the witness away in silence, nor from a desk that was left alone.
func TestWhoeverGotTheHeadIsToldOfItsEnd(t *testing.T) {
	h := newHouse(t)
	const other = "other@elsewhere.example"
	stale := h.back(t)
	stale.ProvenAt = stale.ProvenAt.Add(-profile.ProofLifetime)
	domaintest.Refused(t, h.Settings.SendAuditHead(t.Context(), stale, office), profile.ErrConfirmFirst)
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), office))
	for _, to := range []string{other, ""} {
		domaintest.Refused(t, h.Settings.SendAuditHead(t.Context(), stale, to), profile.ErrConfirmFirst)
	}
	h.heads(t, office) // the first one leaves before the change
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), other))
	who := h.desk.Must(t).Actor.Name
	told := h.Letters(t, office)
	if len(told) != 2 || !strings.Contains(told[1], "is mailed to another address now") || !strings.Contains(told[1], who) ||
		!strings.Contains(told[1], "mailed to o=E2=80=A2") || strings.Contains(told[1], other) {
		t.Errorf("the address before is told %q", told)
	}
	heads := h.heads(t, office)
	domaintest.MustNot(t, h.verify(t, heads...))
	if n := h.Events(t, "settings.audit_head_changed"); n != 2 || heads[1].Sequence <= heads[0].Sequence {
		t.Errorf("after %d changes the farewell proves no more than the letter before it: %v", n, heads)
	}
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), ""))
	if told := h.Letters(t, other); len(told) != 2 || !strings.Contains(told[1], "is not mailed to you any more") || !strings.Contains(told[1], who) {
		t.Errorf("the last address is told %q", told)
	}
	if told := h.Letters(t, office); len(told) != 2 {
		t.Errorf("an earlier address is told what is none of its business: %q", told)
	}
}

// Whoever can write to the database can compute a chain anew that is whole in
// itself. The mailed head shows it.
func TestAMailedHeadShowsARewriteOfTheWholeTrail(t *testing.T) {
	h := newHouse(t)
	domaintest.MustNot(t, h.Settings.SendAuditHead(t.Context(), h.back(t), office))
	noted := h.heads(t, office)[0]
	h.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for _, table := range []string{"audit_events", "audit_heads"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE organization_id = $1`, h.Northwind); err != nil {
				return err
			}
		}
		for range noted.Sequence + 3 {
			if err := audit.Record(ctx, tx, access.Installation(access.Origin{}), audit.Event{
				OrganizationID: h.Northwind, Action: "user.logged_in", Target: audit.Target{Kind: "user", Name: "Nobody"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := h.verify(t); err != nil {
		t.Fatalf("the rewritten trail is not whole in itself: %v", err)
	}
	var broken audit.Broken
	if err := h.verify(t, noted); !errors.As(err, &broken) || !strings.Contains(broken.Reason, "written anew") {
		t.Errorf("held to the mailed head, the verdict is %v", err)
	}
}
