package page

import "time"

func profileSpecimens() []Specimen {
	sessions := []SessionRow{
		{ID: "ses_1", Device: "Firefox on Windows", This: true, Place: "Sydney", Address: "203.0.113.7", LoggedIn: galleryNow.Add(-time.Hour), LastActive: galleryNow},
		{ID: "ses_2", Device: "Safari on iPhone", Handheld: true, Address: "2001:db8:85a3::8a2e:370:7334", LoggedIn: galleryNow.Add(-90 * time.Hour), LastActive: galleryNow.Add(-26 * time.Hour)},
	}
	profile := Profile{
		Name: "Priya Shah", Email: "priya@northwind.example", Mobile: "+61 412 345 210", PasswordSetAt: galleryNow.Add(-260 * 24 * time.Hour),
		SecondFactor: true, CodesLeft: 8, Sessions: sessions, Happenings: []Happening{
			{At: galleryNow.Add(-time.Hour), Text: "You logged in", Origin: "Firefox on Windows, 203.0.113.7"},
			{At: galleryNow.Add(-50 * time.Hour), Text: "Sam Ito changed the role of Priya Shah"},
		},
	}
	pending := profile
	pending.PendingEmail = &PendingEmail{Address: "new@x.example", Until: galleryNow.Add(48 * time.Hour)}
	bare := Profile{Name: "Björk", Email: "bjork@northwind.example", Sessions: sessions[:1]}
	me := viewer("")
	me.Viewer, me.Path = Viewer{Name: "Priya Shah", Email: "priya@northwind.example"}, "/profile"
	return []Specimen{
		specimen("profile", me, profile),
		specimen("profile-pending", me, pending),
		specimen("profile-bare", me, bare),
		specimen("change_name", me, ChangeName{FirstName: Field{Value: "Priya"}, LastName: Field{Value: "Shah"}}),
		specimen("change_name-empty", me, ChangeName{FirstName: Field{Error: "Enter a first name"}}),
		specimen("sessions", me, Sessions{Rows: sessions}),
		specimen("sessions-only-here", me, Sessions{Rows: sessions[:1]}),
		specimen("confirm_you", me, ConfirmYou{Email: "priya@northwind.example", Next: "/profile"}),
		specimen("confirm_you-wrong", me, ConfirmYou{Email: "priya@northwind.example", Password: Field{Error: "That password is not correct."}}),
	}
}

func windowSpecimens() []Specimen {
	me := viewer("")
	me.Viewer, me.Path = Viewer{Name: "Priya Shah", Email: "priya@northwind.example"}, "/profile"
	const wrong = "That password is not correct."
	regions := []Option{{Value: "AU", Label: "Australia (+61)"}, {Value: "GB", Label: "United Kingdom (+44)"}}
	return []Specimen{
		specimen("change_email", me, ChangeEmail{Current: "priya@northwind.example"}),
		specimen("change_email-wrong", me, ChangeEmail{
			Current: "priya@northwind.example",
			Email:   Field{Value: "priya@northwind.example", Error: "This is already your address."}, Password: Field{Error: wrong},
		}),
		specimen("change_mobile", me, ChangeMobile{Region: Field{Value: "AU"}, Regions: regions, Number: Field{Value: "0412 345 210"}, HasOne: true}),
		specimen("change_mobile-wrong", me, ChangeMobile{Regions: regions, Region: Field{Error: "Choose a region"}, Number: Field{Error: "Enter a phone number"}}),
		specimen("change_password", me, ChangePassword{Email: "priya@northwind.example", MinLength: 15, EndSessions: true}),
		specimen("change_password-wrong", me, ChangePassword{
			Email: "priya@northwind.example", MinLength: 15,
			Current: Field{Error: wrong}, Password: Field{Error: "The new password is the same as the old one."},
		}),
		specimen("reset_second_factor", me, ResetSecondFactor{Organization: "Northwind", Email: "priya@northwind.example", MayTurnOff: true}),
		specimen("reset_second_factor-code", me, ResetSecondFactor{
			Organization: "Northwind", Email: "priya@northwind.example", NeedsCode: true,
			Password: Field{Error: wrong}, Code: Field{Error: "That code is not correct or has expired. Enter the newest code."},
		}),
		specimen("turn_off_second_factor", me, TurnOffSecondFactor{Email: "priya@northwind.example", NeedsCode: true}),
		specimen("new_recovery_codes", me, NewRecoveryCodes{Left: 2}),
	}
}

func resetSpecimens() []Specimen {
	reset := Reset{Email: "priya@northwind.example", MinLength: 15}
	mismatch := reset
	mismatch.Confirm.Error = "The two passwords are not the same."
	sent := reset
	sent.Administrator, sent.Until = "Sam Ito", galleryNow.Add(24*time.Hour)
	list := []Specimen{
		specimen("forgot", stranger(), Forgot{}),
		specimen("forgot-empty", stranger(), Forgot{Email: Field{Error: "Enter your email address"}}),
		specimen("forgot-mail-missing", stranger(), Forgot{MailMissing: true}),
		specimen("forgot_sent", stranger(), ForgotSent{Email: "priya@northwind.example"}),
		specimen("forgot_sent-too-soon", stranger(), ForgotSent{Email: "priya@northwind.example", Problem: "Wait a minute before you ask for another mail."}),
		specimen("reset", guest(), reset),
		specimen("reset-mismatch", guest(), mismatch),
		specimen("reset-by_administrator", guest(), sent),
		specimen("reset_ended-by-administrator", stranger(), ResetEnded{End: LinkExpired, EndedAt: galleryNow, ByAdministrator: true}),
		specimen("wrong_account-reset", guest(), WrongAccount{
			Purpose: PurposeReset, LinkEmail: "priya@northwind.example",
			CurrentEmail: "sam@other.example", Continue: "/reset/switch", Stay: "/",
		}),
		specimen("wrong_account-confirm_email", guest(), WrongAccount{
			Purpose: PurposeConfirmEmail, LinkEmail: "priya@northwind.example",
			CurrentEmail: "sam@other.example", Continue: "/email/switch", Stay: "/",
		}),
		specimen("confirm_email", guest(), ConfirmEmail{Old: "p•••@n•••.example", New: "new@x.example", LogInFirst: true}),
		specimen("confirm_email-unsure", guest(), ConfirmEmail{
			Old: "priya@northwind.example", New: "new@x.example",
			Sure: Field{Error: "Tick the box first. Programs that read mail press buttons, so we ask a person."},
		}),
		specimen("stop_email", guest(), StopEmail{Email: "priya@northwind.example", New: "n•••@x.example"}),
		specimen("undo_email", guest(), UndoEmail{Old: "priya@northwind.example", New: "n•••@x.example", Until: galleryNow.Add(7 * 24 * time.Hour)}),
	}
	for _, end := range []LinkEnd{LinkExpired, LinkUsed, LinkReplaced, LinkWithdrawn, LinkUnknown} {
		list = append(list, specimen("reset_ended-"+string(end), stranger(), ResetEnded{End: end, EndedAt: galleryNow}))
	}
	for _, outcome := range []EmailOutcome{EmailRefused, EmailStopped, EmailUndone, EmailEnded} {
		list = append(list, specimen("email_done-"+string(outcome), guest(), EmailDone{Outcome: outcome, Email: "priya@northwind.example", LoggedIn: outcome == EmailEnded}))
	}
	return list
}
