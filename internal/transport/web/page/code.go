package page

// Code is posted to /login/code: fields code, remember.
type Code struct {
	Problem     string // throttled and the like; what is wrong with the code belongs to Code.Error
	Code        Field
	MayRemember bool // false where the organization's policy forbids remembered devices
	Remember    bool
}

func (v Code) describe() description {
	return description{
		template: "code", frame: frameEntry, title: "page.code.title",
		problems: problems(v.Problem, named{"code", v.Code}),
	}
}

// RecoveryCode is the way in without the authenticator, posted to /login/recovery: field code.
type RecoveryCode struct {
	Problem string
	Code    Field
}

func (v RecoveryCode) describe() description {
	return description{
		template: "recovery_code", frame: frameEntry, title: "page.recovery_code.title",
		problems: problems(v.Problem, named{"code", v.Code}),
	}
}

// RecoveryCodeUsed follows an accepted recovery code: how many are left, and the way to new ones.
type RecoveryCodeUsed struct {
	Left int
	Of   int
	Next string // path of the button that goes on to the portal
}

func (v RecoveryCodeUsed) describe() description {
	return description{
		template: "recovery_code_used", frame: frameEntry, title: "page.recovery_code_used.title",
		params: []any{"Count", v.Left, "Of", v.Of},
	}
}

// NoFactor answers "I have none of these" at /login/help.
type NoFactor struct{}

func (v NoFactor) describe() description {
	return description{template: "no_factor", frame: frameEntry, title: "page.no_factor.title"}
}
