package audit

import (
	"context"
	"regexp"
	"strings"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
)

// Query asks for a part of an organization's trail. The zero value asks for all of it.
type Query struct {
	Who     string // who acted: an id, or a part of a name
	Whom    string // whom or what it was done to: an id, or a part of a name
	Name    string // a part of the name of either
	Actions []Action
	From    time.Time // the first moment
	To      time.Time // the first moment behind it
	Cursor  string    // where the page begins; empty for the newest
}

const (
	// nameLimit bounds what is looked for, in bytes.
	nameLimit = 254
	// fewSubjects is up to how many people are looked up one by one. More of them
	// are met soon by walking the trail.
	fewSubjects = 20
)

// WholeID tells an id from a part of a name.
var WholeID = regexp.MustCompile(`^[a-z]{3}_[0-9a-v]{26}$`)

// subjects is what a text asks for: nobody in particular, few, or many.
type subjects struct {
	asked bool
	few   []string // ids
	words []string // of a name that more than few have
}

// nobody reports whether there is nobody of the name.
func (s subjects) nobody() bool { return s.asked && len(s.few) == 0 && len(s.words) == 0 }

// listed reports whether all who are meant are known by their ids.
func (s subjects) listed() bool { return len(s.few) > 0 }

// search is a query understood: what its texts mean is known.
type search struct {
	organizationID  string
	query           Query
	who, whom, both subjects
}

func understand(ctx context.Context, tx *db.Tx, organizationID string, q Query) (s search, err error) {
	s = search{organizationID: organizationID, query: q}
	for _, one := range []struct {
		text string
		into *subjects
	}{{q.Who, &s.who}, {q.Whom, &s.whom}, {q.Name, &s.both}} {
		if *one.into, err = subjectsOf(ctx, tx, organizationID, one.text); err != nil {
			return s, err
		}
	}
	return s, nil
}

// nothing reports whether no event can match.
func (s search) nothing() bool { return s.who.nobody() || s.whom.nobody() || s.both.nobody() }

func subjectsOf(ctx context.Context, tx *db.Tx, organizationID, text string) (subjects, error) {
	text = strings.TrimSpace(text)
	words := strings.Fields(language.Fold(text))
	switch {
	case text == "":
		return subjects{}, nil
	case WholeID.MatchString(text):
		return subjects{asked: true, few: []string{text}}, nil
	case len(text) > nameLimit || len(words) == 0:
		return subjects{asked: true}, nil
	}
	var st db.Statement
	st.Add("SELECT DISTINCT subject_id FROM audit_subjects WHERE organization_id = ", st.Arg(organizationID), " AND ", st.Holds("name_key", words),
		" LIMIT ", st.Arg(fewSubjects+1))
	ids, err := db.Values[string](ctx, tx, st.Text(), st.Args()...)
	if len(ids) > fewSubjects {
		return subjects{asked: true, words: words}, err
	}
	return subjects{asked: true, few: ids}, err
}

// lead is the filter whose ranges of an index are read; the others are conditions.
type lead int

const (
	byTime lead = iota
	byActor
	byTarget
	byEither
	byAction
)

func (s search) lead() lead {
	switch {
	case s.who.listed():
		return byActor
	case s.whom.listed():
		return byTarget
	case s.both.listed():
		return byEither
	case len(s.query.Actions) > 0:
		return byAction
	}
	return byTime
}

// span is a range of one index: the events with one value in one column.
type span struct {
	column string // empty for all events
	value  string
	apart  []string // actors whose events another span holds
}

// spans are the ranges that hold every match.
func (s search) spans() (spans []span) {
	each := func(column string, values, apart []string) {
		for _, value := range values {
			spans = append(spans, span{column, value, apart})
		}
	}
	switch s.lead() {
	case byActor:
		each("actor_id", s.who.few, nil)
	case byTarget:
		each("target_id", s.whom.few, nil)
	case byEither:
		each("actor_id", s.both.few, nil)
		each("target_id", s.both.few, s.both.few)
	case byAction:
		each("action", s.query.actions(), nil)
	default:
		spans = []span{{}}
	}
	return spans
}

func (q Query) actions() []string {
	names := make([]string, len(q.Actions))
	for i, action := range q.Actions {
		names[i] = string(action)
	}
	return names
}

// writeSpan writes the conditions of one span.
func (s search) writeSpan(st *db.Statement, sp span) {
	st.Add("organization_id = ", st.Arg(s.organizationID))
	if sp.column != "" {
		st.Add(" AND ", sp.column, " = ", st.Arg(sp.value))
	}
	if len(sp.apart) > 0 {
		st.Add(" AND NOT ", st.In("actor_id", sp.apart))
	}
	s.writeConditions(st, s.lead())
}

// writeConditions writes the filters, without the one that leads.
func (s search) writeConditions(st *db.Statement, leads lead) {
	if !s.query.From.IsZero() {
		st.Add(" AND at >= ", st.Arg(s.query.From))
	}
	if !s.query.To.IsZero() {
		st.Add(" AND at < ", st.Arg(s.query.To))
	}
	if s.who.asked && leads != byActor {
		st.Add(" AND ", s.meant(st, "actor_id", s.who))
	}
	if s.whom.asked && leads != byTarget {
		st.Add(" AND ", s.meant(st, "target_id", s.whom))
	}
	if s.both.asked && leads != byEither {
		st.Add(" AND (", s.meant(st, "actor_id", s.both), " OR ", s.meant(st, "target_id", s.both), ")")
	}
	if len(s.query.Actions) > 0 && leads != byAction {
		st.Add(" AND ", st.In("action", s.query.actions()))
	}
}

// meant is the condition that a column holds one of the subjects.
func (s search) meant(st *db.Statement, column string, who subjects) string {
	if who.listed() {
		return st.In(column, who.few)
	}
	return column + " IN (SELECT subject_id FROM audit_subjects WHERE organization_id = " + st.Arg(s.organizationID) + " AND " + st.Holds("name_key", who.words) + ")"
}
