package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/settings"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// What the selects of the form offer, beside what is in force.
var (
	idleMinutes     = []int{5, 10, 15, 20, 30}
	sessionMinutes  = []int{60, 120, 240, 480, 720}
	invitationHours = []int{1, 4, 12, 24, 48, 72, 168, 336, 720}
)

// changeSecurity shows the form with the policy in force, or with what was chosen
// before the password was asked for.
func (r *request) changeSecurity() error {
	if r.recall() {
		return r.showTypedSecurity(http.StatusOK, problem{})
	}
	shown, err := r.front.Settings.Security(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	p := securityPolicy(shown.Policy)
	from := shown.Policy.From
	if from.IsZero() {
		from = r.front.Now()
	}
	return r.showChangeSecurity(http.StatusOK, page.ChangeSecurity{
		SecondFactor: page.Field{Value: p.SecondFactor}, From: page.Field{Value: from.UTC().Format(time.DateOnly)},
		Password: page.Field{Value: strconv.Itoa(p.Password)}, Idle: page.Field{Value: strconv.Itoa(p.Idle)},
		Session: page.Field{Value: strconv.Itoa(p.Session)}, Invitation: page.Field{Value: strconv.Itoa(p.Invitation)},
	})
}

func (r *request) showChangeSecurity(status int, view page.ChangeSecurity) error {
	for _, sel := range []struct {
		options *[]page.Option
		field   page.Field
		offered []int
		whole   int // how many of them are one of the larger unit
		words   [2]string
	}{
		{&view.Idles, view.Idle, idleMinutes, 60, [2]string{"minutes", "hours"}},
		{&view.Sessions, view.Session, sessionMinutes, 60, [2]string{"minutes", "hours"}},
		{&view.Invitations, view.Invitation, invitationHours, 24, [2]string{"hours", "days"}},
	} {
		offered := slices.Clone(sel.offered)
		if n, err := strconv.Atoi(sel.field.Value); err == nil && n > 0 && !slices.Contains(offered, n) {
			offered = append(offered, n)
			slices.Sort(offered)
		}
		for _, n := range offered {
			word, count := sel.words[0], n
			if n%sel.whole == 0 {
				word, count = sel.words[1], n/sel.whole
			}
			*sel.options = append(*sel.options, page.Option{Value: strconv.Itoa(n), Label: r.say("web.settings."+word, "Count", count)})
		}
	}
	return r.show(status, view)
}

// policyFields are the fields of the form, in its order.
var policyFields = []string{"second_factor", "from", "password", "idle", "session", "invitation"}

// policyDraft reads the form. What is no number or no date is out of every bound.
func (r *request) policyDraft() organization.Policy {
	number := func(field string) time.Duration {
		n, err := strconv.Atoi(r.value(field))
		if err != nil || n < 0 || n > 1e6 {
			return 0
		}
		return time.Duration(n)
	}
	from, _ := time.Parse(time.DateOnly, r.value("from")) // the zero time where it is no date
	return organization.Policy{
		SecondFactor: organization.SecondFactor(r.value("second_factor")), From: from, Password: int(number("password")),
		Idle: number("idle") * time.Minute, Session: number("session") * time.Minute, Invitation: number("invitation") * time.Hour,
	}
}

// postReviewSecurity says what a change would do. It changes nothing.
func (r *request) postReviewSecurity() error {
	if r.value("edit") != "" {
		return r.showTypedSecurity(http.StatusOK, problem{})
	}
	c, err := r.front.Settings.ReviewSecurity(r.Context(), r.current.Actor, r.policyDraft())
	if err != nil {
		return r.securityRefused(err)
	}
	now := r.front.Now()
	view := page.SecurityReview{
		Before: securityPolicy(c.Before), After: securityPolicy(c.After), Holds: !now.Before(c.After.From),
		Without: c.Without, Self: c.Self, Letters: c.Letters, Reminded: c.Reminded, SessionsOver: c.SessionsOver, PasswordBack: c.PasswordBack,
		Values: []page.HiddenValue{{Name: "revision", Value: c.Revision}},
	}
	for _, name := range policyFields {
		view.Values = append(view.Values, page.HiddenValue{Name: name, Value: r.value(name)})
	}
	return r.show(http.StatusOK, view)
}

// postChangeSecurity carries out what was reviewed.
func (r *request) postChangeSecurity() error {
	_, err := r.front.Settings.ChangeSecurity(r.Context(), *r.current, r.value("revision"), r.policyDraft())
	if errors.Is(err, settings.ErrChanged) {
		r.setFlash(flash{Key: "fault." + settings.ErrChanged.Code, Problem: true})
		return r.redirect("/settings/security/change")
	}
	if err != nil {
		return r.securityRefused(err)
	}
	r.setFlash(flash{Key: "web.settings.security_saved"})
	return r.redirect("/settings/security")
}

func (r *request) securityRefused(err error) error {
	if f, ok := fault.Of(err); !ok || f.Kind != fault.Invalid {
		return err
	}
	return r.formRefused(err, r.showTypedSecurity)
}

// showTypedSecurity shows the form with what was typed and chosen.
func (r *request) showTypedSecurity(status int, p problem) error {
	view := page.ChangeSecurity{
		SecondFactor: r.typed(p, "second_factor"), From: r.typed(p, "from"), Password: r.typed(p, "password"),
		Idle: r.typed(p, "idle"), Session: r.typed(p, "session"), Invitation: r.typed(p, "invitation"), Problem: p.Text,
	}
	return r.showChangeSecurity(status, view)
}
