package page

import "time"

// LockAccount is posted to /users/{id}/lock: fields reason, back. The answer is LockReport. It has words for
// BlockYourself, BlockHoldsMore, BlockLastAdministrator and BlockInvited; whoever is suspended can be locked as well.
type LockAccount struct {
	Act
	Ends      Endings
	Suspended bool // is suspended already
	// BlocksPassword says that the present password stops working.
	BlocksPassword bool
	Reason         Field
}

func (v LockAccount) describe() description {
	return description{
		template: "lock_account", frame: framePortal, title: "page.lock_account.title",
		problems: problems(v.Problem, named{"reason", v.Reason}),
	}
}

// LockReport says what the lock of an account ended.
type LockReport struct {
	Act
	By    string // who locked it
	At    time.Time
	Why   string
	Ended Endings // here zeros are told too: nothing was found
	// PasswordBlocked says that the password does not work any more; otherwise the report says how to stop it.
	PasswordBlocked bool
	// SecondFactor offers to reset it: there is one.
	SecondFactor bool
}

func (v LockReport) describe() description {
	return description{
		template: "lock_report", frame: framePortal, title: "page.lock_report.title",
		params: []any{"Name", v.Name},
	}
}
