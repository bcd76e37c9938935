package page

// MailState is what the pages tell about outgoing mail.
type MailState struct {
	Configured bool
	// Mailbox is true in development mode without a mail server: letters are kept for /dev/mailbox.
	Mailbox bool
	Server  string    // host and port, never the password
	From    string    // sender address
	Test    *Delivery // the last test mail; nil when none was sent
	TestTo  string    // where a test mail goes: the viewer's own address
	Waiting int       // letters in the outbox
	Failed  int       // letters given up in the last 30 days
	Held    bool      // no letter leaves since a restore
}

// SettingsMail is the mail section of the settings, posted to /settings/mail by "Send test mail".
type SettingsMail struct {
	Mail    MailState
	Problem string
	MayEdit bool
}

func (v SettingsMail) describe() description {
	return description{
		template: "settings_mail", frame: framePortal, title: "page.settings_mail.title",
		problems: problems(v.Problem),
	}
}
