package mail_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/mail"
)

func TestMailboxKeepsLettersAsFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "mailbox")
	box, err := mail.OpenMailbox(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, box)
	first := o.enqueue("priya@northwind.example")[0]
	o.dispatch()
	o.clock.Advance(time.Minute)
	second := o.enqueue("sam@northwind.example")[0]
	o.dispatch()
	o.expect(first, mail.Sent, 1)

	letters, err := box.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != 2 || letters[0].To != "sam@northwind.example" || !strings.HasSuffix(letters[0].ID, second) {
		t.Fatalf("the list is %+v", letters)
	}
	if !letters[0].At.Equal(o.clock.Now()) {
		t.Errorf("it is dated %v", letters[0].At)
	}
	letter, err := box.Read(letters[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	link := baseURL + "/join?t=" + first
	if !strings.Contains(letter.Text, link) || !strings.Contains(letter.HTML, `href="`+link+`"`) || !strings.Contains(letter.Source, "Message-ID: <"+first+"@id.example>") {
		t.Errorf("the letter is\n%s", letter.Source)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v", info.Mode())
	}
}

func TestMailboxRefusesWhatCannotExist(t *testing.T) {
	box, err := mail.OpenMailbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t, box)
	ids := o.enqueue("priya@Northwind.Invalid", "priya@northwind.example")
	o.dispatch()
	if d := o.expect(ids[0], mail.Undeliverable, 1); !strings.Contains(d.Reply, "550 5.1.1") || !strings.Contains(d.Reply, "does not exist") {
		t.Errorf("it says %q", d.Reply)
	}
	o.expect(ids[1], mail.Sent, 1)
	if letters, err := box.List(); err != nil || len(letters) != 1 {
		t.Errorf("%d letters, %v", len(letters), err)
	}
}

func TestMailboxOpensNothingElse(t *testing.T) {
	root := t.TempDir()
	box, err := mail.OpenMailbox(filepath.Join(root, "mailbox"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"secret", "20261123T104200.000000Z-ltr_00000000000000000000000000"} {
		if err := os.WriteFile(filepath.Join(root, name+".eml"), []byte("Subject: secret\r\n\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{
		"", ".", "..", "../secret", "secret", "/etc/passwd", "..\\secret", "%2e%2e/secret",
		"../20261123T104200.000000Z-ltr_00000000000000000000000000", "20261123T104200.000000Z-ltr_00000000000000000000000000",
		"20261123T104200.000000Z-ltr_0000000000000000000000000\x00", "20261123T104200.000000Z-ltr_00000000000000000000000000\n",
		"99999999T999999.000000Z-ltr_00000000000000000000000000",
	} {
		if _, err := box.Read(id); !errors.Is(err, mail.ErrNoLetter) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
