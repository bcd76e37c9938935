package web

import (
	"math"
	"net/http"
	"strconv"

	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// problem is a refusal ready for a form: the sentence of the whole, those of
// its fields, and the status of the answer.
type problem struct {
	Status int
	Text   string            // of the whole form, "" when fields say it all
	Fields map[string]string // by field name
}

// problemOf turns a refusal that a form can show into its sentences; any other
// error is returned for fail.
func (r *request) problemOf(err error) (problem, error) {
	f, ok := fault.Of(err)
	if !ok {
		return problem{}, err
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.TooMany, fault.Unavailable:
	default:
		return problem{}, err
	}
	r.setRetryAfter(f)
	r.failure = err
	p := problem{Status: statusOf[f.Kind], Fields: map[string]string{}}
	if f.Kind == fault.Conflict {
		p.Status = http.StatusUnprocessableEntity
	}
	for _, field := range f.Fields {
		p.Fields[field.Name] = r.sayFault(field.Code, field.Params)
	}
	if len(f.Fields) == 0 {
		p.Text = r.sayFault(f.Code, f.Params)
	}
	return p, nil
}

// formRefused shows a form again with what a refusal says; any other error is
// returned for fail.
func (r *request) formRefused(err error, show func(status int, p problem) error) error {
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	return show(p.Status, p)
}

// typed is a field as it was posted, with the sentence of the refusal about it.
func (r *request) typed(p problem, name string) page.Field {
	return page.Field{Value: r.value(name), Error: p.Fields[name]}
}

// at puts a refusal without fields beside the one field of its form.
func (p problem) at(field string) problem {
	if p.Text != "" && p.Status == http.StatusUnprocessableEntity {
		p.Fields[field], p.Text = p.Text, ""
	}
	return p
}

// setRetryAfter tells programs and browsers how long to wait, in whole seconds.
func (r *request) setRetryAfter(f *fault.Fault) {
	if f.RetryAfter > 0 {
		r.response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
}
