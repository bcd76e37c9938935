package language

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed catalogue
var files embed.FS

// Default is the language of whoever has chosen none.
const Default = "en"

// Catalogue holds the sentences of every language. It is safe for concurrent use.
type Catalogue struct {
	speakers []*Speaker // of the default language first
	matcher  language.Matcher
}

// Load reads the embedded catalogues. Each is a folder of flat JSON files whose
// values are a sentence, or {"one": …, "other": …} where a Count decides. A gap
// for a value is written {{.Name}}.
func Load() (*Catalogue, error) {
	folders, err := fs.ReadDir(files, "catalogue")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{}
	var tags []language.Tag
	for _, folder := range folders {
		s, err := load(folder.Name())
		if err != nil {
			return nil, err
		}
		if s.lang == Default { // the matcher falls back to the first
			tags, c.speakers = slices.Insert(tags, 0, s.tag), slices.Insert(c.speakers, 0, s)
		} else {
			tags, c.speakers = append(tags, s.tag), append(c.speakers, s)
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func load(folder string) (*Speaker, error) {
	tag, err := language.Parse(folder)
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", folder, err)
	}
	s := &Speaker{lang: folder, tag: tag, numbers: message.NewPrinter(tag), sentences: map[string]sentence{}}
	return s, fs.WalkDir(files, path.Join("catalogue", folder), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var values map[string]any
		if err := json.Unmarshal(content, &values); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for key, value := range values {
			if _, twice := s.sentences[key]; twice {
				return fmt.Errorf("%s: %s stands twice", name, key)
			}
			if s.sentences[key], err = newSentence(value); err != nil {
				return fmt.Errorf("%s: %s: %w", name, key, err)
			}
		}
		return nil
	})
}

// Languages returns the languages there are, the default first.
func (c *Catalogue) Languages() []string {
	var tags []string
	for _, s := range c.speakers {
		tags = append(tags, s.lang)
	}
	return tags
}

// Keys returns the keys of one language, sorted.
func (c *Catalogue) Keys(lang string) []string {
	for _, s := range c.speakers {
		if s.lang == lang {
			return slices.Sorted(maps.Keys(s.sentences))
		}
	}
	return nil
}

// Speaker returns the speaker of the best language for the preferences: tags
// such as "en-AU", or whole Accept-Language headers, the most wanted first.
func (c *Catalogue) Speaker(preferred ...string) *Speaker {
	if len(c.speakers) == 1 {
		return c.speakers[0]
	}
	var wanted []language.Tag
	for _, p := range preferred {
		if tags, _, err := language.ParseAcceptLanguage(p); err == nil {
			wanted = append(wanted, tags...)
		}
	}
	_, index, _ := c.matcher.Match(wanted...)
	return c.speakers[index]
}

// Speaker says sentences in one language. It is safe for concurrent use.
type Speaker struct {
	lang      string
	tag       language.Tag
	numbers   *message.Printer
	sentences map[string]sentence
}

// Language is the tag of the language spoken.
func (s *Speaker) Language() string { return s.lang }

// Say returns the sentence of a key with its values, given as name and value in
// turn; "Count" also selects the plural, and is written as Number does. An
// unknown key is an error, and so is a missing value.
func (s *Speaker) Say(key string, values ...any) (string, error) {
	if len(values)%2 != 0 {
		return "", fmt.Errorf("sentence %s: a value without a name", key)
	}
	return s.say(key, func(name string) any {
		for i := 0; i < len(values); i += 2 {
			if values[i] == name {
				return values[i+1]
			}
		}
		return nil
	})
}

// SayWith is Say with the values in a map.
func (s *Speaker) SayWith(key string, values map[string]any) (string, error) {
	return s.say(key, func(name string) any { return values[name] })
}

func (s *Speaker) say(key string, value func(name string) any) (string, error) {
	found, ok := s.sentences[key]
	if !ok {
		return "", fmt.Errorf("sentence %s is missing", key)
	}
	if found.isPlain() {
		return found.other[0], nil
	}
	chosen, err := found.wordingFor(s.tag, value(count))
	text, missing := chosen.fill(func(name string) any {
		if n, isNumber := value(name).(int); isNumber && name == count {
			return s.Number(n)
		}
		return value(name)
	})
	if err = errors.Join(err, missing); err != nil {
		return text, fmt.Errorf("sentence %s: %w", key, err)
	}
	return text, nil
}

// count is the value that selects the plural.
const count = "Count"

// Number writes a count of things: 9,812.
func (s *Speaker) Number(n int) string { return s.numbers.Sprint(n) }

// Day writes a date: 30 November 2026.
func (s *Speaker) Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// Moment writes a date and time with its zone: 30 November 2026, 10:42 UTC.
func (s *Speaker) Moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// Clock writes a time of day with its zone: 10:42 UTC.
func (s *Speaker) Clock(t time.Time) string { return t.UTC().Format("15:04 UTC") }
