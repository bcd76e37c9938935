package credential_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/secret"
)

func TestASpokenCodeFitsItsSubjectAlone(t *testing.T) {
	codes := credential.NewSpokenCodes(keyring(t, secret.NewKey()))
	code, digest, err := codes.Make("usr_priya")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$`).MatchString(code.Reveal()) {
		t.Errorf("the code is %q", code.Reveal())
	}
	bare := strings.ReplaceAll(code.Reveal(), "-", "")
	if strings.Contains(string(digest), bare) {
		t.Error("the code is kept in clear")
	}
	other, otherDigest, err := codes.Make("usr_priya")
	if err != nil || other == code {
		t.Fatalf("two codes are the same: %v", err)
	}
	for _, c := range []struct {
		what, subject, typed string
		digest               []byte
		want                 error
	}{
		{"as it was mailed", "usr_priya", code.Reveal(), digest, nil},
		{"as it was heard", "usr_priya", " " + strings.ToLower(bare[:2]+" "+bare[2:5]+"."+bare[5:]) + "\n", digest, nil},
		{"nothing", "usr_priya", " - ", digest, credential.ErrSpokenCodeMissing},
		{"an earlier code", "usr_priya", other.Reveal(), digest, credential.ErrSpokenCodeWrong},
		{"somebody else's", "usr_marco", code.Reveal(), digest, credential.ErrSpokenCodeWrong},
		{"before there is one", "usr_priya", code.Reveal(), nil, credential.ErrSpokenCodeWrong},
		{"too long", "usr_priya", code.Reveal() + "2", digest, credential.ErrSpokenCodeWrong},
		{"endless", "usr_priya", strings.Repeat(bare, 1000), digest, credential.ErrSpokenCodeWrong},
		{"other signs", "usr_priya", "0000-OOOO", otherDigest, credential.ErrSpokenCodeWrong},
	} {
		if err := codes.Check(c.digest, c.subject, c.typed); !errors.Is(err, c.want) && err != c.want {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
}

func TestASpokenCodeOutlivesTheRotationOfItsKey(t *testing.T) {
	first, second := secret.NewKey(), secret.NewKey()
	code, digest, err := credential.NewSpokenCodes(keyring(t, first)).Make("usr_priya")
	if err != nil {
		t.Fatal(err)
	}
	if err := credential.NewSpokenCodes(keyring(t, second+","+first)).Check(digest, "usr_priya", code.Reveal()); err != nil {
		t.Error(err)
	}
	if err := credential.NewSpokenCodes(keyring(t, second)).Check(digest, "usr_priya", code.Reveal()); err == nil {
		t.Error("it opens without its key")
	}
}
