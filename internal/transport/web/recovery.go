package web

import (
	"errors"
	"net/http"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// clientRecovery is the client's newest recovery, or the form for its first one.
func (r *request) clientRecovery() error {
	v, err := r.lookAtRecovery()
	if err != nil {
		return err
	}
	mayEdit := r.current.Actor.RequireOperator(access.ClientsEdit) == nil
	if v.Recovery == nil {
		return r.redirect(page.RecoveryHref(v.OrganizationID, "new"))
	}
	n := *v.Recovery
	waits := n.State == recovery.Waiting
	view := page.Recovery{
		Recovering: recovering(n, v.Organization), ID: n.ID, State: stateOf(n), Waits: waits, Steps: stepsOf(n),
		Earliest: n.Earliest(), Lapses: n.LapsesAt, Telling: waits && n.Telling(),
		MayApprove: v.MayApprove, MayStop: waits && mayEdit, MayStart: mayEdit && v.NoStart == nil,
		NoApproval: r.sayRefusal(v.Refusal),
	}
	if !waits {
		view.NoStart = r.sayRefusal(v.NoStart)
	}
	return r.show(http.StatusOK, view)
}

// sayRefusal says why something cannot be done; nothing stands against it where there is none.
func (r *request) sayRefusal(f *fault.Fault) string {
	if f == nil {
		return ""
	}
	return r.sayFault(f.Code, f.Params)
}

func (r *request) lookAtRecovery() (recovery.View, error) {
	return r.front.Recoveries.Look(r.Context(), r.current.Actor, r.PathValue("id"))
}

// stateOf says how a recovery stands: one that waits, and is approved already, waits for less.
func stateOf(n recovery.Recovery) string {
	if n.State == recovery.Waiting && n.ApprovedAt != nil {
		return "approved"
	}
	return string(n.State)
}

// stepsOf is the timeline, as far as it has come.
func stepsOf(n recovery.Recovery) []page.RecoveryStep {
	steps := []page.RecoveryStep{{What: "started", Who: n.Starter, At: n.StartedAt}}
	for _, next := range []struct {
		what, who string
		at        *time.Time
	}{{"told", "", n.FirstToldAt}, {"approved", n.Approver, n.ApprovedAt}, {string(n.State), n.EndedBy, n.EndedAt}} {
		if next.at != nil {
			steps = append(steps, page.RecoveryStep{What: next.what, Who: next.who, At: *next.at})
		}
	}
	return steps
}

// startRecovery is the form, unless something stands against a start that no form
// can change: then it says so before anybody fills it in.
func (r *request) startRecovery() error {
	v, err := r.lookAtRecovery()
	if err != nil {
		return err
	}
	if v.Recovery != nil && v.Recovery.State == recovery.Waiting {
		return r.redirect(page.RecoveryHref(v.OrganizationID, ""))
	}
	return r.showStartRecovery(http.StatusOK, v, problem{})
}

func (r *request) showStartRecovery(status int, v recovery.View, p problem) error {
	refused := ""
	if status == http.StatusOK {
		refused = r.sayRefusal(v.NoStart)
	}
	return r.show(status, page.StartRecovery{
		ClientID: v.OrganizationID, Client: v.Organization, Problem: p.Text, Refused: refused,
		FirstName: r.typed(p, "first_name"), LastName: r.typed(p, "last_name"), Email: r.typed(p, "email"), Reason: r.typed(p, "reason"),
	})
}

func (r *request) postStartRecovery() error {
	n, err := r.front.Recoveries.Start(r.Context(), r.current.Actor, recovery.Draft{
		OrganizationID: r.PathValue("id"), FirstName: r.value("first_name"), LastName: r.value("last_name"),
		Email: r.value("email"), Reason: r.value("reason"),
	})
	if err != nil {
		return r.formRefused(err, func(status int, p problem) error {
			v, err := r.lookAtRecovery()
			if err != nil {
				return err
			}
			return r.showStartRecovery(status, v, p)
		})
	}
	return r.recoveryDone(n, "web.recovery.started")
}

func (r *request) recoveryDone(n recovery.Recovery, said string) error {
	r.setFlash(flash{Key: said})
	return r.redirect(page.RecoveryHref(n.OrganizationID, ""))
}

// approveRecovery asks before the approval. Where there is nothing for this
// operator to approve, the way leads back to the page that says so.
func (r *request) approveRecovery() error {
	return r.showApproveRecovery(http.StatusOK, page.Field{})
}

func (r *request) showApproveRecovery(status int, sure page.Field) error {
	v, err := r.lookAtRecovery()
	if err != nil {
		return err
	}
	if !v.MayApprove {
		return r.redirect(page.RecoveryHref(v.OrganizationID, ""))
	}
	n := *v.Recovery
	return r.show(status, page.ApproveRecovery{
		Recovering: recovering(n, v.Organization), ID: n.ID, Earliest: n.Earliest(), Sure: sure,
	})
}

func (r *request) postApproveRecovery() error {
	if r.value("sure") == "" {
		return r.showApproveRecovery(http.StatusUnprocessableEntity, page.Field{Error: r.say("web.recovery.ask_first")})
	}
	n, err := r.front.Recoveries.Approve(r.Context(), r.current.Actor, r.PathValue("id"), r.value("recovery"))
	return r.recoveryAnswered(n, err, "web.recovery.approved")
}

func (r *request) postStopRecovery() error {
	n, err := r.front.Recoveries.Stop(r.Context(), r.current.Actor, r.PathValue("id"), r.value("recovery"))
	return r.recoveryAnswered(n, err, "web.recovery.stopped")
}

// recoveryAnswered leads back to what is true now, and says why an answer was not taken.
func (r *request) recoveryAnswered(n recovery.Recovery, err error, said string) error {
	if errors.Is(err, recovery.ErrOwnStart) || errors.Is(err, recovery.ErrNewOperator) || fault.IsKind(err, fault.Conflict) {
		refusal, _ := fault.Of(err)
		r.failure = err
		r.setFlash(flash{Key: "fault." + refusal.Code, Values: refusal.Params, Problem: true})
		return r.redirect(page.RecoveryHref(r.PathValue("id"), ""))
	}
	if err != nil {
		return err
	}
	return r.recoveryDone(n, said)
}
