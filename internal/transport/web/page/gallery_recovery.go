package page

import "time"

func recoverySpecimens() []Specimen {
	about := Recovering{
		ClientID: galleryOrganization, Client: "Northwind", Person: "Li Wen", Email: "li.wen@northwind.example",
		Reason: "Priya Shah has left, and nobody else could log in.", Starter: "Ada Okafor", Vendor: "IDKit",
	}
	console := operator("clients")
	day := 24 * time.Hour
	started := RecoveryStep{What: "started", Who: "Ada Okafor", At: galleryNow}
	told := RecoveryStep{What: "told", At: galleryNow.Add(time.Minute)}
	approved := RecoveryStep{What: "approved", Who: "Wei Zhang", At: galleryNow.Add(day)}
	waiting := Recovery{
		Recovering: about, ID: "rec_1", State: "waiting", Waits: true, Steps: []RecoveryStep{started, told}, Earliest: galleryNow.Add(3 * day), Lapses: galleryNow.Add(7 * day),
		MayApprove: true, MayStop: true,
	}
	begun, own, agreed := waiting, waiting, waiting
	begun.Steps, begun.Telling = waiting.Steps[:1], true
	own.MayApprove, own.ByCommand, own.NoApproval = false, true, "You started this recovery. Somebody else has to approve it."
	agreed.MayApprove, agreed.State, agreed.Steps = false, "approved", []RecoveryStep{started, told, approved}
	ask := ApproveRecovery{Recovering: about, ID: "rec_1", Earliest: galleryNow.Add(3 * day)}
	unsure := ask
	unsure.Sure.Error = "Tick the box once you have asked the client yourself"
	object := ObjectRecovery{Recovering: about, Earliest: galleryNow.Add(3 * day)}
	second, untidy := object, object
	second.Approver, untidy.Sure.Error = "Wei Zhang", "Tick the box first. Programs that read mail press buttons, so we ask a person."
	list := []Specimen{
		specimen("start_recovery", console, StartRecovery{ClientID: about.ClientID, Client: about.Client}),
		specimen("start_recovery-errors", console, StartRecovery{
			ClientID: about.ClientID, Client: about.Client, FirstName: Field{Value: "Li"},
			Email:  Field{Value: "priya@northwind.example", Error: "This person is a user of this client. A recovery changes nobody's role. Enter another address."},
			Reason: Field{Error: "Say why, in a sentence that the users of this client understand"},
		}),
		specimen("start_recovery-refused", console, StartRecovery{
			ClientID: about.ClientID, Client: about.Client, Problem: "An Administrator of this client was in the portal within the last 24 hours. Ask them to invite whoever is missing.",
		}),
		specimen("start_recovery-not-now", console, StartRecovery{
			ClientID: about.ClientID, Client: about.Client, Refused: "This client is suspended. Reactivate it first, so that its Administrators can log in if they are there.",
		}),
		specimen("recovery-begun", console, begun),
		specimen("recovery-waiting", console, waiting),
		specimen("recovery-own", console, own),
		specimen("recovery-approved", console, agreed),
		specimen("approve_recovery", console, ask),
		specimen("approve_recovery-unsure", console, unsure),
		specimen("object_recovery", guest(), object),
		specimen("object_recovery-approved", guest(), second),
		specimen("object_recovery-unsure", guest(), untidy),
		specimen("recovery_over-yours", guest(), RecoveryOver{Recovering: about, State: "objected", Yours: true}),
	}
	for _, end := range []string{"invited", "objected", "stopped", "returned", "lapsed", "void"} {
		over := waiting
		over.State, over.Waits, over.MayApprove, over.MayStop, over.MayStart = end, false, false, false, true
		over.Steps = []RecoveryStep{started, told, {What: end, Who: "Ada Okafor", At: galleryNow.Add(2 * day)}}
		if end == "objected" {
			over.MayStart, over.NoStart = false, "A user objected to the last recovery of this client. The next one can start in 7 days."
		}
		list = append(list,
			specimen("recovery-"+end, console, over),
			specimen("recovery_over-"+end, guest(), RecoveryOver{Recovering: about, State: end}))
	}
	return list
}
