package page

// ChangeMobile is posted to /profile/mobile: fields region, number. "Remove number" posts to
// /profile/mobile/remove.
type ChangeMobile struct {
	Problem string
	Region  Field
	Regions []Option // value "AU", label "Australia (+61)", sorted by name
	Number  Field
	HasOne  bool // offers "Remove number"
}

func (v ChangeMobile) describe() description {
	return description{
		template: "change_mobile", frame: framePortal, title: "page.change_mobile.title",
		problems: problems(v.Problem, named{"region", v.Region}, named{"number", v.Number}),
	}
}
