package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/platform/db"
)

// crowd puts people into the organization that stand invited, the first of them first.
func (p *portal) crowd(n int) {
	p.Helper()
	err := p.app.DB().Write(p.Context(), func(tx *db.Tx) error {
		for i := range n {
			if err := p.settler(p.Context(), tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
}

func (p *portal) settler(ctx context.Context, tx *db.Tx, i int) error {
	_, err := tx.Exec(ctx, `INSERT INTO users (organization_id, id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT organization_id, $1, $2, 'Okafor', $3, $3, $4, id, 'invited', $5 FROM roles WHERE kind = 'member'`,
		fmt.Sprintf("usr_%026d", i), fmt.Sprintf("P%03d", i), fmt.Sprintf("p%d@crowd.example", i), fmt.Sprintf("p%03d okafor p%d@crowd.example", i, i), tx.Now)
	return err
}

var (
	listed = regexp.MustCompile(`href="/users/(usr_[0-9a-v]{26})["?]`)
	onward = regexp.MustCompile(`href="([^"]+)" rel="(next|prev)"`)
)

// shown are the users on a page, each once.
func shown(a *answer) (ids []string) {
	for _, found := range listed.FindAllStringSubmatch(a.body, -1) {
		if !slices.Contains(ids, found[1]) {
			ids = append(ids, found[1])
		}
	}
	return ids
}

func lead(a *answer, rel string) string {
	for _, found := range onward.FindAllStringSubmatch(a.body, -1) {
		if found[2] == rel {
			return html.UnescapeString(found[1])
		}
	}
	return ""
}

func TestThePagesOfTheListLeadThereAndBack(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	p.crowd(119)
	var pages [][]string
	path, last := "/users?status=invited&sort=-name", ""
	for path != "" {
		a := owner.open(path)
		pages = append(pages, shown(a))
		if from, to := len(pages)*25-24, min(len(pages)*25, 119); !strings.Contains(a.body, fmt.Sprintf("%d to %d of 119", from, to)) {
			t.Errorf("page %d does not say %d to %d of 119", len(pages), from, to)
		}
		last, path = path, lead(a, "next")
	}
	if len(pages) != 5 || len(pages[4]) != 19 || pages[0][0] != "usr_00000000000000000000000118" || pages[4][18] != "usr_00000000000000000000000000" {
		t.Fatalf("the pages are %q", pages)
	}
	for i := len(pages) - 1; i >= 0; i-- {
		a := owner.open(last)
		if !slices.Equal(shown(a), pages[i]) {
			t.Errorf("page %d on the way back shows %q", i+1, shown(a))
		}
		last = lead(a, "prev")
	}
	if last != "" {
		t.Errorf("before the first page comes %s", last)
	}
}

func TestTheStateOfTheListStandsInItsAddress(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	p.crowd(60)
	for path, want := range map[string]int{
		"/users": 25, "/users?size=50": 50, "/users?size=100": 61, "/users?size=7": 25, "/users?status=active": 1, "/users?status=invited&size=100": 60,
		"/users?status=nonsense&size=100": 61, "/users?factor=on": 1, "/users?factor=off": 0, "/users?role=rol_none": 0, "/users?q=okafor&size=100": 60,
		"/users?q=p05&size=100": 10, "/users?q=p05&status=active": 0, "/users?q=okafor+p059": 1, "/users?q=usr_00000000000000000000000007": 1,
		"/users?at=nonsense": 25, "/users?at=%00%27&sort=name": 25, "/users?sort=role&size=50": 50, "/users?sort=-status&size=50": 50, "/users?sort=password": 25,
		"/users?q=" + url.QueryEscape("\x00'\"*%_\\ AND NEAR("): 0, "/users?q=" + strings.Repeat("x", 7000): 0,
	} {
		if a := owner.open(path); a.status != http.StatusOK || len(shown(a)) != want {
			t.Errorf("%.60s: answer %d with %d users, want %d", path, a.status, len(shown(a)), want)
		}
	}
}
