package organization_test

import (
	"testing"

	"idkit/internal/domain/organization"
)

// Every colour has one near it that can be read, with all that is made of it.
func TestTheNearestColourOfEveryColourCanBeRead(t *testing.T) {
	amounts := []uint8{0, 1, 60, 118, 119, 187, 254, 255}
	for name, theme := range map[string]organization.Theme{"light": organization.LightTheme, "dark": organization.DarkTheme} {
		for _, red := range amounts {
			for _, green := range amounts {
				for _, blue := range amounts {
					c := organization.Colour{Red: red, Green: green, Blue: blue}
					nearest := theme.Nearest(c)
					if theme.Contrast(nearest) < organization.LeastContrast {
						t.Fatalf("%s: near %s is %s with %.2f", name, c, nearest, theme.Contrast(nearest))
					}
					if theme.Contrast(c) >= organization.LeastContrast && nearest != c {
						t.Errorf("%s: %s passes, and %s is offered", name, c, nearest)
					}
				}
			}
		}
	}
}

func TestContrastIsThatOfTheGuidelines(t *testing.T) {
	white, black := organization.Colour{Red: 255, Green: 255, Blue: 255}, organization.Colour{}
	if got := organization.Contrast(white, black); got < 20.99 || got > 21.01 {
		t.Errorf("black on white has %.2f", got)
	}
	accent, err := organization.ParseColour("#0b5a63")
	if err != nil {
		t.Fatal(err)
	}
	if got := organization.Contrast(white, accent); got < 7.89 || got > 7.91 { // the table of the style sheet
		t.Errorf("the accent on white has %.2f", got)
	}
}
