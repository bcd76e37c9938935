package page

import (
	"net/url"
	"slices"
	"testing"
)

func TestPageNumbersAreEndsAndNeighbours(t *testing.T) {
	for _, c := range []struct {
		number, of int
		want       []int
	}{
		{1, 1, []int{1}},
		{1, 2, []int{1, 2}},
		{2, 3, []int{1, 2, 3}},
		{5, 9, []int{1, 4, 5, 6, 9}},
		{20000, 20000, []int{1, 19999, 20000}},
	} {
		if got := PageNumbers(c.number, c.of); !slices.Equal(got, c.want) {
			t.Errorf("page %d of %d names %v, want %v", c.number, c.of, got, c.want)
		}
	}
}

// The address that a query makes is read back as the same query.
func TestUserQueryThroughItsAddress(t *testing.T) {
	for _, q := range []UserQuery{
		{Size: 25},
		{Filter: FilterSuspended, Role: "rol_1", Factor: FactorOff, Search: "a&b=ü '", Sort: SortLastActive, Descending: true, Size: 100, Cursor: "x/+="},
		{Sort: SortName, Size: 50, Cursor: "y"},
	} {
		u, err := url.Parse(q.Href())
		if err != nil {
			t.Fatal(err)
		}
		if got := ParseUserQuery(u.Query()); got != q {
			t.Errorf("%s is read as %+v, want %+v", q.Href(), got, q)
		}
	}
	if got := ParseUserQuery(url.Values{}).Href(); got != "/users" {
		t.Errorf("the plain list is at %s", got)
	}
}

func TestUserQueryIgnoresNonsense(t *testing.T) {
	values, err := url.ParseQuery("status=root&factor=maybe&sort=--name&size=1000000")
	if err != nil {
		t.Fatal(err)
	}
	if got := ParseUserQuery(values).Href(); got != "/users" {
		t.Errorf("nonsense leads to %s, want the plain list", got)
	}
}

func TestExportLeavesThePageOut(t *testing.T) {
	q := UserQuery{Filter: FilterActive, Search: "ada", Sort: SortName, Size: 100, Cursor: "x"}
	if got, want := q.ExportHref(), "/users.csv?q=ada&sort=name&status=active"; got != want {
		t.Errorf("the file is at %s, want %s", got, want)
	}
}

// "back" comes from outside: it never leads anywhere but to the list of users and to a user.
func TestWayBack(t *testing.T) {
	for back, want := range map[string]string{
		"":                                    "/users",
		"/users":                              "/users",
		"/users?status=active&size=50&x=y":    "/users?size=50&status=active",
		"/users/usr_1":                        "/users/usr_1",
		"/users/usr_1?back=/users?q%3Dada":    "/users/usr_1?back=%2Fusers%3Fq%3Dada",
		"/users/usr_1?back=//evil.example":    "/users/usr_1",
		"/users/usr_1/status":                 "/users",
		"/users/../logout":                    "/users",
		"/users/usr_1/../../logout":           "/users",
		"/users/invite":                       "/users",
		"//evil.example/users":                "/users",
		"https://evil.example/users":          "/users",
		"https:/users":                        "/users",
		"javascript:alert(1)":                 "/users",
		"\\\\evil.example/users":              "/users",
		"/users\r\nSet-Cookie: a=b":           "/users",
		"/users#x":                            "/users",
		"/users/usr_%2e%2e%2f%2e%2e%2flogout": "/users",
		"/users?at=%0d%0aSet-Cookie%3A+a=b":   "/users?at=%0D%0ASet-Cookie%3A+a%3Db",
	} {
		if got := WayBack(back); got != want {
			t.Errorf("%q leads back to %q, want %q", back, got, want)
		}
	}
}

// A column orders the list, turns the order around, and lets it go.
func TestColumnsTurnAround(t *testing.T) {
	for _, c := range []struct {
		query       UserQuery
		column      int
		order, href string
	}{
		{UserQuery{Cursor: "x"}, 0, "", "/users?sort=name"},
		{UserQuery{Sort: SortName}, 0, "ascending", "/users?sort=-name"},
		{UserQuery{Sort: SortName, Descending: true}, 0, "descending", "/users"},
		{UserQuery{Sort: SortName}, 4, "", "/users?sort=-last_active"},
		{UserQuery{Sort: SortLastActive, Descending: true}, 4, "descending", "/users?sort=last_active"},
		{UserQuery{Sort: SortLastActive}, 4, "ascending", "/users"},
	} {
		if got := (Users{Query: c.query}).Columns()[c.column]; got.Order != c.order || got.Href != c.href {
			t.Errorf("column %d of %s is %+v, want %q and %s", c.column, c.query.Href(), got, c.order, c.href)
		}
	}
}

// Whoever is deleted has no page to come back to.
func TestWayToList(t *testing.T) {
	for back, want := range map[string]string{
		"/users?q=ada": "/users?q=ada",
		"/users/usr_1": "/users",
		"/users/usr_1?back=%2Fusers%3Fstatus%3Dinvited": "/users?status=invited",
		"//evil.example": "/users",
	} {
		if got := WayToList(back); got != want {
			t.Errorf("%q leads to %q, want %q", back, got, want)
		}
	}
}
