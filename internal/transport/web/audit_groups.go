package web

import "idkit/internal/domain/audit"

// auditGroups is what the log can be narrowed to, in the order in which people
// look for it. Every action belongs to one group.
var auditGroups = []struct {
	name    string // of its words under web.audit.group
	actions []audit.Action
}{
	{"log_ins", []audit.Action{
		"user.logged_in", "user.log_in_failed", "user.log_in_refused", "user.logged_out", "user.logged_out_everywhere",
		"session.ended", "session.others_ended", "session.disowned", "user.confirmed", "user.confirmation_failed",
	}},
	{"passwords", []audit.Action{"password.changed", "password.reset", "password.reset_requested", "password.reset_sent"}},
	{"second_factor", []audit.Action{
		"second_factor.turned_on", "second_factor.turned_off", "second_factor.skipped", "second_factor.code_refused",
		"second_factor.reset", "second_factor.reset_begun", "second_factor.reset_code_sent", "second_factor.reset_code_wrong",
		"second_factor.reset_code_right", "second_factor.reset_by_code", "second_factor.reset_asked", "second_factor.reset_approved",
		"second_factor.reset_refused", "second_factor.reset_withdrawn",
		"recovery_codes.made", "recovery_codes.saved", "recovery_code.used", "recovery_code.refused",
	}},
	{"contact", []audit.Action{
		"user.renamed", "user.name_changed", "email.change_asked", "email.change_resent", "email.change_stopped", "email.change_refused",
		"email.changed", "email.change_undone", "mobile.changed", "mobile.removed",
	}},
	{"invitations", []audit.Action{
		"user.invited", "invitation.resent", "invitation.link_copied", "invitation.withdrawn", "invitation.asked_again", "user.joined",
	}},
	{"imports", []audit.Action{
		"import.checked", "import.started", "import.paused", "import.continued", "import.finished", "import.stopped", "import.discarded",
	}},
	{"status", []audit.Action{"user.suspended", "user.reactivated", "user.locked", "user.unlocked", "user.deleted"}},
	{"roles", []audit.Action{"user.role_changed", "role.created", "role.edited", "role.deleted"}},
	{"recoveries", []audit.Action{
		"recovery.started", "recovery.told", "recovery.approved", "recovery.objected", "recovery.stopped", "recovery.returned", "recovery.lapsed",
		"recovery.void", "recovery.invited",
	}},
	{"exports", []audit.Action{"users.exported", "audit.exported"}},
	{"organization", []audit.Action{
		"organization.founded", "organization.changed", "organization.suspended", "organization.reactivated",
		"organization.trial_extended", "organization.trial_ended", "organization.activated",
		"organization.first_administrator_invited_again", "organization.first_administrator_corrected", "installation.restored", "installation.mail_released",
	}},
	{"settings", []audit.Action{"mail.test_sent", "settings.security_changed", "settings.brand_changed", "settings.audit_head_changed"}},
}

// actionsOf are the actions of a group; none for a group that there is not, as if nobody had asked.
func actionsOf(group string) []audit.Action {
	for _, g := range auditGroups {
		if g.name == group {
			return g.actions
		}
	}
	return nil
}
