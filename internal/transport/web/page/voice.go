package page

import (
	"html/template"
	"strings"
	"time"

	"idkit/internal/platform/language"
)

// voice is what templates may call: words, times, controls and addresses of files.
type voice struct {
	speaker *language.Speaker
	assets  *Assets
}

// spoken is text of our own; any other string in a sentence is somebody's own words and is isolated from its
// surroundings, because a name may be written in the other direction.
type spoken string

// words is a piece of a sentence.
type words struct {
	Text   string
	Theirs bool // somebody's own words, to be isolated with bdi
}

func (v voice) functions() template.FuncMap {
	return template.FuncMap{
		"say":     v.say,
		"words":   v.words,
		"day":     func(t time.Time) spoken { return spoken(v.speaker.Day(t)) },
		"moment":  func(t time.Time) spoken { return spoken(v.speaker.Moment(t)) },
		"clock":   func(t time.Time) spoken { return spoken(v.speaker.Clock(t)) },
		"number":  func(n int) spoken { return spoken(v.speaker.Number(n)) },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"asset":   v.assets.Path,
		"control": v.control,
		"menu":    v.menu,
		"form":    newForm,
		"rosette": newRosette,
		"band":    newBand,
		"groups":  groups,
	}
}

// say returns a sentence of the catalogue as plain text.
func (v voice) say(key string, values ...any) (spoken, error) {
	text, err := v.speaker.Say(key, values...)
	if err != nil {
		return "", err
	}
	return spoken(text), nil
}

// Marks around somebody's own words while a sentence is put together. They are private-use characters, and are taken
// out of the words themselves first.
const (
	theirsBegin = "\uE000"
	theirsEnd   = "\uE001"
)

var withoutMarks = strings.NewReplacer(theirsBegin, "", theirsEnd, "")

// words returns a sentence of the catalogue in pieces, so that a template can isolate somebody's own words.
func (v voice) words(key string, values ...any) ([]words, error) {
	marked := make([]any, len(values))
	copy(marked, values)
	for i := 1; i < len(marked); i += 2 {
		if s, ok := marked[i].(string); ok {
			marked[i] = theirsBegin + withoutMarks.Replace(s) + theirsEnd
		}
	}
	text, err := v.say(key, marked...)
	if err != nil {
		return nil, err
	}
	var pieces []words
	rest := string(text)
	for rest != "" {
		before, after, found := strings.Cut(rest, theirsBegin)
		if before != "" {
			pieces = append(pieces, words{Text: before})
		}
		if !found {
			break
		}
		theirs, behind, _ := strings.Cut(after, theirsEnd)
		pieces = append(pieces, words{Text: theirs, Theirs: true})
		rest = behind
	}
	return pieces, nil
}

// groups cuts a key into pieces of four characters, as people copy it by hand.
func groups(s string) []string {
	var list []string
	for len(s) > 4 {
		list, s = append(list, s[:4]), s[4:]
	}
	return append(list, s)
}
