package language

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed catalogue
var files embed.FS

// Default is the language of whoever has chosen none.
const Default = "en"

// Catalogue holds the sentences of every language. It is safe for concurrent use.
type Catalogue struct {
	bundle  *i18n.Bundle
	plain   map[string]map[string]string // language -> key -> sentence without values
	keys    map[string][]string
	matcher language.Matcher
	tags    []string
}

// Load reads the embedded catalogues. Each is a folder of flat JSON files whose
// values are a sentence, or {"one": …, "other": …} where a Count decides.
func Load() (*Catalogue, error) {
	c := &Catalogue{
		bundle: i18n.NewBundle(language.MustParse(Default)),
		plain:  map[string]map[string]string{},
		keys:   map[string][]string{},
	}
	folders, err := fs.ReadDir(files, "catalogue")
	if err != nil {
		return nil, err
	}
	var tags []language.Tag
	for _, folder := range folders {
		tag, err := language.Parse(folder.Name())
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", folder.Name(), err)
		}
		if err := c.load(tag, folder.Name()); err != nil {
			return nil, err
		}
		if folder.Name() == Default { // the matcher falls back to the first
			tags, c.tags = slices.Insert(tags, 0, tag), slices.Insert(c.tags, 0, Default)
		} else {
			tags, c.tags = append(tags, tag), append(c.tags, folder.Name())
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func (c *Catalogue) load(tag language.Tag, folder string) error {
	c.plain[folder] = map[string]string{}
	return fs.WalkDir(files, path.Join("catalogue", folder), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var sentences map[string]any
		if err := json.Unmarshal(content, &sentences); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for key, value := range sentences {
			if slices.Contains(c.keys[folder], key) {
				return fmt.Errorf("%s: %s stands twice", name, key)
			}
			c.keys[folder] = append(c.keys[folder], key)
			message := &i18n.Message{ID: key}
			switch v := value.(type) {
			case string:
				message.Other = v
				if !strings.Contains(v, "{{") {
					c.plain[folder][key] = v
				}
			case map[string]any:
				message.One, _ = v["one"].(string)
				message.Other, _ = v["other"].(string)
			}
			if message.Other == "" {
				return fmt.Errorf("%s: %s is neither a sentence nor a pair of one and other", name, key)
			}
			if err := c.bundle.AddMessages(tag, message); err != nil {
				return fmt.Errorf("%s: %s: %w", name, key, err)
			}
		}
		return nil
	})
}

// Languages returns the languages there are, the default first.
func (c *Catalogue) Languages() []string { return slices.Clone(c.tags) }

// Keys returns the keys of one language, sorted.
func (c *Catalogue) Keys(lang string) []string {
	keys := slices.Clone(c.keys[lang])
	slices.Sort(keys)
	return keys
}

// Speaker returns a speaker of the best language for the preferences: tags
// such as "en-AU", or whole Accept-Language headers, the most wanted first.
func (c *Catalogue) Speaker(preferred ...string) *Speaker {
	var wanted []language.Tag
	for _, p := range preferred {
		if tags, _, err := language.ParseAcceptLanguage(p); err == nil {
			wanted = append(wanted, tags...)
		}
	}
	_, index, _ := c.matcher.Match(wanted...)
	lang := c.tags[index]
	return &Speaker{lang: lang, plain: c.plain[lang], localizer: i18n.NewLocalizer(c.bundle, lang)}
}

// Speaker says sentences in one language. It is safe for concurrent use.
type Speaker struct {
	lang      string
	plain     map[string]string
	localizer *i18n.Localizer
}

// Language is the tag of the language spoken.
func (s *Speaker) Language() string { return s.lang }

// Say returns the sentence of a key with its values, given as name and value in
// turn; "Count" also selects the plural, and is written as Number does. An
// unknown key is an error.
func (s *Speaker) Say(key string, values ...any) (string, error) {
	if sentence, ok := s.plain[key]; ok {
		return sentence, nil
	}
	if len(values)%2 != 0 {
		return "", fmt.Errorf("sentence %s: a value without a name", key)
	}
	data := make(map[string]any, len(values)/2)
	for i := 0; i < len(values); i += 2 {
		name, ok := values[i].(string)
		if !ok {
			return "", fmt.Errorf("sentence %s: %v is no name", key, values[i])
		}
		data[name] = values[i+1]
	}
	return s.SayWith(key, data)
}

// SayWith is Say with the values in a map.
func (s *Speaker) SayWith(key string, values map[string]any) (string, error) {
	if sentence, ok := s.plain[key]; ok {
		return sentence, nil
	}
	count := values["Count"]
	if n, ok := count.(int); ok {
		values = maps.Clone(values)
		values["Count"] = s.Number(n)
	}
	return s.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: count})
}

// Number writes a count of things: 9,812.
func (s *Speaker) Number(n int) string { return message.NewPrinter(language.Make(s.lang)).Sprint(n) }

// Day writes a date: 30 November 2026.
func (s *Speaker) Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// Moment writes a date and time with its zone: 30 November 2026, 10:42 UTC.
func (s *Speaker) Moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// Clock writes a time of day with its zone: 10:42 UTC.
func (s *Speaker) Clock(t time.Time) string { return t.UTC().Format("15:04 UTC") }
