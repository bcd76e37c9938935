package paging

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"unicode/utf8"
)

// Mark is the place of one row in the order of a list.
type Mark struct {
	Segment string // the part of the list that it lies in, where the list has several
	Key     string // what the segment is ordered by
	ID      string
}

// Order is how a list is ordered, as far as a cursor has to know.
type Order struct {
	Name  string                // of the order; a cursor of another one is worth nothing
	Reads func(key string) bool // whether the key of a mark can be one of this order
}

// place is where a page begins. The zero place is the beginning of the list.
type place struct {
	from     *Mark // the row before the page, or behind it when backward
	backward bool  // the page ends before from; without from it ends with the list
	skip     int   // rows between from and the page
	position int   // rows before the page, as far as known when the cursor was made
}

// skipLimit bounds how far beyond its neighbour a page can be asked for: pages of the greatest size.
const skipLimit = 3 * 100

// cursor is a place on its way through an address.
type cursor struct {
	Order    string   `json:"o"`
	From     []string `json:"f,omitempty"`
	Backward bool     `json:"b,omitempty"`
	Skip     int      `json:"s,omitempty"`
	Position int      `json:"p,omitempty"`
}

// encode writes a place of the list in that order; the beginning is the empty text.
func (p place) encode(order string) string {
	if p == (place{}) {
		return ""
	}
	c := cursor{Order: order, Backward: p.backward, Skip: p.skip, Position: p.position}
	if p.from != nil {
		c.From = []string{p.from.Segment, p.from.Key, p.from.ID}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always can be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decode reads a cursor. It may come from anywhere: what was not made for this
// order, or by nobody, is the beginning of the list.
func decode(text string, o Order) place {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}
	}
	var c cursor
	if json.Unmarshal(plain, &c) != nil || c.Order != o.Name || c.Skip < 0 || c.Skip > skipLimit || c.Position < 0 || c.Position > math.MaxInt32 {
		return place{}
	}
	p := place{backward: c.Backward, skip: c.Skip, position: c.Position}
	switch {
	case len(c.From) == 3 && storable(c.From...) && o.Reads(c.From[1]):
		p.from = &Mark{c.From[0], c.From[1], c.From[2]}
	case len(c.From) != 0 || !c.Backward || c.Skip != 0:
		return place{}
	}
	return p
}

// storable reports whether a database takes the texts.
func storable(texts ...string) bool {
	for _, text := range texts {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return false
		}
	}
	return true
}
