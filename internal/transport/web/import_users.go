package web

import (
	"errors"
	"io"
	"net/http"

	"idkit/internal/domain/roster"
	"idkit/internal/transport/web/page"
)

// importUsers shows the form for a file, and what became of earlier ones.
func (r *request) importUsers() error { return r.showImportUsers(http.StatusOK, problem{}) }

func (r *request) showImportUsers(status int, p problem) error {
	roles, err := r.front.Invitations.RolesToGive(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	imports, err := r.front.Roster.List(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	view := page.ImportUsers{Problem: p.Text, File: page.Field{Error: p.Fields["file"]}, MailMissing: !r.front.Outbox.Ready()}
	for _, role := range roles {
		view.Roles = append(view.Roles, role.Name)
	}
	for _, i := range imports {
		view.Earlier = append(view.Earlier, page.ImportSummary{
			ID: i.ID, File: i.File, By: i.ImporterName, At: i.CreatedAt, State: page.ImportState(i.State), Sent: i.Invited, Of: i.ToInvite,
		})
	}
	return r.show(status, view)
}

// postImportUsers checks a file. Nothing is sent before its rows were looked at.
func (r *request) postImportUsers() error {
	name, file, err := r.file("file")
	if err != nil {
		return r.importRefused(err)
	}
	ctx, done := r.uploadContext()
	defer done()
	i, err := r.front.Roster.Check(ctx, r.current.Actor, name, file)
	if err != nil {
		_, _ = io.Copy(io.Discard, file) // a browser that is still sending would not read the refusal
		return r.importRefused(err)
	}
	return r.redirect(page.ImportHref(i.ID))
}

func (r *request) importRefused(err error) error {
	if errors.Is(err, errUnreadable) {
		return err
	}
	p, failed := r.problemOf(err)
	if failed != nil {
		return failed
	}
	p = p.at("file")
	if errors.Is(err, roster.ErrFileTooLarge) {
		p.Status = http.StatusRequestEntityTooLarge
	}
	return r.showImportUsers(p.Status, p)
}

// importSample sends a file with the columns that one must have, to be filled in.
func (r *request) importSample() error {
	roles, err := r.front.Invitations.RolesToGive(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	table := r.startCSV("people.csv")
	_ = table.Write(roster.Columns())
	for n, person := range [][]string{{"Ada", "Okafor", "ada@northwind.example"}, {"Björk", "", "bjork@northwind.example"}} {
		if len(roles) > 0 {
			_ = table.Write(append(person, plainCell(roles[n%len(roles)].Name)))
		}
	}
	table.Flush()
	return table.Error()
}
