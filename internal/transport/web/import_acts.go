package web

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

func (r *request) postImportSend() error {
	return r.steerImport(r.front.Roster.Start, func(i roster.Import) flash {
		return flash{Key: "web.import.started", Values: map[string]any{"Count": i.ToInvite}}
	})
}

func (r *request) postImportPause() error {
	return r.steerImport(r.front.Roster.Pause, func(roster.Import) flash { return flash{Key: "web.import.paused"} })
}

func (r *request) postImportContinue() error {
	return r.steerImport(r.front.Roster.Continue, func(roster.Import) flash { return flash{Key: "web.import.continued"} })
}

// postImportDiscard is "Discard" of a check and "Do not send the rest" of an import on its way.
func (r *request) postImportDiscard() error {
	return r.steerImport(r.front.Roster.Discard, func(i roster.Import) flash {
		if i.State == roster.Discarded {
			return flash{Key: "web.import.discarded", Values: map[string]any{"File": i.File}}
		}
		return flash{Key: "web.import.stopped", Values: map[string]any{"File": i.File, "Count": i.Invited}}
	})
}

// steerImport carries out an act on an import and shows what has become of it.
// Whoever comes too late is shown that, too.
func (r *request) steerImport(act func(context.Context, access.Actor, string) error, done func(roster.Import) flash) error {
	importID := r.PathValue("id")
	err := act(r.Context(), r.current.Actor, importID)
	if f, ok := fault.Of(err); ok && errors.Is(err, roster.ErrOtherState) {
		r.failure = err
		r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
		return r.redirect(page.ImportHref(importID))
	}
	if err != nil {
		return err
	}
	i, err := r.front.Roster.Get(r.Context(), r.current.Actor, importID)
	if err != nil {
		return err
	}
	r.setFlash(done(i))
	return r.redirect(page.ImportHref(importID))
}
