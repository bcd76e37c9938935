package page

import (
	"slices"
	"strings"
	"time"
)

// Specimen is one state of one page. The gallery at /dev/ui lists them all, and the tests visit each.
type Specimen struct {
	Name  string // unique, as in /dev/ui/{name}: the page, a dash, the state
	Shell Shell
	View  View
}

// Gallery returns every state of every page, in the order in which a person meets them.
func Gallery() []Specimen {
	return slices.Concat(entrySpecimens(), joinSpecimens(), protectSpecimens(), setupSpecimens(), linkSpecimens(),
		usersSpecimens(), userSpecimens(), actSpecimens(), factorSpecimens(), manageRolesSpecimens(), settingsSpecimens(), importSpecimens(), invitationSpecimens(), auditSpecimens(), recoverySpecimens(),
		portalSpecimens(), profileSpecimens(), windowSpecimens(), resetSpecimens(),
		clientsSpecimens(), consoleSpecimens(), failureSpecimens(), developmentSpecimens())
}

// GalleryIndex is the list of all specimens, a GET of /dev/ui.
type GalleryIndex struct{}

func (v GalleryIndex) describe() description {
	return description{template: "gallery_index", frame: frameTools, title: "page.gallery.title"}
}

// Names lists the specimens.
func (v GalleryIndex) Names() []string {
	var names []string
	for _, s := range Gallery() {
		names = append(names, s.Name)
	}
	return names
}

// The people and the moment of the gallery.
const (
	galleryOrganization = "org_06f9c3k2v7x1m8q4t5r0n2b6d8"
	galleryUser         = "usr_06f9c3k2v7x1m8q4t5r0n2b6d8"
)

var galleryNow = time.Date(2026, time.November, 23, 10, 42, 0, 0, time.UTC)

// stranger is the shell before anybody is known.
func stranger() Shell {
	return Shell{Language: "en", Path: "/login", FormToken: "specimen"}
}

// guest is the shell of somebody whose organization is known but who is not logged in.
func guest() Shell {
	s := stranger()
	s.OrganizationID, s.OrganizationName = galleryOrganization, "Northwind"
	return s
}

// viewer is the shell of an administrator in the portal, with one module open.
func viewer(module string) Shell {
	s := guest()
	s.Path = "/users"
	s.Viewer = Viewer{Name: "Sam Ito", Email: "sam@northwind.example"}
	for _, m := range []Module{
		{Icon: "users", Title: "Users", What: "Invite people and look after their access"},
		{Icon: "editor", Title: "Editor", What: "Edit and publish the flows that your customers see"},
		{Icon: "remote_verify", Title: "Remote Verify", What: "Send verifications and follow them"},
		{Icon: "reports", Title: "Reports", What: "Read and export figures"},
		{Icon: "developer", Title: "Developer", What: "Addresses for your programs"},
		{Icon: "repository", Title: "Repository", What: "Find, export and delete stored records"},
		{Icon: "support", Title: "Support", What: "Get help with this portal"},
		{Icon: "audit", Title: "Audit log", What: "See who did what, and when"},
		{Icon: "settings", Title: "Settings", What: "Security, brand and mail of this portal"},
	} {
		m.Href, m.Current = "/"+strings.ReplaceAll(m.Icon, "_", "-"), m.Icon == module
		s.Modules = append(s.Modules, m)
	}
	return s
}

func withFlash(s Shell, text string, action *Action) Shell {
	s.Flash = &Flash{Text: text, Action: action}
	return s
}

func specimen(name string, s Shell, v View) Specimen { return Specimen{Name: name, Shell: s, View: v} }
