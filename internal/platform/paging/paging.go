package paging

import "slices"

// Sizes are the lengths that a page may have, the usual one first.
var Sizes = []int{25, 50, 100}

// SizeOf is the length that was asked for, or the usual one where there is none such.
func SizeOf(asked int) int {
	if slices.Contains(Sizes, asked) {
		return asked
	}
	return Sizes[0]
}

// Page says which part of a list is shown. Total, More and Size are known before
// it is read, the others afterwards.
type Page struct {
	Total  int  // of rows that match
	More   bool // counting stopped: more than Total match
	Size   int
	First  int // number of the page's first row, from one; 0 on an empty page
	Last   int
	Number int  // of this page, from one
	Next   bool // whether a page follows

	order  string
	bounds [2]Mark // the first and the last row of the page
}

// Reader returns up to so many marks of the list from a mark on, without it, or
// from the end that the reading begins at; reversed, against the order of the list.
type Reader func(from *Mark, reverse bool, want int) ([]Mark, error)

// Fill reads the page that the cursor asks for, or the first one where that is
// gone, and returns its rows in the order of the list.
func (p *Page) Fill(cursor string, o Order, read Reader) ([]Mark, error) {
	p.order = o.Name
	at := decode(cursor, o)
	if at.backward && at.from == nil && p.More {
		at = place{} // where the list ends is not known
	}
	marks, err := p.read(at, read)
	if err != nil {
		return nil, err
	}
	if at != (place{}) && (len(marks) == 0 || at.backward && at.from != nil && len(marks) < p.Size) {
		at = place{}
		if marks, err = p.read(at, read); err != nil {
			return nil, err
		}
	}
	p.settle(at, marks)
	if p.Next && len(marks) > p.Size {
		marks = marks[:p.Size]
	}
	return marks, nil
}

// read reads the marks of a page in the order of the list, and one more where the list goes on.
func (p *Page) read(at place, read Reader) ([]Mark, error) {
	if !at.backward {
		marks, err := read(at.from, false, at.skip+p.Size+1)
		return marks[min(at.skip, len(marks)):], err
	}
	want := p.Size
	if at.from == nil && p.Total > 0 {
		want = (p.Total-1)%p.Size + 1
	}
	marks, err := read(at.from, true, at.skip+want)
	marks = marks[min(at.skip, len(marks)):]
	slices.Reverse(marks)
	return marks, err
}

// settle says where the page lies. What the cursor says of it may be outdated;
// at the ends of the list it is known better.
func (p *Page) settle(at place, marks []Mark) {
	shown := min(len(marks), p.Size)
	p.Next = len(marks) > p.Size || at.backward && at.from != nil
	position := at.position
	if !p.More {
		position = min(position, max(0, p.Total-shown))
		if !p.Next {
			position = max(0, p.Total-shown)
		}
	}
	if at == (place{}) {
		position = 0
	}
	p.Number = (position+p.Size-1)/p.Size + 1
	if shown == 0 {
		p.Number, p.Total, p.More = 1, 0, false
		return
	}
	p.First, p.Last = position+1, position+shown
	p.bounds = [2]Mark{marks[0], marks[shown-1]}
	if p.More {
		p.Total, p.More = max(p.Total, p.Last), p.Next
	}
}

// Pages is the number of pages; where counting stopped, of those that are known to be there.
func (p Page) Pages() int {
	pages := max(1, (p.Total+p.Size-1)/p.Size)
	if p.Next {
		pages = max(pages, p.Number+1)
	}
	return max(pages, p.Number)
}

// At returns the cursor of a page by its number, and whether it can be reached
// from here: these are the first, the last unless counting stopped, and a few
// neighbours.
func (p Page) At(number int) (cursor string, ok bool) {
	position := p.First - 1 + (number-p.Number)*p.Size
	switch ahead := number - p.Number; {
	case number == 1:
		return "", true
	case number < 1 || number > p.Pages() || p.First == 0:
		return "", false
	case ahead == 0:
		return "", false
	case ahead > 0 && (ahead-1)*p.Size <= skipLimit:
		return place{from: &p.bounds[1], skip: (ahead - 1) * p.Size, position: position}.encode(p.order), true
	case ahead < 0 && (-ahead-1)*p.Size <= skipLimit:
		return place{from: &p.bounds[0], backward: true, skip: (-ahead - 1) * p.Size, position: max(0, position)}.encode(p.order), true
	case number == p.Pages() && !p.More:
		return place{backward: true, position: (number - 1) * p.Size}.encode(p.order), true
	}
	return "", false
}
