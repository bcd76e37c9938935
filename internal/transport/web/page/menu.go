package page

import (
	"html/template"
	"strings"
)

// menu writes the lines of a row's menu. A list has hundreds of them: they were
// most of its work while the template wrote them.
func (v voice) menu(acts []act) (template.HTML, error) {
	var b strings.Builder
	for _, a := range acts {
		label, err := v.say("page.act." + a.Key)
		if err != nil {
			return "", err
		}
		b.WriteString("<li")
		if a.Apart {
			b.WriteString(` class="apart"`)
		}
		b.WriteString(`><a class="menu-item`)
		if a.Grave {
			b.WriteString(" grave")
		}
		b.WriteString(`" href="` + template.HTMLEscapeString(a.Href) + `" aria-haspopup="dialog">` + template.HTMLEscapeString(string(label)) + "</a></li>")
	}
	return template.HTML(b.String()), nil
}
