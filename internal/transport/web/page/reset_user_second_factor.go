package page

import "time"

// ResetStage is how far the reset of somebody's second factor has come.
type ResetStage string

// The stages. Each is a state of the same page.
const (
	ResetBegin    ResetStage = "begin"    // nothing asked yet
	ResetCode     ResetStage = "code"     // a code is on its way to the user, who reads it out
	ResetWaiting  ResetStage = "waiting"  // the viewer asked, another Administrator has to approve
	ResetApproval ResetStage = "approval" // somebody else asked, the viewer may approve
	ResetDone     ResetStage = "done"
	ResetOff      ResetStage = "off"     // nothing to reset
	ResetRefused  ResetStage = "refused" // not here; the page does not say why
	ResetAlone    ResetStage = "alone"   // another Administrator would have to approve, and there is none
)

// ResetUserSecondFactor is the page /users/{id}/second-factor. All its forms are posted to the same address, with the
// field step: send (also "Send again"), code (field code), ask, withdraw, approve, refuse (field reason); and back.
// It has words for BlockYourself, BlockHoldsMore, BlockInvited and BlockSuspended.
type ResetUserSecondFactor struct {
	Act
	Stage ResetStage

	// NeedsApproval says that the user is an Administrator: a right code is not enough.
	NeedsApproval bool
	// MayAsk offers the way without a mailbox: there is another Administrator to approve.
	MayAsk bool
	// MailMissing takes the way with a code away.
	MailMissing bool

	Code   Field     // ResetCode
	SentAt time.Time // ResetCode: when the letter was asked for
	EndsAt time.Time // ResetCode: of the code; ResetWaiting and ResetApproval: of the request

	// Who asked, and when: for ResetWaiting and ResetApproval. With ResetBegin it is somebody else, whose reset the viewer
	// cannot take further and would replace.
	AskedBy string
	AskedAt time.Time

	CodeRead bool  // ResetWaiting and ResetApproval: the code from the mailbox was right
	Reason   Field // ResetApproval: of a refusal

	Ends Endings // sessions and links: what would end, and with ResetDone what has ended
}

func (v ResetUserSecondFactor) describe() description {
	return description{
		template: "reset_user_second_factor", frame: framePortal, title: "page.reset_user_second_factor.title",
		problems: problems(v.Problem, named{"code", v.Code}, named{"reason", v.Reason}),
		typing:   v.Problem == "" && v.Code.Error != "",
	}
}
