package page

import "time"

// galleryAct is what the windows of the gallery are about.
func galleryAct() Act {
	return Act{ID: "usr_5", Name: "Priya Shah", Email: "priya@northwind.example", Back: "/users?status=active"}
}

func galleryBlocked(b Block) Act {
	a := galleryAct()
	a.Block = b
	return a
}

func actSpecimens() []Specimen {
	act, refused := galleryAct(), galleryAct()
	refused.Problem = "A link was sent 2 minutes ago. Wait 3 minutes."
	own := galleryAct()
	own.Back = "/users/usr_5"
	everything := Endings{Sessions: 2, Links: 1, Keys: 2, Invitations: 3}
	suspension := &Suspension{By: "Sam Ito", At: galleryNow.Add(-20 * 24 * time.Hour), Reason: "On leave until March"}
	several := Act{Block: BlockSeveral}
	list := []Specimen{
		specimen("reset_password", viewer("users"), ResetPassword{Act: act, Sessions: 2}),
		specimen("reset_password-throttled", viewer("users"), ResetPassword{Act: refused, Sessions: 1, LogOut: true}),
		specimen("reset_password-mail-missing", viewer("users"), ResetPassword{Act: act, MailMissing: true}),
		specimen("change_status-suspend", viewer("users"), ChangeStatus{Act: act, To: StatusSuspended, Ends: everything}),
		specimen("change_status-suspend-bare", viewer("users"), ChangeStatus{Act: own, To: StatusSuspended}),
		specimen("change_status-reason", viewer("users"), ChangeStatus{
			Act: act, To: StatusSuspended, Reason: Field{Value: "On leave", Error: "The reason is too long. Use at most 300 characters."},
		}),
		specimen("change_status-active", viewer("users"), ChangeStatus{Act: act, To: StatusActive, Suspension: suspension, Rested: 2}),
		specimen("change_status-several", viewer("users"), ChangeStatus{Act: several}),
		specimen("change_user_name", viewer("users"), ChangeUserName{Act: act, FirstName: Field{Value: "Priya"}, LastName: Field{Value: "Shah"}}),
		specimen("change_user_name-empty", viewer("users"), ChangeUserName{Act: act, FirstName: Field{Error: "Enter a first name"}}),
		specimen("log_out_everywhere", viewer("users"), LogOutEverywhere{Act: act, Sessions: 2, Keys: 1}),
		specimen("unlock", viewer("users"), Unlock{Act: act, Locks: []Lock{
			{Of: LockPassword, Until: galleryNow.Add(time.Hour), After: galleryNow.Add(20 * time.Minute)}, {Of: LockCode}, {Of: LockRecoveryCode},
		}}),
		specimen("delete_user", viewer("users"), DeleteUser{Act: act, Ends: Endings{Links: 1, Keys: 2, Invitations: 1}}),
		specimen("delete_user-invited", viewer("users"), DeleteUser{Act: act, Invited: true}),
		specimen("delete_user-mistyped", viewer("users"), DeleteUser{
			Act: act, Typed: Field{Value: "priya@northwind", Error: "This is not the address of Priya Shah. Type priya@northwind.example."},
		}),
		specimen("lock_account", viewer("users"), LockAccount{Act: act, BlocksPassword: true, Ends: everything}),
		specimen("lock_account-suspended", viewer("users"), LockAccount{Act: act, BlocksPassword: true, Suspended: true, Ends: Endings{Keys: 1}, Reason: Field{Error: "Enter a reason"}}),
		specimen("lock_report", viewer("users"), LockReport{
			Act: act, By: "Sam Ito", At: galleryNow, Why: "Laptop stolen at the airport", Ended: Endings{Sessions: 2, Links: 1, Invitations: 3}, PasswordBlocked: true, SecondFactor: true,
		}),
	}
	return append(append(list, roleSpecimens()...), blockedSpecimens()...)
}

func roleSpecimens() []Specimen {
	choice := ChangeRole{Act: galleryAct(), Current: "Customer Service", Role: Field{Value: "rol_2"}, Roles: []RoleChoice{
		{Option: Option{Value: "rol_1", Label: "Administrator", Summary: "Everything, with the right to invite, reset and suspend.", Means: []string{"Do everything, also what later versions and added modules bring."}}, Gains: "Users, Developer, Settings"},
		{Option: Option{Value: "rol_2", Label: "Customer Service", Summary: "Remote Verify, Reports", Means: []string{"In Remote Verify: Send, View.", "In Reports: View."}}},
		{Option: Option{Value: "rol_3", Label: "Reviewer", Summary: "Reports", Means: []string{"In Reports: View, Export."}}, Gains: "Export reports", Loses: "Remote Verify"},
	}}
	invited := choice
	invited.Invited = true
	gone := choice
	gone.Role = Field{Error: "This role no longer exists. Choose another."}
	return []Specimen{
		specimen("change_role", viewer("users"), choice),
		specimen("change_role-invitation", viewer("users"), invited),
		specimen("change_role-gone", viewer("users"), gone),
	}
}

// blockedSpecimens are the windows that say why an act cannot be done.
func blockedSpecimens() []Specimen {
	var list []Specimen
	for _, c := range []struct {
		name   string
		blocks []Block
		view   func(Act) View
	}{
		{"reset_password", []Block{BlockYourself, BlockHoldsMore, BlockInvited, BlockSuspended}, func(a Act) View { return ResetPassword{Act: a} }},
		{"change_status", []Block{BlockYourself, BlockHoldsMore, BlockLastAdministrator, BlockInvited}, func(a Act) View { return ChangeStatus{Act: a} }},
		{"reset_user_second_factor", []Block{BlockYourself, BlockHoldsMore, BlockInvited, BlockSuspended}, func(a Act) View { return ResetUserSecondFactor{Act: a} }},
		{"change_role", []Block{BlockYourself, BlockHoldsMore, BlockLastAdministrator}, func(a Act) View { return ChangeRole{Act: a} }},
		{"change_user_name", []Block{BlockYourself, BlockHoldsMore}, func(a Act) View { return ChangeUserName{Act: a} }},
		{"log_out_everywhere", []Block{BlockYourself, BlockHoldsMore, BlockInvited, BlockNothing}, func(a Act) View { return LogOutEverywhere{Act: a} }},
		{"unlock", []Block{BlockYourself, BlockHoldsMore, BlockInvited, BlockLimit, BlockNothing}, func(a Act) View { return Unlock{Act: a} }},
		{"delete_user", []Block{BlockYourself, BlockHoldsMore, BlockLastAdministrator, BlockActive}, func(a Act) View { return DeleteUser{Act: a} }},
		{"lock_account", []Block{BlockYourself, BlockHoldsMore, BlockLastAdministrator, BlockInvited}, func(a Act) View { return LockAccount{Act: a} }},
	} {
		for _, b := range c.blocks {
			list = append(list, specimen(c.name+"-"+string(b), viewer("users"), c.view(galleryBlocked(b))))
		}
	}
	return list
}

func factorSpecimens() []Specimen {
	begin := ResetUserSecondFactor{Act: galleryAct(), Stage: ResetBegin, MayAsk: true, Ends: Endings{Sessions: 2, Links: 1}}
	begun := begin
	begun.AskedBy, begun.AskedAt = "Marco Rossi", galleryNow
	administrator := begin
	administrator.NeedsApproval = true
	noMail := begin
	noMail.MailMissing = true
	deadEnd := noMail
	deadEnd.MayAsk = false
	code := ResetUserSecondFactor{Act: galleryAct(), Stage: ResetCode, MayAsk: true, SentAt: galleryNow, EndsAt: galleryNow.Add(15 * time.Minute)}
	wrong := code
	wrong.Code.Error = "That code is not correct. Ask Priya Shah to read it out again."
	wrong.NeedsApproval = true
	throttledCode := code
	throttledCode.Problem = throttled
	waiting := ResetUserSecondFactor{Act: galleryAct(), Stage: ResetWaiting, AskedAt: galleryNow, EndsAt: galleryNow.Add(24 * time.Hour), CodeRead: true}
	approval := waiting
	approval.Stage, approval.AskedBy, approval.Ends = ResetApproval, "Marco Rossi", Endings{Sessions: 2}
	lost := approval
	lost.CodeRead = false
	list := []Specimen{
		specimen("reset_user_second_factor", viewer("users"), begin),
		specimen("reset_user_second_factor-begun", viewer("users"), begun),
		specimen("reset_user_second_factor-administrator", viewer("users"), administrator),
		specimen("reset_user_second_factor-mail-missing", viewer("users"), noMail),
		specimen("reset_user_second_factor-mail-missing-alone", viewer("users"), deadEnd),
		specimen("reset_user_second_factor-code", viewer("users"), code),
		specimen("reset_user_second_factor-code-wrong", viewer("users"), wrong),
		specimen("reset_user_second_factor-code-throttled", viewer("users"), throttledCode),
		specimen("reset_user_second_factor-waiting", viewer("users"), waiting),
		specimen("reset_user_second_factor-approval", viewer("users"), approval),
		specimen("reset_user_second_factor-approval-lost", viewer("users"), lost),
		specimen("reset_user_second_factor-done", viewer("users"), ResetUserSecondFactor{Act: galleryAct(), Stage: ResetDone, Ends: Endings{Sessions: 1, Links: 1}}),
	}
	for _, stage := range []ResetStage{ResetOff, ResetRefused, ResetAlone} {
		list = append(list, specimen("reset_user_second_factor-"+string(stage), viewer("users"), ResetUserSecondFactor{Act: galleryAct(), Stage: stage}))
	}
	return list
}
