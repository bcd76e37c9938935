package audit_test

import (
	"reflect"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
)

func TestTheLatestOfSomeActions(t *testing.T) {
	d := newTrail(t)
	stranger := priya
	stranger.OrganizationID = fabrikam
	for n := range 6 {
		record(t, d, priya, event(n), audit.Event{Action: "user.logged_in", Target: audit.Self(priya)})
		record(t, d, stranger, event(100+n))
	}
	s := newLog(d)
	latest, err := s.Latest(t.Context(), auditor(northwind), 4, "user.invited", "user.deleted")
	if err != nil || len(latest) != 4 {
		t.Fatalf("%d entries, %v", len(latest), err)
	}
	for i, e := range latest {
		if e.OrganizationID != northwind || e.Action != "user.invited" || e.Sequence != int64(11-2*i) {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
	if none, err := s.Latest(t.Context(), auditor(northwind), 4, "user.deleted"); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
	// What was done is found behind any number of others.
	for range audit.PageSize {
		record(t, d, priya, audit.Event{Action: "user.logged_in", Target: audit.Self(priya)})
	}
	if behind, err := s.Latest(t.Context(), auditor(northwind), 4, "user.invited"); err != nil || !reflect.DeepEqual(behind, latest) {
		t.Errorf("%+v, %v", behind, err)
	}
	blind := auditor(northwind)
	blind.Permissions = access.Permissions{}
	if _, err := s.Latest(t.Context(), blind, 4, "user.invited"); err == nil {
		t.Error("it is shown to who may not see the log")
	}
}
