package page

import "time"

func settingsSpecimens() []Specimen {
	usual := SecurityPolicy{SecondFactor: "recommended", Password: 15, Idle: 30, Session: 720, Invitation: 168}
	strict := SecurityPolicy{SecondFactor: "all", From: galleryNow.Add(14 * 24 * time.Hour), Password: 12, Idle: 15, Session: 480, Invitation: 36}
	administrators := usual
	administrators.SecondFactor, administrators.From = "administrators", galleryNow
	sent := MailState{
		Configured: true, Server: "mail.northwind.example:587", From: "IDKit <no-reply@northwind.example>", TestTo: "sam@northwind.example",
		Test: &Delivery{State: DeliverySent, At: galleryNow, Answer: "250 2.0.0 queued as 4F1A2"}, Waiting: 2, Failed: 1,
	}
	held := sent
	held.Held, held.Test, held.Waiting = true, nil, 12
	form := ChangeSecurity{
		SecondFactor: Field{Value: "recommended"}, From: Field{Value: "2026-11-23"}, Password: Field{Value: "15"},
		Idle: Field{Value: "30"}, Session: Field{Value: "720"}, Invitation: Field{Value: "168"},
		Idles:       []Option{{Value: "15", Label: "15 minutes"}, {Value: "30", Label: "30 minutes"}},
		Sessions:    []Option{{Value: "480", Label: "8 hours"}, {Value: "720", Label: "12 hours"}},
		Invitations: []Option{{Value: "1", Label: "1 hour"}, {Value: "168", Label: "7 days"}},
	}
	wrong := form
	wrong.SecondFactor = Field{Value: "", Error: "Choose who needs two-factor authentication"}
	wrong.From = Field{Value: "2026-11-02", Error: "Choose today or a later day"}
	wrong.Password = Field{Value: "12", Error: "Passwords shorter than 15 characters need two-factor authentication for everybody. Enter 15 or more, or require it for all."}
	unchanged := form
	unchanged.Problem = "You have not changed anything."
	values := []HiddenValue{{Name: "second_factor", Value: "all"}}
	now := SecurityReview{Before: usual, After: administrators, Holds: true, Without: 1, Self: true, Letters: 1, Values: values}
	brand := SettingsBrand{
		Name: Field{Value: "Northwind ID"}, Light: Field{Value: "#7A1F5C"}, Dark: Field{Value: "#DC9ECB"},
		Support: Field{Value: "mailto:help@northwind.example"}, MayEdit: true,
		Looks: []BrandLook{
			{Theme: "light", Surface: "#FFFFFF", Accent: "#7A1F5C", On: "#FFFFFF"}, {Theme: "dark", Surface: "#151E1D", Accent: "#DC9ECB", On: "#04262A"},
		},
	}
	faint := brand
	faint.Light = Field{Value: "#FFD400", Error: "This colour has a contrast of 1.23:1 in the light theme; text needs 4.5:1. The nearest colour that passes is #806A00."}
	readOnly := brand
	readOnly.MayEdit = false
	head := SettingsAudit{
		Current: "audit@northwind.example", Address: Field{Value: "audit@northwind.example"}, Next: galleryNow.Add(20 * time.Hour),
		Last: &Delivery{State: DeliverySent, At: galleryNow, Answer: "250 2.0.0 queued as 4F1A3"}, MayEdit: true,
	}
	return []Specimen{
		specimen("settings", viewer("settings"), Settings{Security: strict, Brand: "Northwind ID", Coloured: true, Mail: sent, AuditHead: "audit@northwind.example"}),
		specimen("settings-untouched", viewer("settings"), Settings{Security: usual}),
		specimen("settings_security", viewer("settings"), SettingsSecurity{Policy: usual, Without: 31, Active: 118, MayEdit: true}),
		specimen("settings_security-required", viewer("settings"), SettingsSecurity{Policy: strict, Without: 31, Active: 118, MayEdit: true}),
		specimen("settings_security-read-only", viewer("settings"), SettingsSecurity{Policy: administrators, Begun: true, Active: 118}),
		specimen("change_security", viewer("settings"), form),
		specimen("change_security-wrong", viewer("settings"), wrong),
		specimen("change_security-unchanged", viewer("settings"), unchanged),
		specimen("security_review", viewer("settings"), SecurityReview{Before: usual, After: strict, Without: 31, Letters: 31, Reminded: true, SessionsOver: 4, Values: values}),
		specimen("security_review-now", viewer("settings"), now),
		specimen("security_review-nobody", viewer("settings"), SecurityReview{Before: usual, After: administrators, Holds: true, Values: values}),
		specimen("security_review-back", viewer("settings"), SecurityReview{Before: strict, After: usual, PasswordBack: true, Values: values}),
		specimen("settings_brand", viewer("settings"), brand),
		specimen("settings_brand-faint", viewer("settings"), faint),
		specimen("settings_brand-read-only", viewer("settings"), readOnly),
		specimen("settings_audit", viewer("settings"), head),
		specimen("settings_audit-nowhere", viewer("settings"), SettingsAudit{MayEdit: true, MailMissing: true}),
		specimen("settings_audit-wrong", viewer("settings"), SettingsAudit{MayEdit: true, Address: Field{Value: "nobody", Error: "Enter an email address like name@example.com"}}),
		specimen("settings_audit-read-only", viewer("settings"), SettingsAudit{}),
		specimen("settings_mail", viewer("settings"), SettingsMail{Mail: sent, MayEdit: true}),
		specimen("settings_mail-held", viewer("settings"), SettingsMail{Mail: held, MayEdit: true}),
		specimen("settings_mail-mailbox", viewer("settings"), SettingsMail{Mail: MailState{Mailbox: true}, MayEdit: true}),
		specimen("settings_mail-missing", viewer("settings"), SettingsMail{MayEdit: true}),
		specimen("settings_mail-read-only", viewer("settings"), SettingsMail{Mail: sent}),
	}
}
