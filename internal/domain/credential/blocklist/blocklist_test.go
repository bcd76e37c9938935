package blocklist_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"idkit/internal/domain/credential/blocklist"
)

func TestWellKnownPasswordsAreFound(t *testing.T) {
	for _, password := range []string{
		"1qaz2wsx3edc4rfv", "passwordpassword", "123456789qwerty", "qwerty123456789", "1234567890987654321",
		"PasswordPassword", "ＰＡＳＳＷＯＲＤｐａｓｓｗｏｒｄ", "monkeymonkey", "dragondragondragon",
		"password2026!", "sunshine1234!", "letmein12345!", "aaaaaaaaaaaaaaa", strings.Repeat(" ", 20), strings.Repeat("7", 64),
	} {
		if !blocklist.Contains(password) {
			t.Errorf("%q is not found", password)
		}
	}
}

// The list is matched as a whole: a phrase may contain a well-known word.
func TestPhrasesAreNotFound(t *testing.T) {
	for _, password := range []string{
		"correct horse battery staple", "monkey under seven ladders", "a dragon's password is fine", "żółta łódka płynie", "",
	} {
		if blocklist.Contains(password) {
			t.Errorf("%q is taken for well known", password)
		}
	}
}

func TestOthersAreRarelyTakenForListed(t *testing.T) {
	const tries = 100_000
	mistaken := 0
	for range tries {
		if blocklist.Contains(rand.Text()) {
			mistaken++
		}
	}
	// 100,000 / 65,536 = 1.5 are expected; 15 happens less than once in 10^10 runs.
	if mistaken > 15 {
		t.Errorf("%d of %d random passwords are taken for well known", mistaken, tries)
	}
}

func BenchmarkContains(b *testing.B) {
	for b.Loop() {
		blocklist.Contains("correct horse battery staple")
	}
}
