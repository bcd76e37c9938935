package page

import "time"

func importSpecimens() []Specimen {
	ago := func(d time.Duration) time.Time { return galleryNow.Add(-d) }
	roles := []string{"Administrator", "Customer Service", "Reviewer"}
	earlier := []ImportSummary{
		{ID: "imp_5", File: "people.csv", By: "Sam Ito", At: ago(time.Minute), State: ImportChecked},
		{ID: "imp_4", File: "people of the west.csv", By: "Sam Ito", At: ago(time.Hour), State: ImportSending, Sent: 4210, Of: 9812},
		{ID: "imp_3", File: "reviewers.csv", By: "Marco Rossi", At: ago(30 * time.Hour), State: ImportPaused, Sent: 10, Of: 40},
		{ID: "imp_2", File: "الفريق.csv", By: "نور الهدى", At: ago(50 * time.Hour), State: ImportFinished, Sent: 1},
		{ID: "imp_1", File: "old.csv", By: "Sam Ito", At: ago(90 * time.Hour), State: ImportStopped, Sent: 3, Of: 40},
		{ID: "imp_0", File: "wrong.csv", By: "Sam Ito", At: ago(91 * time.Hour), State: ImportDiscarded},
	}
	list := []Specimen{
		specimen("import_users", viewer("users"), ImportUsers{Roles: roles}),
		specimen("import_users-earlier", viewer("users"), ImportUsers{Roles: roles, Earlier: earlier, MailMissing: true}),
	}
	for _, refusal := range []struct{ name, text string }{
		{"missing", "Choose a file"},
		{"empty", "This file has no rows below the names of the columns. Choose another file."},
		{"not-utf-8", "This file is not in UTF-8. Save it as \"CSV UTF-8\" and choose it again."},
		{"column", "This file has no column \"email\". Name the columns in the first row: first name, last name, email, role."},
		{"too-many", "This file has more than 10,000 rows. Split it into several files."},
		{"too-large", "This file is larger than 5 MiB. Split it into several files."},
		{"not-csv", "Line 12 of this file cannot be read: a quotation mark is not closed. Put it right and choose the file again."},
	} {
		list = append(list, specimen("import_users-"+refusal.name, viewer("users"), ImportUsers{Roles: roles, File: Field{Error: refusal.text}}))
	}
	return append(list, append(checkSpecimens(), sendingSpecimens()...)...)
}

func checkSpecimens() []Specimen {
	rows := []ImportRow{
		{Line: 14, Name: "Ada Okafor", Email: "ada@northwind", Role: "Customer Service", Verdict: ImportWrong, Wrong: []string{"Enter an email address like name@example.com"}},
		{Line: 31, Email: "wei@northwind.example", Role: "Reviewr", Verdict: ImportWrong, Wrong: []string{"Enter a first name", "There is no role \"Reviewr\". Use one of: Administrator, Customer Service, Reviewer."}},
		{Line: 1040, Name: "Tomás Ó Súilleabháin-Featherstonehaugh", Email: "tomas.osuilleabhain.featherstonehaugh@customer-care.northwind.example", Role: "Customer Service", Verdict: ImportTwice, First: 12},
		{Line: 20, Name: "Priya Shah", Email: "priya@northwind.example", Role: "Customer Service", Verdict: ImportHere, User: "usr_5"},
		{Line: 2, Name: "نور الهدى", Email: "nour@northwind.example", Role: "Reviewer", Verdict: ImportInvite},
		{Line: 3, Name: "Björk", Email: "bjork@northwind.example", Role: "Reviewer", Verdict: ImportInvite},
	}
	check := ImportCheck{
		ID: "imp_5", File: "people.csv", At: galleryNow, EndsAt: galleryNow.Add(24 * time.Hour),
		Counts: ImportCounts{Invite: 9812, Here: 120, Twice: 40, Wrong: 28}, Rows: rows,
		Part: ImportPart{Number: 1, Of: 100, First: 1, Last: 100, Total: 10000},
	}
	middle := check
	middle.Part = ImportPart{Number: 50, Of: 100, First: 4901, Last: 5000, Total: 10000}
	middle.MailMissing = true
	problems := check
	problems.Show, problems.Rows, problems.Part = ImportWrong, rows[:2], ImportPart{Number: 1, Of: 1, First: 1, Last: 2, Total: 2}
	clean := check
	clean.Counts, clean.Rows, clean.Part = ImportCounts{Invite: 2}, rows[4:], ImportPart{Number: 1, Of: 1, First: 1, Last: 2, Total: 2}
	nobody := problems
	nobody.Counts = ImportCounts{Wrong: 2}
	stale := check
	stale.Problem = "This check is too old: people or roles changed since. Check the file again."
	return []Specimen{
		specimen("import_check", viewer("users"), check),
		specimen("import_check-middle", viewer("users"), middle),
		specimen("import_check-problems", viewer("users"), problems),
		specimen("import_check-clean", viewer("users"), clean),
		specimen("import_check-nobody", viewer("users"), nobody),
		specimen("import_check-stale", viewer("users"), stale),
	}
}

func sendingSpecimens() []Specimen {
	running := ImportProgress{ID: "imp_4", File: "people of the west.csv", Sent: 4210, Failed: 2, Of: 9812}
	paused := running
	paused.Paused, paused.By = true, "Sam Ito"
	automatic := running
	automatic.Paused = true
	rests := running
	rests.GoesOn = galleryNow.Add(time.Hour)
	result := ImportResult{
		ID: "imp_4", File: "people of the west.csv", By: "Sam Ito", At: galleryNow, State: ImportFinished,
		Sent: 9810, Here: 120, Twice: 40, Wrong: 28, Failed: 2, Failures: []ImportFailure{
			{Line: 77, Name: "Ada Okafor", Email: "ada@northwind.example", Why: "Somebody else invited this address meanwhile."},
			{Line: 8123, Name: "Wei Zhang", Email: "wei@northwind.example", Why: "This role no longer exists. Choose another."},
		},
	}
	many := result
	many.Failed = 112
	stopped := ImportResult{ID: "imp_1", File: "old.csv", By: "Sam Ito", At: galleryNow, State: ImportStopped, Sent: 3, Unsent: 37}
	halted := stopped
	halted.Because, halted.Erased = ImportImporterSuspended, true
	discarded := ImportResult{ID: "imp_0", File: "wrong.csv", By: "Sam Ito", At: galleryNow, State: ImportDiscarded, Unsent: 40, Wrong: 2, Erased: true}
	return []Specimen{
		specimen("import_progress", viewer("users"), running),
		specimen("import_progress-paused", viewer("users"), paused),
		specimen("import_progress-paused-by-itself", viewer("users"), automatic),
		specimen("import_progress-rests", viewer("users"), rests),
		specimen("import_result", viewer("users"), result),
		specimen("import_result-many-failures", viewer("users"), many),
		specimen("import_result-stopped", viewer("users"), stopped),
		specimen("import_result-stopped-by-itself", viewer("users"), halted),
		specimen("import_result-discarded", viewer("users"), discarded),
	}
}
