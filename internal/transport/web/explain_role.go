package web

import (
	"net/http"
	"slices"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// explainRole says in sentences what a role allows, to whoever may see users.
func (r *request) explainRole() error {
	list, shown, err := r.rolesList(r.PathValue("id"), page.RoleExplained)
	if err != nil {
		return err
	}
	view := page.ExplainRole{
		List: list, Role: r.roleSheet(shown, draftOf(shown, r.front.Modules)),
		Acts: slices.ContainsFunc([]access.Permission{access.UsersEdit, access.UsersResetPassword, access.UsersChangeStatus}, shown.Permissions.Has),
	}
	var closed []string
	for _, m := range r.front.Modules {
		if shown.Permissions.Has(m.Access()) {
			view.Meanings = append(view.Meanings, r.roleMeaning(shown.Permissions, m))
		} else {
			closed = append(closed, r.moduleInRoles(m))
		}
	}
	view.Closed = strings.Join(closed, ", ")
	return r.show(http.StatusOK, view)
}

// roleMeaning says what a role allows in a module that it opens, and what it does not.
func (r *request) roleMeaning(of access.Permissions, m access.Module) page.RoleMeaning {
	meaning := page.RoleMeaning{Icon: iconOf(m), Module: r.moduleInRoles(m), What: r.moduleWhat(m)}
	if len(m.Permissions) == 0 {
		meaning.Sentences = []page.RoleSentence{{Text: r.moduleMeans(m), Allowed: true}}
	}
	for _, p := range m.Permissions {
		meaning.Sentences = append(meaning.Sentences, page.RoleSentence{Text: r.permissionMeans(m, p), Allowed: of.Has(m.Permission(p.Key))})
	}
	return meaning
}

// roleMeans says what a role allows, one thing after the other, beside a choice of roles.
func (r *request) roleMeans(of user.Role) (sentences []string) {
	if of.Kind != access.RoleOwn {
		return []string{r.say("web.role.means." + string(of.Kind))}
	}
	for _, m := range r.front.Modules {
		if !of.Permissions.Has(m.Access()) {
			continue
		}
		var titles []string // of an added module's permissions, in the words of whoever added it
		for _, s := range r.roleMeaning(of.Permissions, m).Sentences {
			switch {
			case !s.Allowed:
			case m.Title != "" && len(m.Permissions) > 0:
				titles = append(titles, s.Text)
			default:
				sentences = append(sentences, s.Text)
			}
		}
		if len(titles) > 0 {
			sentences = append(sentences, r.say("web.role.means.in_module", "Module", m.Title, "Permissions", strings.Join(titles, ", ")))
		}
	}
	if len(sentences) == 0 {
		sentences = []string{r.say("web.role.means.member")}
	}
	return sentences
}

// moduleMeans says what access to a module is, which has no specific permissions.
func (r *request) moduleMeans(m access.Module) string {
	if m.Title != "" {
		return r.say("web.role.means.module", "Module", m.Title)
	}
	return r.say("web.role.means." + string(m.Access()))
}

// permissionMeans says what one of a module's specific permissions allows; that of
// an added module stands in the words of whoever added it.
func (r *request) permissionMeans(m access.Module, p access.ModulePermission) string {
	if p.Title != "" {
		return p.Title
	}
	return r.say("web.role.means." + string(m.Permission(p.Key)))
}
