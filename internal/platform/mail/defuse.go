package mail

import (
	"strings"
	"unicode"
)

// Limits in characters.
const (
	nameLimit     = 120 // a name, a role, a device
	quoteLimit    = 300 // a personal note
	sentenceLimit = 1200
	subjectLimit  = 200
	replyLimit    = 300 // the mail server's words

	// marksLimit bounds accents on one letter, which otherwise pile up over the neighbouring lines.
	marksLimit = 4
)

// Defuse makes a stranger's words harmless inside a letter, and keeps them
// readable. Mail programs turn whatever looks like an address into a link, in
// plain text too and after any escaping, so a name such as
// "Visit http://evil.example" would put a stranger's link into our letter. We
// break what makes an address one, visibly, with a space:
//
//	http://evil.example  →  http: / /evil. example
//	<b>Ada</b>           →  ‹b›Ada‹/b›
//	J.R. O'Neil          →  J. R. O'Neil
//	=?utf-8?q?x?=        →  = ?utf-8?q?x?=
//
// Control characters, line breaks, invisible characters and those that turn the
// direction of writing are dropped; the length is bounded.
func Defuse(s string) string { return defuse(s, nameLimit) }

func defuse(s string, limit int) string {
	runes := []rune(clean(s, limit))
	var b strings.Builder
	for i, r := range runes {
		switch r {
		case '<', '＜', '﹤':
			r = '‹'
		case '>', '＞', '﹥':
			r = '›'
		}
		b.WriteRune(r)
		if i+1 < len(runes) && joins(r, runes[:i], runes[i+1]) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// joins reports whether a sign joins what is around it into something that a
// mail program may take for an address, a link or an encoded word. The variants
// are those that become the plain sign under compatibility normalisation.
func joins(sign rune, before []rune, next rune) bool {
	if unicode.IsSpace(next) {
		return false
	}
	switch sign {
	case '.', '．', '․', '﹒', '。', '｡':
		return unicode.IsLetter(next) || unicode.IsNumber(next) || unicode.IsMark(next) || next == '-' || next == '_'
	case ':', '：', '﹕', '︓':
		clock := len(before) > 0 && unicode.IsDigit(before[len(before)-1]) && unicode.IsDigit(next)
		return !clock
	case '/', '／', '\\', '＼', '﹨':
		return strings.ContainsRune(`/／\＼﹨`, next)
	case '@', '＠', '﹫':
		return true
	case '=':
		return next == '?'
	}
	return false
}

// clean drops what has no place in one line of text: control and invisible
// characters, line breaks, changes of the direction of writing, broken UTF-8.
// Runs of space become one. What is longer than the limit ends in an ellipsis.
func clean(s string, limit int) string {
	var kept []rune
	marks, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u2800': // an empty Braille pattern
			space = len(kept) > 0
			continue
		case unseen(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > marksLimit {
				continue
			}
		default:
			marks = 0
		}
		if space {
			kept, space = append(kept, ' '), false
		}
		if kept = append(kept, r); len(kept) > limit {
			return string(kept[:limit-1]) + "…"
		}
	}
	return string(kept)
}

// unseen reports characters that a reader cannot see or that are no text.
func unseen(r rune) bool {
	switch r {
	case unicode.ReplacementChar, '\u115f', '\u1160', '\u3164', '\uffa0', '\u034f': // Hangul fillers, grapheme joiner
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point)
}
