package recovery_test

import (
	"context"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/session"
)

// acts are all that somebody can ask for without a link.
func (p house) acts(organizationID, recoveryID string) map[string]func(access.Actor) error {
	d := p.draft()
	d.OrganizationID = organizationID
	return map[string]func(access.Actor) error{
		"look": func(a access.Actor) error {
			_, err := p.Recoveries.Look(context.Background(), a, organizationID)
			return err
		},
		"start": func(a access.Actor) error { _, err := p.Recoveries.Start(context.Background(), a, d); return err },
		"approve": func(a access.Actor) error {
			_, err := p.Recoveries.Approve(context.Background(), a, organizationID, recoveryID)
			return err
		},
		"stop": func(a access.Actor) error {
			_, err := p.Recoveries.Stop(context.Background(), a, organizationID, recoveryID)
			return err
		},
	}
}

func TestOnlyOperatorsGetIn(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	strangers := map[string]access.Actor{
		"an Administrator of the client":      p.Administrator(t),
		"an Administrator of another client":  p.Stranger(t),
		"the command line":                    access.Installation(domaintest.Origin),
		"a visitor":                           access.Visitor(domaintest.Origin),
		"an operator without the permissions": {Kind: access.KindOperator, OrganizationID: p.vendor, UserID: p.wei.UserID},
	}
	before := p.Dump(t)
	for who, actor := range strangers {
		for act, do := range p.acts(p.Northwind, r.ID) {
			if err := do(actor); !sameRefusal(err, access.ErrForbidden) {
				t.Errorf("%s may %s: %v", who, act, err)
			}
		}
	}
	if p.Dump(t) != before {
		t.Error("a refused act changed something")
	}
}

func TestAnOperatorWhoseSessionIsOverActsNoMore(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	p.Exec(t, `INSERT INTO sessions (token_hash, id, organization_id, user_id, account_id, created_at, last_seen_at, expires_at, proven_at, second_factor, address, user_agent)
		VALUES ($1, 'ses_1', $2, $3, $4, $5, $5, $6, $5, $7, '', '')`, []byte("x"), p.vendor, p.wei.UserID, p.wei.AccountID, p.Clock.Now(), p.Clock.Now().Add(domaintest.Day), true)
	actor := p.wei
	actor.SessionID = "ses_1"
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, p.wei.UserID)
	for act, do := range p.acts(p.Northwind, r.ID) {
		if err := do(actor); act != "look" && !sameRefusal(err, session.ErrSuspended) { // the door of the console refuses a look
			t.Errorf("a suspended operator may %s: %v", act, err)
		}
	}
}

// A recovery is answered under its own client, and under no other.
func TestTheRecoveryOfAnotherClientIsNotThere(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	fabrikam := p.Organization(t, "Fabrikam")
	for act, do := range p.acts(fabrikam, r.ID) {
		if err := do(p.wei); (act == "approve" || act == "stop") && !sameRefusal(err, recovery.ErrNone) {
			t.Errorf("%s: %v", act, err)
		}
	}
	for _, noClient := range []string{"org_none", p.vendor, ""} {
		for act, do := range p.acts(noClient, r.ID) {
			if err := do(p.wei); !sameRefusal(err, recovery.ErrNoClient) {
				t.Errorf("%s at %q: %v", act, noClient, err)
			}
		}
	}
	p.is(t, recovery.Waiting)
}

func TestTwoUsersObjectAtOnce(t *testing.T) {
	domaintest.EachRound(t, func(t *testing.T) {
		p := newHouse(t)
		p.told(t)
		var acts []func() error
		for _, who := range []*domaintest.Holder{p.member, p.lost} {
			token := p.MustLink(t, who.Email, "recovery/object")
			acts = append(acts, func() error {
				_, err := p.Recoveries.Object(context.Background(), token, domaintest.Origin)
				return err
			})
		}
		if answers := domaintest.Together(acts...); domaintest.Succeeded(answers) != 1 || p.Events(t, "recovery.objected") != 1 {
			t.Fatal(domaintest.Describe(answers))
		}
		p.is(t, recovery.Objected)
	})
}
