package administration_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
)

// everywhere returns the tables in which the text stands, trails apart.
func (p *place) everywhere(t testing.TB, text string) (tables []string) {
	t.Helper()
	columns := `SELECT m.name, i.name FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table' AND lower(i.type) = 'text'`
	if os.Getenv(dbtest.PostgresVariable) != "" {
		columns = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`
	}
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		places, err := db.Collect(ctx, tx, func(row db.Row) (at [2]string, err error) {
			err = row.Scan(&at[0], &at[1])
			return at, err
		}, columns)
		for _, at := range places {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+at[0]+` WHERE `+at[1]+` LIKE $1`, "%"+text+"%").Scan(&n); err != nil {
				return err
			}
			if n > 0 && !strings.HasPrefix(at[0], "audit_") {
				tables = append(tables, at[0]+"."+at[1])
			}
		}
		if len(places) < 40 {
			t.Errorf("only %d columns were looked at", len(places))
		}
		return err
	})
	return tables
}

func TestADeletionErasesThePersonAndKeepsTheTrail(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	p.protect(t, priya)
	p.Exec(t, `UPDATE accounts SET mobile_number = '+61412345210', mobile_region = 'AU' WHERE id = $1`, priya.account)
	b := p.enter(t, priya)
	p.invite(t, b.actor(t), "li@northwind.example")
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	token := p.Link(t, priya.email, "reset")
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "left us")
	domaintest.MustNot(t, err)
	p.Clock.Advance(time.Minute)
	_, err = p.SignIn.LogIn(t.Context(), signin.LogIn{Email: priya.email, Password: "wrong wrong wrong", Browser: signin.Browser{Origin: domaintest.Origin}})
	domaintest.Refused(t, err, signin.ErrIncorrect)

	_, err = p.Delete(t.Context(), sam, priya.user, " "+strings.ToUpper(priya.email))
	domaintest.MustNot(t, err)
	_, err = p.Portrait(t.Context(), sam, priya.user)
	domaintest.Refused(t, err, user.ErrNotFound)
	if _, err := p.Accounts.OpenReset(t.Context(), token); err == nil {
		t.Error("a link of a deleted user still opens something")
	}
	if letters := p.letters(t, priya.email); !strings.HasPrefix(letters[len(letters)-1], "Your access to Northwind was deleted\n") {
		t.Errorf("the last letter is %q", letters[len(letters)-1])
	}
	p.Clock.Advance(time.Hour)
	p.Write(t, mail.Prune)
	for _, text := range []string{priya.email, priya.user, priya.account, "Priya", "61412345210"} {
		// The id alone stays, where an open invitation of theirs must stay dead and where invitations are counted for a day.
		tables := slices.DeleteFunc(p.everywhere(t, text), func(at string) bool {
			return text == priya.user && (at == "invitations.inviter_id" || at == "throttles.key")
		})
		if len(tables) > 0 {
			t.Errorf("%q still stands in %v", text, tables)
		}
	}
	events := p.events(t, p.Northwind, "user.deleted")
	if len(events) != 1 || events[0].Target.Name != "Priya Shah" || events[0].Target.ID != priya.user {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
	opened, err := p.Invitations.Open(t.Context(), p.Link(t, "li@northwind.example", "join"))
	if err != nil || opened.State != credential.LinkWithdrawn {
		t.Errorf("an invitation of somebody who is gone: %s, %v", opened.State, err)
	}
}

// importOf writes an import that somebody brought to its end, with one row.
func (p *place) importOf(t testing.TB, who *holder, row string) (importID string) {
	t.Helper()
	importID = id.New("imp")
	p.Exec(t, `INSERT INTO imports (organization_id, id, file_name, state, importer_id, importer_name, address, user_agent, request_id, paused_by,
			created_at, ended_at, due_at, lease, letter_at, to_invite, here, twice, wrong, invited, failed)
		VALUES ($1, $2, 'people.csv', 'finished', $3, 'Priya Shah', '203.0.113.77', 'Priya''s browser', '', '', $4, $4, $4, '', $4, 0, 0, 1, 0, 0, 0)`,
		p.Northwind, importID, who.user, p.Clock.Now())
	p.Exec(t, `INSERT INTO import_rows (organization_id, import_id, position, line, first_name, last_name, email, role, role_id, verdict, first_line, faults, outcome)
		VALUES ($1, $2, 1, 3, 'Somebody', '', $3, 'Member', '', 'twice', 2, '[]', 'none')`, p.Northwind, importID, row)
	return importID
}

func TestADeletionIsErasedFromImports(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	of := p.importOf(t, priya, strings.ToUpper(priya.email))
	otherwise := p.importOf(t, priya, "Priya@BÜCHER.example") // which no lower() of an engine makes the canonical form
	p.Exec(t, `UPDATE import_rows SET email_key = $2 WHERE import_id = $1`, otherwise, priya.email)
	other := p.importOf(t, priya, "li@northwind.example")
	p.Exec(t, `UPDATE imports SET state = 'paused', ended_at = NULL, paused_by = 'Priya Shah', paused_by_id = $2, importer_id = '', importer_name = '', address = '', user_agent = '' WHERE id = $1`, other, priya.user)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	_, err = p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.MustNot(t, err)
	for _, text := range []string{priya.user, "Priya Shah", "203.0.113.77", "Priya's browser"} {
		if n := p.Count(t, `SELECT count(*) FROM imports WHERE $1 IN (importer_id, importer_name, address, user_agent, paused_by, paused_by_id)`, text); n > 0 {
			t.Errorf("%q still stands in %d imports", text, n)
		}
	}
	for importID, want := range map[string]int{of: 0, otherwise: 0, other: 1} {
		if n := p.Count(t, `SELECT count(*) FROM import_rows WHERE import_id = $1`, importID); n != want {
			t.Errorf("%d rows are left, want %d", n, want)
		}
	}
}

func TestADeletedAddressIsInvitedAnew(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	_, err = p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.MustNot(t, err)
	p.invite(t, sam, priya.email)
	joined, err := p.Invitations.Join(t.Context(), p.Link(t, priya.email, "join"), domaintest.Password, domaintest.Origin)
	domaintest.MustNot(t, err)
	if _, err := p.Sessions.Authenticate(t.Context(), joined.Session.Token.Reveal(), domaintest.Origin); err != nil {
		t.Errorf("whoever was deleted cannot join anew: %v", err)
	}
}

func TestAnInvitedUserIsDeletedWithTheirInvitation(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	li := p.invite(t, sam, "li@northwind.example")
	token := p.Link(t, "li@northwind.example", "join")
	_, err := p.Delete(t.Context(), sam, li, "li@northwind.example")
	domaintest.MustNot(t, err)
	if _, err := p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin); err == nil {
		t.Error("a deleted invitation lets somebody join")
	}
	letters := p.letters(t, "li@northwind.example")
	if len(letters) != 1 {
		t.Errorf("whoever never had access is told %q", letters[1:])
	}
	// What counts how often a mailbox is written to stays for a day.
	p.Exec(t, `DELETE FROM throttles`)
	if tables := p.everywhere(t, "li@northwind.example"); len(tables) > 0 {
		t.Errorf("the address still stands in %v", tables)
	}
}

// TestADeletionLeavesTheOtherOrganization: the account opens Fabrikam as well.
func TestADeletionLeavesTheOtherOrganization(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	there := p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleAdministrator)
	here, elsewhere := p.enter(t, priya), p.enter(t, there)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	token := p.Link(t, priya.email, "reset")
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	_, err = p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.MustNot(t, err)
	_, err = here.current(t)
	domaintest.Refused(t, err, session.ErrEnded)
	if current, err := elsewhere.current(t); err != nil || !current.SecondFactorOn {
		t.Errorf("the session at Fabrikam: %+v, %v", current, err)
	}
	if opened, err := p.Accounts.OpenReset(t.Context(), token); err != nil || opened.State != credential.LinkLive {
		t.Errorf("the link to a new password: %s, %v", opened.State, err)
	}
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE organization_id = $1 AND address = $2 AND kind <> 'user_deleted'`, p.Northwind, priya.email); n != 0 {
		t.Errorf("%d letters of Northwind keep the address", n)
	}
}

func TestDeletionsThatAreRefused(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, err := p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.Refused(t, err, administration.ErrStillActive)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	for _, typed := range []string{"", "priya", "someone@northwind.example", priya.email + ".au", "Priya Shah"} {
		_, err = p.Delete(t.Context(), sam, priya.user, typed)
		domaintest.Refused(t, err, administration.ErrEmailDiffers)
	}
	if p.status(t, priya) != "suspended" {
		t.Error("a refused deletion was carried out")
	}
	_, err = p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.MustNot(t, err)
	_, err = p.Delete(t.Context(), sam, priya.user, priya.email)
	domaintest.Refused(t, err, user.ErrNotFound)
}
