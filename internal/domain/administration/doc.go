// Package administration owns what administrators do to one user of their
// organization: status, role, name, resets, and the rest of the Users module.
// It owns the guard that all of these acts pass (subject), which holds that
// nobody changes their own access, nobody acts on someone who holds more than
// they do, and an organization keeps an active Administrator.
//
// How a user stands, and what changes it; how far each act reaches where the
// account opens other organizations too is told in docs/adr/0008:
//
//	invited ──▶ active ──Suspend, Lock──▶ suspended ──Delete──▶ gone
//	   │          ▲─────────Reactivate────────┘                  ▲
//	   └────────────────────────Delete───────────────────────────┘
//
// The reset of somebody's second factor takes two, see FactorReset:
//
//	               right code              (a user who is no Administrator)
//	SendFactorCode ──▶ code ────────────────────────────────────────▶ done
//	                    │ right code       (an Administrator)          ▲
//	                    ▼                                             │
//	AskToResetFactor ──▶ approval ──────ApproveFactorReset────────────┘
//
// WithdrawFactorReset, RefuseFactorReset, five wrong codes, its end, and any
// change of what it stands on lead nowhere.
//
// It does not own what people do for themselves (profile), how somebody becomes
// a user (invitation), or finding one among many (directory).
package administration
