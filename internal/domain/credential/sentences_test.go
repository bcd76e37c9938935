package credential_test

import (
	"testing"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/platform/fault"
)

// Every fault of this package has its sentence, in every language, with the
// values that it carries.
func TestEveryFaultHasASentence(t *testing.T) {
	short := credential.ErrPasswordTooShort.With("Minimum", 15)
	domaintest.Sentences(t, map[*fault.Fault]string{
		credential.ErrPasswordMissing:                                      "Enter a password",
		short.With("Length", 11).With("Count", 11):                         "Your password has 11 characters. Use at least 15.",
		short.With("Length", 1).With("Count", 1):                           "Your password has 1 character. Use at least 15.",
		credential.ErrPasswordTooLong.With("Maximum", 256):                 "Your password has more than 256 characters. Choose a shorter one.",
		credential.ErrPasswordCommon:                                       "This password is on lists of leaked passwords. Choose another one.",
		credential.ErrPasswordPersonal:                                     "Your password contains your name or email address. Choose another one.",
		credential.ErrPasswordContext:                                      "Your password is made of names that anyone can guess here. Choose another one.",
		credential.ErrBusy:                                                 "Many people are logging in right now. Try again in a few seconds.",
		credential.ErrCodeMissing:                                          "Enter the 6-digit code from your authenticator app",
		credential.ErrCodeWrong:                                            "That code is not correct or has expired. Enter the newest code.",
		credential.ErrCodeUsed:                                             "This code was already used. Wait for the next one (up to 30 seconds).",
		credential.ErrClockSlow.With("Minutes", 4).With("Count", 4):        "Your phone's clock seems to be 4 minutes slow. Turn on automatic time, then enter a new code.",
		credential.ErrClockFast.With("Minutes", 1).With("Count", 1):        "Your phone's clock seems to be 1 minute fast. Turn on automatic time, then enter a new code.",
		credential.ErrEnrolmentExpired:                                     "This set-up took longer than 30 minutes. Start again; delete the old entry in your app.",
		credential.ErrEnrolmentCodeWrong.With("Issuer", "IDKit Northwind"): "That code is not correct. Check that the newest entry for IDKit Northwind is open.",
		credential.ErrNoSecondFactor:                                       "Two-factor authentication is off for this account. Nothing was changed.",
		credential.ErrRecoveryCodeMissing:                                  "Enter one of your recovery codes",
		credential.ErrRecoveryCodeWrong:                                    "That recovery code is not correct or was already used. Enter another one.",
		credential.ErrSpokenCodeMissing:                                    "Enter the code that was read out to you",
		credential.ErrSpokenCodeWrong:                                      "That code is not correct. Ask for it to be read out again.",
		credential.ErrNoRecoverySheet:                                      "These codes were already saved and cannot be shown again.",
		credential.ErrLinkUnknown:                                          "This link does not work. Open it from the mail again, or copy all of it.",
		credential.ErrLinkExpired:                                          "This link ended.",
		credential.ErrLinkUsed:                                             "This link was already used.",
		credential.ErrLinkReplaced:                                         "A newer mail was sent to you. Use the latest mail.",
		credential.ErrLinkWithdrawn:                                        "This link was withdrawn.",
		credential.ErrLinkVoided:                                           "This link ended because the account changed after it was sent.",
	})
}
