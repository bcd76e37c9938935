package notice_test

import (
	"context"
	"strings"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// TestEveryNoticeIsWritten: each kind has all that its sentences need, also
// where an administrator is the one who did it.
func TestEveryNoticeIsWritten(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin := p.Administrator(t)
	for kind := range p.Notices.Composers() {
		who := p.Person(t)
		p.Write(t, func(ctx context.Context, tx *db.Tx) error {
			u, err := user.Find(ctx, tx, p.Northwind, who.User)
			if err != nil {
				return err
			}
			n, err := notice.ToUser(ctx, tx, admin, u, kind)
			if err != nil {
				return err
			}
			n.NewAddress = who.Email
			n.Values = map[string]string{"Role": "Member", "Name": "Zoë", "LastDigits": "10", "Approver": "Wei Zhang", "Person": "Sam Ito"}
			return p.Notices.Enqueue(ctx, tx, n)
		})
		letters := p.Letters(t, who.Email)
		if len(letters) != 1 {
			t.Errorf("%s: %d letters arrived", kind, len(letters))
			continue
		}
		if !strings.Contains(letters[0], "Hello Priya") {
			t.Errorf("%s does not greet: %q", kind, letters[0])
		}
	}
}

func TestANoticeSpeaksTheLanguageOfItsReader(t *testing.T) {
	p := domaintest.NewPlace(t)
	admin, who := p.Administrator(t), p.Person(t)
	p.Exec(t, `UPDATE accounts SET language = 'pt-BR' WHERE id = $1`, who.Account)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		u, err := user.Find(ctx, tx, p.Northwind, who.User)
		if err != nil {
			return err
		}
		n, err := notice.ToUser(ctx, tx, admin, u, mail.KindSuspended)
		if err != nil {
			return err
		}
		if n.Language != "pt-BR" || n.Organization != "Northwind" || n.Who != admin.Name || n.Address != who.Email {
			t.Errorf("the notice is %+v", n)
		}
		return nil
	})
}

func TestANewAddressIsMaskedForEveryOtherMailbox(t *testing.T) {
	p := domaintest.NewPlace(t)
	for _, address := range []string{"new@other.example", "old@northwind.example"} {
		p.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return p.Notices.Enqueue(ctx, tx, notice.Notice{
				Kind: mail.KindEmailChanged, SubjectID: "emc_1", Address: address, NewAddress: "new@other.example", Language: "en", Origin: domaintest.Origin,
			})
		})
	}
	if said := p.Letters(t, "new@other.example"); len(said) != 1 || !strings.Contains(said[0], "with new@other.example") {
		t.Errorf("its owner reads %q", said)
	}
	if said := p.Letters(t, "old@northwind.example"); len(said) != 1 || strings.Contains(said[0], "new@other") {
		t.Errorf("another mailbox reads %q", said)
	}
}
