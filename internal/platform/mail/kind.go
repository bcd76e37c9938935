package mail

// Kind says what a letter is about; its sentences stand in the catalogue under
// "mail." + kind.
type Kind string

// The kinds of letters. What each needs to know stands in the table below.
const (
	KindInvite                           Kind = "invite"          // to a new person
	KindInviteExisting                   Kind = "invite_existing" // to a person who has an account already
	KindInviteByHost                     Kind = "invite_by_host"  // to a new operator, whom the command line invites
	KindReminder                         Kind = "reminder"        // once, a day before the invitation ends
	KindReminderByHost                   Kind = "reminder_by_host"
	KindInviteAsked                      Kind = "invite_asked"                   // to the inviter: the person wants a new one
	KindReset                            Kind = "reset"                          // asked for by the person
	KindResetByAdministrator             Kind = "reset_by_administrator"         // sent by an administrator
	KindResetByAdministratorBlocked      Kind = "reset_by_administrator_blocked" // who logged the person out and blocked the old password
	KindPasswordChanged                  Kind = "password_changed"
	KindPasswordChangedOnly              Kind = "password_changed_only" // its owner kept the other sessions
	KindConfirmEmail                     Kind = "confirm_email"         // to the new address
	KindEmailChangeAsked                 Kind = "email_change_asked"    // to the old address
	KindEmailChanged                     Kind = "email_changed"         // to the new address
	KindEmailChangedOld                  Kind = "email_changed_old"     // to the old address, which can undo
	KindEmailUndone                      Kind = "email_undone"          // to both addresses
	KindEmailInUse                       Kind = "email_in_use"          // to the owner of an address that someone else entered
	KindMobileChanged                    Kind = "mobile_changed"
	KindMobileRemoved                    Kind = "mobile_removed"
	KindSecondFactorOn                   Kind = "second_factor_on"
	KindSecondFactorOff                  Kind = "second_factor_off"
	KindSecondFactorReset                Kind = "second_factor_reset"                  // the person moved to a new authenticator
	KindSecondFactorResetByAdministrator Kind = "second_factor_reset_by_administrator" // an administrator removed it
	KindSecondFactorResetApproved        Kind = "second_factor_reset_approved"         // one administrator asked, another approved
	KindSecondFactorRequestApproved      Kind = "second_factor_request_approved"       // to the administrator who had asked
	KindSecondFactorResetAsked           Kind = "second_factor_reset_asked"            // to the person: a second administrator is asked
	KindSecondFactorApproval             Kind = "second_factor_approval"               // to the administrators who may approve it
	KindSecondFactorCode                 Kind = "second_factor_code"                   // to be read out to the administrator
	KindRecoveryCodeUsed                 Kind = "recovery_code_used"
	KindRecoveryCodesMade                Kind = "recovery_codes_made"
	KindSuspended                        Kind = "status_suspended"
	KindReactivated                      Kind = "status_active"
	KindRoleChanged                      Kind = "role_changed"
	KindNameChangedByAdministrator       Kind = "name_changed_by_administrator"
	KindAccountLocked                    Kind = "account_locked"
	KindUserDeleted                      Kind = "user_deleted"
	KindClientSuspended                  Kind = "client_suspended" // these to the Administrators of a client organization
	KindClientReactivated                Kind = "client_active"
	KindClientActivated                  Kind = "client_activated" // out of its trial
	KindTrialEnding                      Kind = "trial_ending"
	KindTrialEnded                       Kind = "trial_ended"
	KindTrialExtended                    Kind = "trial_extended"
	KindNewDevice                        Kind = "new_device"
	KindAPIKeyMade                       Kind = "api_key_made"
	KindAPIKeyEnding                     Kind = "api_key_ending"
	KindAPIKeyDeleted                    Kind = "api_key_deleted"
	KindRecoveryStarted                  Kind = "recovery_started"  // to all users of a client: the vendor means to invite an Administrator
	KindRecoveryWaits                    Kind = "recovery_waits"    // the same, each day
	KindRecoveryInvited                  Kind = "recovery_invited"  // to all users: how it ended
	KindRecoveryObjected                 Kind = "recovery_objected" // and so on
	KindRecoveryStopped                  Kind = "recovery_stopped"
	KindRecoveryReturned                 Kind = "recovery_returned"
	KindRecoveryLapsed                   Kind = "recovery_lapsed"
	KindRecoveryVoid                     Kind = "recovery_void"
	KindOperatorRecoveryStarted          Kind = "operator_recovery_started" // to all operators
	KindOperatorRecoveryApproved         Kind = "operator_recovery_approved"
	KindOperatorRecoveryInvited          Kind = "operator_recovery_invited"
	KindOperatorRecoveryObjected         Kind = "operator_recovery_objected"
	KindOperatorRecoveryEnded            Kind = "operator_recovery_ended" // in any other way
	KindTest                             Kind = "test"
	KindSecondFactorDue                  Kind = "second_factor_due"      // an organization will require a second factor
	KindSecondFactorReminder             Kind = "second_factor_reminder" // once, 3 days before it does
	KindSecondFactorRequired             Kind = "second_factor_required" // it does from now on
	KindAuditHead                        Kind = "audit_head"             // every day, where the trail ends
	KindAuditHeadMoved                   Kind = "audit_head_moved"       // to whoever got it until now: it goes to another address
	KindAuditHeadEnded                   Kind = "audit_head_ended"       // or to nobody any more
)

// shape is which sentences a kind has, and which values they need. Subject,
// preheader and why always stand there.
type shape struct {
	body   int // number of paragraphs
	button bool
	ends   bool
	notYou bool
	params []string
}

// shapes is the table of all kinds. Times are spoken (Speaker.Moment, and
// Speaker.Day for EndsDay); Device is a label such as "Firefox on Windows";
// Count is a number, Code is Plain. Addresses are masked except the recipient's own.
var shapes = map[Kind]shape{
	KindInvite:                           {2, true, true, true, params("Brand", "Inviter", "Organization", "Role", "EndsDay", "Ends")},
	KindInviteExisting:                   {2, true, true, true, params("Brand", "Inviter", "Organization", "Role", "EndsDay", "Ends")},
	KindInviteByHost:                     {2, true, true, true, params("Brand", "Organization", "Role", "EndsDay", "Ends")},
	KindReminderByHost:                   {1, true, true, true, params("Brand", "Organization", "Role", "Ends")},
	KindReminder:                         {1, true, true, true, params("Brand", "Inviter", "Organization", "Role", "Ends")},
	KindInviteAsked:                      {2, true, false, false, params("Brand", "Person", "Organization", "EndedDay")},
	KindReset:                            {2, true, true, true, params("Brand", "Ends")},
	KindResetByAdministrator:             {2, true, true, true, params("Brand", "Administrator", "Organization", "Ends")},
	KindResetByAdministratorBlocked:      {3, true, true, true, params("Brand", "Administrator", "Organization", "Ends")},
	KindPasswordChangedOnly:              {2, true, false, true, params("Brand", "When", "Device")},
	KindPasswordChanged:                  {2, true, false, true, params("Brand", "When", "Device")},
	KindConfirmEmail:                     {2, true, true, true, params("Brand", "OldAddress", "NewAddress", "Ends")},
	KindEmailChangeAsked:                 {2, true, true, false, params("Brand", "Who", "NewAddress", "When", "Device", "Ends")},
	KindEmailChanged:                     {2, false, false, true, params("Brand", "NewAddress")},
	KindEmailChangedOld:                  {2, true, true, true, params("Brand", "NewAddress", "Ends")},
	KindEmailUndone:                      {2, false, false, true, params("Brand", "NewAddress")},
	KindEmailInUse:                       {1, false, false, true, params("Brand")},
	KindMobileChanged:                    {1, false, false, true, params("Brand", "LastDigits", "When", "Device")},
	KindMobileRemoved:                    {1, false, false, true, params("Brand", "When", "Device")},
	KindSecondFactorOn:                   {3, true, false, true, params("Brand", "When", "Device", "Count")},
	KindSecondFactorOff:                  {2, true, false, true, params("Brand", "Who", "When", "Device")},
	KindSecondFactorReset:                {3, true, false, true, params("Brand", "When", "Device", "Count")},
	KindSecondFactorResetByAdministrator: {2, true, false, true, params("Brand", "Administrator", "Organization", "When")},
	KindSecondFactorResetApproved:        {2, true, false, true, params("Brand", "Administrator", "Approver", "Organization", "When")},
	KindSecondFactorRequestApproved:      {2, false, false, true, params("Brand", "Approver", "Person", "Organization", "When")},
	KindSecondFactorResetAsked:           {2, false, false, true, params("Brand", "Administrator", "Organization", "When")},
	KindSecondFactorApproval:             {2, true, true, true, params("Brand", "Administrator", "Person", "Organization", "Ends")},
	KindSecondFactorCode:                 {3, false, true, true, params("Brand", "Administrator", "Organization", "Code", "Ends")},
	KindRecoveryCodeUsed:                 {2, true, false, true, params("Brand", "When", "Device", "Count")},
	KindRecoveryCodesMade:                {2, true, false, true, params("Brand", "When", "Device", "Count")},
	KindSuspended:                        {2, false, false, true, params("Brand", "Organization")},
	KindReactivated:                      {1, true, false, true, params("Brand", "Organization")},
	KindRoleChanged:                      {1, true, false, true, params("Brand", "Organization", "Role")},
	KindNameChangedByAdministrator:       {1, true, false, true, params("Brand", "Administrator", "Organization", "Name")},
	KindAccountLocked:                    {2, false, false, true, params("Brand", "Organization", "When")},
	KindUserDeleted:                      {2, false, false, true, params("Brand", "Organization", "When")},
	KindClientSuspended:                  {3, false, false, true, params("Brand", "Organization", "Who")},
	KindClientReactivated:                {2, true, false, true, params("Brand", "Organization", "Who")},
	KindClientActivated:                  {1, true, false, true, params("Brand", "Organization", "Who")},
	KindTrialEnding:                      {2, true, false, false, params("Brand", "Organization", "Ends", "EndsDay")},
	KindTrialEnded:                       {3, false, false, false, params("Brand", "Organization", "Ends")},
	KindTrialExtended:                    {1, true, false, true, params("Brand", "Organization", "Who", "Ends", "EndsDay")},
	KindNewDevice:                        {3, true, true, true, params("Brand", "Device", "Place", "When", "Ends")},
	KindAPIKeyMade:                       {1, true, false, true, params("Brand", "Name", "Who", "Organization", "When")},
	KindAPIKeyEnding:                     {2, true, false, true, params("Brand", "Name", "Organization", "Ends", "LastUsed")},
	KindAPIKeyDeleted:                    {2, true, false, true, params("Brand", "Name", "Who", "Organization", "When", "LastUsed")},
	KindRecoveryStarted:                  {3, true, true, true, params("Brand", "Organization", "Vendor", "Starter", "Person", "Address", "Earliest", "Lapses")},
	KindRecoveryWaits:                    {3, true, true, true, params("Brand", "Organization", "Vendor", "Starter", "Person", "Address", "Earliest", "Lapses")},
	KindRecoveryInvited:                  {2, false, false, true, params("Brand", "Organization", "Vendor", "Starter", "Approver", "Person", "Address")},
	KindRecoveryObjected:                 {2, false, false, true, params("Brand", "Organization", "Vendor", "Person", "Address", "EndedBy")},
	KindRecoveryStopped:                  {2, false, false, false, params("Brand", "Organization", "Vendor", "Person", "Address", "EndedBy")},
	KindRecoveryReturned:                 {2, false, false, true, params("Brand", "Organization", "Vendor", "Person", "Address", "EndedBy")},
	KindRecoveryLapsed:                   {2, false, false, false, params("Brand", "Organization", "Vendor", "Person", "Address")},
	KindRecoveryVoid:                     {2, false, false, false, params("Brand", "Organization", "Vendor", "Person", "Address")},
	KindOperatorRecoveryStarted:          {3, true, true, true, params("Brand", "Organization", "Starter", "Person", "Address", "Earliest", "Lapses")},
	KindOperatorRecoveryApproved:         {2, true, false, true, params("Brand", "Organization", "Starter", "Approver", "Person", "Address", "Earliest")},
	KindOperatorRecoveryInvited:          {1, true, false, true, params("Brand", "Organization", "Starter", "Approver", "Person", "Address")},
	KindOperatorRecoveryObjected:         {2, true, false, false, params("Brand", "Organization", "Starter", "Person")},
	KindOperatorRecoveryEnded:            {2, true, false, false, params("Brand", "Organization", "Starter", "Person")},
	KindSecondFactorDue:                  {2, true, false, false, params("Brand", "Organization", "Day")},
	KindSecondFactorReminder:             {2, true, false, false, params("Brand", "Organization", "Day")},
	KindSecondFactorRequired:             {2, true, false, false, params("Brand", "Organization", "Day")},
	KindAuditHead:                        {3, false, false, false, params("Brand", "Organization", "Line", "When")},
	KindAuditHeadMoved:                   {3, false, false, true, params("Brand", "Organization", "Who", "NewAddress", "When")},
	KindAuditHeadEnded:                   {3, false, false, true, params("Brand", "Organization", "Who", "When")},
	KindTest:                             {2, false, false, false, params("Brand", "Requester", "Server", "When")},
}

func params(names ...string) []string { return names }
