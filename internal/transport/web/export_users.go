package web

import (
	"context"
	"time"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// exportUsers sends everybody whom the list's filters find as a CSV file.
func (r *request) exportUsers() error {
	q := directoryQuery(page.ParseUserQuery(r.URL.Query()))
	return r.sendCSV(r.fileName("users"), r.exportHead(), func(ctx context.Context, write func([]string) error) error {
		return r.front.Directory.Export(ctx, r.current.Actor, q, func(u user.User) error { return write(r.exportRow(u)) })
	})
}

func (r *request) exportHead() (names []string) {
	for _, column := range []string{"first_name", "last_name", "email", "role", "status", "second_factor", "since", "last_active", "id"} {
		names = append(names, r.say("web.export."+column))
	}
	return names
}

func (r *request) exportRow(u user.User) []string {
	secondFactor, lastActive := "web.export.off", ""
	if u.SecondFactorOn {
		secondFactor = "web.export.on"
	}
	if u.LastActiveAt != nil {
		lastActive = u.LastActiveAt.Format(time.RFC3339)
	}
	return []string{
		u.FirstName, u.LastName, u.Email, u.RoleName, r.say("page.users.filter." + string(u.Status)), r.say(secondFactor),
		u.CreatedAt.Format(time.RFC3339), lastActive, u.ID,
	}
}
