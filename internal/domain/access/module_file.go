package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a deployment may add, in modules, permissions of each, and characters.
const (
	addedModulesLimit = 30
	permissionsLimit  = 20
	moduleTitleLimit  = 60
	moduleWordsLimit  = 200
)

var moduleKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// WithAdded reads the modules that a deployment adds, a JSON list, and returns
// them behind those that there are; icons are the names of the icon sheet. The
// error says in one sentence what to put right, for whoever wrote the file.
func (ms Modules) WithAdded(content []byte, icons []string) (Modules, error) {
	var added []struct {
		Key         string `json:"key"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Icon        string `json:"icon"`
		Address     string `json:"address"`
		Permissions []struct {
			Key   string `json:"key"`
			Title string `json:"title"`
		} `json:"permissions"`
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&added); err != nil {
		return nil, fmt.Errorf("write a JSON list of modules as in docs/modules.json: %w", err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("something stands behind the end of the list")
	}
	if len(added) > addedModulesLimit {
		return nil, fmt.Errorf("%d modules are too many: write at most %d", len(added), addedModulesLimit)
	}
	all := slices.Clone(ms)
	for i, a := range added {
		m := Module{Key: a.Key, Title: a.Title, Description: a.Description, Icon: a.Icon, Address: a.Address}
		for _, p := range a.Permissions {
			m.Permissions = append(m.Permissions, ModulePermission(p))
		}
		if err := m.check(all, icons); err != nil {
			return nil, fmt.Errorf("module %d, %q: %w", i+1, m.Key, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// check holds a module to what the file may say.
func (m Module) check(before Modules, icons []string) error {
	_, taken := before.Find(m.Key)
	switch {
	case !moduleKey.MatchString(m.Key):
		return fmt.Errorf("write a key of small letters, digits and _, for example \"reports\"")
	case taken || m.Key == RolesEdit.Module() || m.Key == ClientsView.Module():
		return fmt.Errorf("a module with this key is there already")
	case !plainWords(m.Title, moduleTitleLimit):
		return fmt.Errorf("write a title of 1 to %d characters", moduleTitleLimit)
	case !plainWords(m.Description, moduleWordsLimit):
		return fmt.Errorf("write a description of 1 to %d characters", moduleWordsLimit)
	case !slices.Contains(icons, m.Icon):
		return fmt.Errorf("%q is no icon: write one of %s", m.Icon, strings.Join(icons, ", "))
	case !sameSitePath(m.Address) && !secureAddress(m.Address):
		return fmt.Errorf("%q is no address: write a path such as /reports/ or an https:// address", m.Address)
	case len(m.Permissions) > permissionsLimit:
		return fmt.Errorf("%d permissions are too many: write at most %d", len(m.Permissions), permissionsLimit)
	}
	seen := []string{accessKey} // which every module has, without writing it
	for _, p := range m.Permissions {
		switch {
		case !moduleKey.MatchString(p.Key):
			return fmt.Errorf("write each permission's key in small letters, digits and _, for example \"view\"")
		case slices.Contains(seen, p.Key):
			return fmt.Errorf("the permission %q is there already", p.Key)
		case !plainWords(p.Title, moduleTitleLimit):
			return fmt.Errorf("write a title of 1 to %d characters for the permission %q", moduleTitleLimit, p.Key)
		}
		seen = append(seen, p.Key)
	}
	return nil
}

func plainWords(text string, limit int) bool {
	return strings.TrimSpace(text) == text && text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= limit &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) })
}

// sameSitePathPattern takes plain characters alone, so that proxy and browser read the same path.
var sameSitePathPattern = regexp.MustCompile(`^/([A-Za-z0-9._~-]+/?)*$`)

func sameSitePath(text string) bool {
	return sameSitePathPattern.MatchString(text) && !strings.Contains(text, "/.")
}

func secureAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r == '\\' || r >= utf8.RuneSelf
	})
}
