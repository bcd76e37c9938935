package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/transport/web/page"
)

// resetUserSecondFactor shows how far the reset of somebody's second factor has come.
func (r *request) resetUserSecondFactor() error {
	return r.showResetUserSecondFactor(http.StatusOK, problem{})
}

func (r *request) showResetUserSecondFactor(status int, p problem) error {
	found, err := r.front.Administration.SecondFactorReset(r.Context(), r.current.Actor, r.PathValue("id"))
	view := page.ResetUserSecondFactor{
		Act: r.window(found.Preview, p.Text), NeedsApproval: found.NeedsApproval, MayAsk: found.MayAsk, MailMissing: !r.front.Outbox.Ready(),
		Code: page.Field{Error: p.Fields["code"]}, Reason: r.typed(p, "reason"), Ends: endings(found.Ends),
	}
	switch {
	case err == nil:
		r.setStage(&view, found)
		return r.show(status, view)
	case errors.Is(err, administration.ErrOwnAccess), errors.Is(err, administration.ErrHoldsMore):
	case errors.Is(err, administration.ErrNotJoined):
		view.Block = page.BlockInvited
	case errors.Is(err, administration.ErrSetActiveFirst):
		view.Block = page.BlockSuspended
	case errors.Is(err, credential.ErrNoSecondFactor):
		view.Stage = page.ResetOff
	case errors.Is(err, administration.ErrFactorNotHere):
		view.Stage = page.ResetRefused
	case errors.Is(err, administration.ErrNobodyApproves):
		view.Stage = page.ResetAlone
	default:
		return err
	}
	view.Problem = "" // the page says it all
	return r.show(status, view)
}

// setStage shows the reset that was begun, from where the viewer stands.
func (r *request) setStage(view *page.ResetUserSecondFactor, found administration.FactorResetView) {
	view.Stage = page.ResetBegin
	open := found.Open
	if open == nil {
		return
	}
	mine := open.AskedByID == r.current.Actor.UserID
	switch {
	case mine && open.WaitsFor == administration.WaitsForCode:
		view.Stage = page.ResetCode
	case mine:
		view.Stage = page.ResetWaiting
	case found.MayApprove:
		view.Stage = page.ResetApproval
	}
	view.SentAt, view.EndsAt = open.AskedAt, open.EndsAt
	view.AskedBy, view.AskedAt, view.CodeRead = open.AskedBy, open.AskedAt, open.CodeProven
}

// mayFinish reports whether this viewer can take a reset further.
func (r *request) mayFinish(reset administration.FactorReset) bool {
	viewer := r.current.Actor.UserID
	if reset.WaitsFor == administration.WaitsForCode {
		return reset.AskedByID == viewer
	}
	return reset.AskedOf(viewer) && r.current.RoleKind == access.RoleAdministrator
}

// postResetUserSecondFactor takes the step that a button of the page names.
func (r *request) postResetUserSecondFactor() error {
	steps := map[string]func() error{
		"send": r.sendFactorCode, "code": r.confirmFactorCode, "ask": r.askToResetFactor,
		"withdraw": r.withdrawFactorReset, "approve": r.approveFactorReset, "refuse": r.refuseFactorReset,
	}
	err := error(errUnreadable)
	if step, known := steps[r.value("step")]; known {
		err = step()
	}
	if err != nil {
		return r.actRefused(err, r.showResetUserSecondFactor)
	}
	return nil
}

// toFactorReset leads back to the page, which shows what comes next.
func (r *request) toFactorReset() error {
	return r.redirect(page.Act{ID: r.PathValue("id"), Back: r.wayBack()}.Path("second-factor"))
}

func (r *request) sendFactorCode() error {
	u, err := r.front.Administration.SendFactorCode(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	r.setFlash(flash{Key: "web.user.factor_code_sent", Values: map[string]any{"Email": u.Email}})
	return r.toFactorReset()
}

func (r *request) confirmFactorCode() error {
	out, err := r.front.Administration.ConfirmFactorCode(r.Context(), r.current.Actor, r.PathValue("id"), r.value("code"))
	if err != nil {
		return err
	}
	if !out.Done {
		return r.othersAreAsked()
	}
	return r.showFactorGone(out)
}

func (r *request) askToResetFactor() error {
	if _, err := r.front.Administration.AskToResetFactor(r.Context(), r.current.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.othersAreAsked()
}

func (r *request) othersAreAsked() error {
	r.setFlash(flash{Key: "web.user.factor_asked", Values: map[string]any{"Organization": r.current.OrganizationName}})
	return r.toFactorReset()
}

func (r *request) approveFactorReset() error {
	out, err := r.front.Administration.ApproveFactorReset(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.showFactorGone(out)
}

func (r *request) showFactorGone(out administration.FactorResetOutcome) error {
	return r.show(http.StatusOK, page.ResetUserSecondFactor{Act: r.act(out.User, ""), Stage: page.ResetDone, Ends: endings(out.Ended)})
}

func (r *request) withdrawFactorReset() error {
	if err := r.front.Administration.WithdrawFactorReset(r.Context(), r.current.Actor, r.PathValue("id")); err != nil {
		return err
	}
	r.setFlash(flash{Key: "web.user.factor_withdrawn"})
	return r.redirect(r.wayBack())
}

func (r *request) refuseFactorReset() error {
	asker, err := r.front.Administration.RefuseFactorReset(r.Context(), r.current.Actor, r.PathValue("id"), r.value("reason"))
	if err != nil {
		return err
	}
	r.setFlash(flash{Key: "web.user.factor_refused", Values: map[string]any{"Asker": asker}})
	return r.redirect(r.wayBack())
}
