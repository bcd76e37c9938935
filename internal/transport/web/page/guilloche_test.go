package page

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestGuillocheIsTheFaceOfOneOrganization(t *testing.T) {
	seen := map[string]string{}
	for i := range 200 {
		id := fmt.Sprintf("org_%d", i)
		drawn := fmt.Sprint(newRosette(id), newBand(id))
		if other, ok := seen[drawn]; ok {
			t.Fatalf("%s and %s look the same", id, other)
		}
		seen[drawn] = id
		if !reflect.DeepEqual(newRosette(id), newRosette(id)) || !reflect.DeepEqual(newBand(id), newBand(id)) {
			t.Fatalf("%s does not look the same twice", id)
		}
		if strings.Contains(drawn, "NaN") || strings.Contains(drawn, "Inf") {
			t.Fatalf("%s has a line that leads nowhere", id)
		}
	}
}

func TestGuillocheIsLight(t *testing.T) {
	r := newRenderer(t)
	for i := range 20 {
		shell := guest()
		shell.OrganizationID = fmt.Sprintf("org_%d", i)
		text := render(t, r, shell, Code{})
		begin, end := strings.Index(text, `<aside`), strings.Index(text, `</aside>`)
		if weight := len(compressed([]byte(text[begin:end]))); weight > 1400 {
			t.Errorf("%s: the plate weighs %d bytes after gzip, the budget is 1400", shell.OrganizationID, weight)
		}
	}
}
