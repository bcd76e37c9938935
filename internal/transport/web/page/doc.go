// Package page is what the portal and the console look like: one typed struct per page (its View), one html/template file of the
// same name, the style sheet, the script, the icons, the guilloche, the QR tile and the gallery of all their states.
//
// It knows no domain, no database and no request. Handlers fill a Shell (everything around the page) and a View (the page)
// with values that are ready to be printed, and call Renderer.Render. Sentences of a page come from the catalogue
// under keys that start with "page."; only error sentences, flashes and audit lines arrive already spoken.
//
// # For whoever writes a handler
//
// A POST that succeeds answers 303 to the next page; one that fails renders the same View again, with the values, the
// errors and status 422 (429 throttled, 410 dead link). Field names in the posted form are the names in the comment of
// the View. Every POST form carries the hidden field "form_token" with Shell.FormToken, except those that anybody may send
// (/theme and /language).
//
// A dialog is the same View at the same path. The script fetches it with the header "HX-Request: true"; then
//
//   - set Shell.Fragment, so that Render writes the body without the shell;
//   - answer "Vary: HX-Request", because one path has two bodies;
//   - where a POST would answer 303, answer 200 with the header "HX-Redirect: <path>" and no body instead: the browser then
//     goes there as a whole page, and the flash is shown by it. A request that meets the log-in page or a step-up does the same.
//
// A fragment with a problem has the same status as the page: the script shows 4xx bodies in the dialog.
//
// # The list of users and the way back
//
// All state of the list is in its address: ParseUserQuery reads it, UserQuery.Href writes it. The script fetches the list as
// a fragment, too, and puts the elements with data-live in the place of those with the same id; so the page
// and the fragment are the same View.
//
// Every window of an act on a user carries "back", the list or the user's page where it was opened: a parameter of its GET and
// a hidden field of its POST. WayBack makes it safe, and a POST that is done leads there; where that user is gone then, WayToList
// leads to the list behind. When the way leads to the list, the script loads it in place, with the flash
// and the selected row, and keeps the scroll and the focus.
//
// The buttons of the toolbar send the selected row by GET to /users/reset-password and /users/status with the
// parameters user and back: answer 303 to /users/{id}/reset-password or /users/{id}/status with the same back, or
// without a user 422 and the list of "back" with Users.Problem.
//
// Assets lists the files to serve under /static/ with "Cache-Control: public, max-age=31536000, immutable": their names carry a
// hash of their content. Every other answer is no-store. The pages need only
//
//	default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';
//	form-action 'self'; base-uri 'none'; frame-ancestors 'none'
//
// and the letter page of development mode "frame-src 'self'" on top, with "frame-ancestors 'self'" on the framed letter.
//
// # Adding a page
//
// One word names the page: <word>.go with its View, templates/<word>.html with {{define "<word>"}} between "top" and
// "bottom", its sentences under "page.<word>." in the catalogue, and a specimen of every state in the gallery. A test fails
// while one of them is missing. Somebody's own words (names, notes) go through "words" or stand in <bdi>; a template never
// glues sentences together and never writes a style, a script or an event handler into the page.
//
// # Paths that the pages link or post to
//
//	GET  /                            Home
//	GET  /login                       Login            POST /login
//	GET  /login/code                  Code             POST /login/code
//	GET  /login/recovery              RecoveryCode     POST /login/recovery, then RecoveryCodeUsed
//	GET  /login/help                  NoFactor
//	GET  /login/client                Choose           POST /login/client
//	GET  /logout                      LogOut           POST /logout
//	GET  /forgot                      Forgot           POST /forgot, then ForgotSent at /forgot/sent
//	GET  /join                        Join and its ends, POST /join, /join/again, /join/switch
//	GET  /reset                       Reset and its ends, POST /reset, /reset/switch
//	GET  /protect                     Protect          POST /protect (Setup), /protect/later (Not now, Remind me)
//	GET  /protect/authenticator       Authenticator    POST the same
//	GET  /protect/recovery-codes      RecoveryCodes    POST the same; also .../print and /protect/recovery-codes.txt
//	GET  /not-me                      NotMe            POST the same
//	GET  /users                       Users            GET /users.csv the same list as a file
//	GET  /users/reset-password        from the toolbar, see above; also /users/status
//	GET  /users/invite                Invite           POST the same
//	GET  /users/roles                 Roles            GET /users/roles/{id}/permissions, POST the same saves what was reviewed
//	GET  /users/roles/new             Roles            POST the same; ?from={id} begins as a copy
//	GET  /users/roles/{id}/explain    ExplainRole
//	POST /users/roles/{id}/review     RoleReview
//	GET  /users/roles/{id}/delete     DeleteRole       POST the same
//	GET  /users/{id}                  User
//	GET  /users/{id}/resend           Resend           POST the same
//	GET  /users/{id}/link             CopyLink         POST the same, answers InvitationLink
//	GET  /users/{id}/withdraw         Withdraw         POST the same
//	GET  /users/{id}/reset-password   ResetPassword    POST the same
//	GET  /users/{id}/status           ChangeStatus     POST the same
//	GET  /users/{id}/second-factor    ResetUserSecondFactor, POST the same
//	GET  /users/{id}/role             ChangeRole       POST the same
//	GET  /users/{id}/name             ChangeUserName   POST the same
//	GET  /users/{id}/logout           LogOutEverywhere POST the same
//	GET  /users/{id}/unlock           Unlock           POST the same
//	GET  /users/{id}/delete           DeleteUser       POST the same
//	GET  /users/{id}/lock             LockAccount      POST the same, answers LockReport
//	GET  /users/import                ImportUsers      POST the same; /users/import/sample.csv
//	GET  /users/import/{id}/rows      ImportCheck, ImportProgress or ImportResult; /users/import/{id}/result.csv
//	POST /users/import/{id}/send      also /pause, /continue, /discard
//	GET  /modules/{key}               leads to the module, or is a Failure that says whom to ask
//	GET  /clients                     Clients
//	GET  /clients/new                 NewClient        POST the same
//	GET  /clients/{id}                Client
//	GET  /clients/{id}/details        ClientDetails    POST the same
//	GET  /clients/{id}/status         ClientStatus     POST the same
//	GET  /clients/{id}/trial          ExtendTrial      POST the same
//	GET  /clients/{id}/activate       ActivateClient   POST the same
//	GET  /clients/{id}/resend         ResendFirst      POST the same
//	GET  /clients/{id}/administrator  CorrectFirst     POST the same
//	GET  /clients/{id}/recovery       Recovery         POST /clients/{id}/recovery/stop
//	GET  /clients/{id}/recovery/new   StartRecovery    POST the same
//	GET  /clients/{id}/recovery/approve ApproveRecovery, POST the same
//	GET  /recovery/object             ObjectRecovery or RecoveryOver, POST the same
//	GET  /setup                       Setup            POST the same
//	GET  /setup/mail                  SetupMail        POST /setup/mail (test), /setup/done
//	GET  /audit                       Audit
//	GET  /audit/export                AuditExport, which leads to /audit.csv and /audit.jsonl
//	GET  /developer                   Developer
//	GET  /settings                    Settings
//	GET  /settings/security           SettingsSecurity
//	GET  /settings/security/change    ChangeSecurity   POST the same saves what was reviewed
//	POST /settings/security/review    SecurityReview
//	GET  /settings/brand              SettingsBrand    POST the same
//	GET  /brand/{colours}.css         the style sheet of a brand, see Shell.Style
//	GET  /settings/audit              SettingsAudit    POST the same
//	GET  /settings/mail               SettingsMail     POST the same (test)
//	GET  /profile                     Profile
//	GET  /profile/name                ChangeName       POST the same
//	GET  /profile/email               ChangeEmail      POST the same, /profile/email/resend, /profile/email/stop
//	GET  /email/confirm               ConfirmEmail     POST the same, /email/refuse, /email/switch
//	GET  /email/stop                  StopEmail        POST the same
//	GET  /email/undo                  UndoEmail        POST the same
//	GET  /profile/mobile              ChangeMobile     POST the same, /profile/mobile/remove
//	GET  /profile/password            ChangePassword   POST the same
//	GET  /profile/second-factor/reset ResetSecondFactor, POST the same
//	GET  /profile/second-factor/off   TurnOffSecondFactor, POST the same
//	GET  /profile/recovery-codes      NewRecoveryCodes POST the same
//	GET  /profile/sessions            Sessions         POST /profile/sessions/{id}/end, /profile/sessions/end-others
//	GET  /confirm                     ConfirmYou       POST the same
//	POST /theme                       fields theme ("", "light", "dark"), back
//	POST /language                    fields language, back
//	GET  /dev/mailbox                 Mailbox; /dev/mailbox/{id}?as=text|html|source Letter; /dev/mailbox/{id}/html the framed part
//	GET  /dev/ui                      GalleryIndex; /dev/ui/{name} one specimen
package page
