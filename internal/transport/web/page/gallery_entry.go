package page

import "time"

const throttled = "Too many attempts. Try again in 5 minutes."

func entrySpecimens() []Specimen {
	email := Field{Value: "priya@northwind.example"}
	return []Specimen{
		specimen("login", stranger(), Login{}),
		specimen("login-session-ended", stranger(), Login{Notice: NoticeSessionEnded, Email: email, Next: "/users"}),
		specimen("login-logged-out", stranger(), Login{Notice: NoticeLoggedOut}),
		specimen("login-half-login-ended", stranger(), Login{Notice: NoticeHalfLoginEnded}),
		specimen("login-wrong", stranger(), Login{Problem: "The email address or password is not correct.", Email: email}),
		specimen("login-empty", stranger(), Login{Email: Field{Error: "Enter your email address"}, Password: Field{Error: "Enter your password"}}),
		specimen("login-throttled", stranger(), Login{Problem: throttled, Email: email}),
		specimen("code", guest(), Code{MayRemember: true}),
		specimen("code-wrong", guest(), Code{MayRemember: true, Remember: true, Code: Field{Error: "That code is not correct or has expired. Enter the newest code."}}),
		specimen("code-strict", guest(), Code{}),
		specimen("recovery_code", guest(), RecoveryCode{}),
		specimen("recovery_code-wrong", guest(), RecoveryCode{Code: Field{Error: "That recovery code is not correct or was already used."}}),
		specimen("recovery_code_used", guest(), RecoveryCodeUsed{Left: 2, Of: 10, Next: "/"}),
		specimen("no_factor", guest(), NoFactor{}),
		specimen("choose", stranger(), Choose{Choices: []Choice{
			{ID: "org_1", Name: "Northwind", Role: "Administrator", LastUsed: true},
			{ID: "org_2", Name: "Contoso Verification Services Pty Ltd", Role: "Member"},
			{ID: "org_3", Name: "شركة الأفق", Role: "Member"},
		}}),
	}
}

func joinSpecimens() []Specimen {
	join := Join{Step: Step{1, 3}, Organization: "Northwind", Role: "Customer Service", Email: "priya@northwind.example", MinLength: 15}
	short := join
	short.Password.Error = "Your password has 11 characters. Use at least 15."
	return []Specimen{
		specimen("join", guest(), join),
		specimen("join-short", guest(), short),
		specimen("join_ended-expired", guest(), JoinEnded{End: LinkExpired, EndedAt: galleryNow.Add(24 * time.Hour), Inviter: "Sam Ito"}),
		specimen("join_ended-used", guest(), JoinEnded{End: LinkUsed}),
		specimen("join_ended-replaced", guest(), JoinEnded{End: LinkReplaced}),
		specimen("join_ended-withdrawn", guest(), JoinEnded{End: LinkWithdrawn}),
		specimen("join_ended-unknown", stranger(), JoinEnded{End: LinkUnknown}),
		specimen("join_asked", guest(), JoinAsked{}),
		specimen("join_existing", guest(), JoinExisting{Organization: "Northwind", Role: "Customer Service", Email: "priya@northwind.example"}),
		specimen("join_confirm", guest(), JoinConfirm{Organization: "Northwind", Role: "Customer Service", Email: "priya@northwind.example"}),
		specimen("wrong_account-invitation", guest(), WrongAccount{
			Purpose: PurposeInvitation, LinkEmail: "priya@northwind.example",
			CurrentEmail: "sam@other.example", Continue: "/join/switch", Stay: "/",
		}),
	}
}

// galleryKey is a key that opens nothing.
const galleryKey = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

func protectSpecimens() []Specimen {
	address := "otpauth://totp/IDKit%20Northwind:priya@northwind.example?secret=" + galleryKey + "&issuer=IDKit%20Northwind"
	code, err := QRCode(address)
	if err != nil {
		panic(err) // the address is a constant
	}
	scan := Authenticator{
		Step: Step{2, 3}, QR: code, Address: address, Key: galleryKey, Account: "priya@northwind.example",
		Issuer: "IDKit Northwind", Back: "/protect",
	}
	wrong, late := scan, scan
	wrong.Code.Error = "That code is not correct. Check that the newest entry for IDKit Northwind is open."
	late.Restarted = true
	codes := []string{
		"7QXA-2MKD-9TFP-4WZC-H3RB-6VNE", "B4ND-8WQT-3YHC-K7ZP-2FXR-M9AV", "X2HC-9PRV-6KMT-D4WF-A8QB-3ZYN",
		"R8VT-4ZFN-2QXK-7BHP-W3MD-9CYA", "K3WP-7CYA-9VDT-5MXQ-4ZRH-8FNB", "D9FB-6XKT-4HWR-2VQP-N7YC-3MZA",
		"H5ZQ-3NRC-8BYV-W6KD-9TFM-4PXA", "M7YK-5TDV-2PXW-9RQH-6CZB-8NFA", "W4CX-8QHB-7ZNM-3FYT-5KVR-9DPA",
		"T6RN-2VPM-5CKX-8YHW-3BQD-7ZFA",
	}
	return []Specimen{
		specimen("protect", guest(), Protect{Step: Step{2, 3}, Organization: "Northwind"}),
		specimen("protect-again", guest(), Protect{Organization: "Northwind", Again: true}),
		specimen("protect-required", guest(), Protect{Step: Step{2, 3}, Organization: "Northwind", Required: true}),
		specimen("protect-instead", guest(), Protect{Organization: "Northwind", Instead: true}),
		specimen("longer_password", guest(), LongerPassword{Email: "priya@northwind.example", Alone: 15, MinLength: 15}),
		specimen("longer_password-wrong", guest(), LongerPassword{
			Email: "priya@northwind.example", Alone: 15, MinLength: 20,
			Current: Field{Error: "That password is not correct."}, Password: Field{Error: "Your password has 12 characters. Use at least 20."},
		}),
		specimen("authenticator", guest(), scan),
		specimen("authenticator-wrong", guest(), wrong),
		specimen("authenticator-restarted", guest(), late),
		specimen("recovery_codes", guest(), RecoveryCodes{Step: Step{3, 3}, Codes: codes}),
		specimen("recovery_codes-unticked", guest(), RecoveryCodes{
			Step: Step{3, 3}, Codes: codes,
			Saved: Field{Error: "Tick the box once you have saved the codes. You cannot see them again."},
		}),
		specimen("recovery_codes_print", guest(), RecoveryCodesPrint{
			Codes: codes, Organization: "Northwind",
			Account: "priya@northwind.example", MadeAt: galleryNow,
		}),
	}
}

func setupSpecimens() []Specimen {
	working := MailState{Configured: true, Server: "mail.northwind.example:587", From: "IDKit <no-reply@northwind.example>", TestTo: "ada@northwind.example"}
	refused := working
	refused.Test = &Delivery{State: DeliveryFailed, At: galleryNow, Answer: "535 5.7.8 Authentication credentials invalid"}
	return []Specimen{
		specimen("setup", stranger(), Setup{Step: Step{1, 4}, CodeKnown: true, MinLength: 15}),
		specimen("setup-errors", stranger(), Setup{
			Step: Step{1, 4}, MinLength: 15,
			Code:         Field{Value: "abc", Error: "That set-up code is not correct. Copy it from the server's log."},
			Organization: Field{Value: "Northwind"}, FirstName: Field{Error: "Enter your first name"}, LastName: Field{Value: "Okafor"},
			Email: Field{Value: "ada@northwind", Error: "Enter an email address like name@example.com"}, Password: Field{Error: "Enter a password"},
		}),
		specimen("setup_ended", stranger(), SetupEnded{}),
		specimen("setup_mail", guest(), SetupMail{Step: Step{4, 4}, Mail: working}),
		specimen("setup_mail-refused", guest(), SetupMail{Step: Step{4, 4}, Mail: refused}),
		specimen("setup_mail-mailbox", guest(), SetupMail{Step: Step{4, 4}, Mail: MailState{Mailbox: true}}),
		specimen("setup_mail-missing", guest(), SetupMail{Step: Step{4, 4}}),
	}
}

func linkSpecimens() []Specimen {
	return []Specimen{
		specimen("not_me", guest(), NotMe{Email: "priya@northwind.example", Device: "Firefox on Windows", At: galleryNow, From: "203.0.113.7"}),
		specimen("not_me_done", guest(), NotMeDone{Email: "priya@northwind.example"}),
		specimen("link_ended-expired", stranger(), LinkEnded{End: LinkExpired}),
		specimen("link_ended-used", stranger(), LinkEnded{End: LinkUsed}),
		specimen("link_ended-replaced", stranger(), LinkEnded{End: LinkReplaced}),
		specimen("link_ended-withdrawn", stranger(), LinkEnded{End: LinkWithdrawn}),
		specimen("link_ended-unknown", stranger(), LinkEnded{End: LinkUnknown}),
	}
}
