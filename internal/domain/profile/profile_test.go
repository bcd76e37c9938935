package profile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

func TestMobileNumbers(t *testing.T) {
	for _, c := range []struct {
		region, typed string
		number        string
		want          *fault.Fault
	}{
		{"AU", "0412 345 210", "+61412345210", nil},
		{"AU", "(04) 12-345.210", "+61412345210", nil},
		{"AU", "+61 412 345 210", "+61412345210", nil},
		{"GB", "07911 123456", "+447911123456", nil},
		{"JE", "07911 123456", "+447911123456", nil}, // one calling code, several regions
		{"US", "(201) 555-0123", "+12015550123", nil},
		{"IT", "347 123 4567", "+393471234567", nil},
		{"", "0412 345 210", "", person.ErrRegionMissing},
		{"au", "0412 345 210", "", person.ErrRegionMissing},
		{"XX", "0412 345 210", "", person.ErrRegionMissing},
		{"AU", "", "", person.ErrMobileMissing},
		{"AU", "+", "", person.ErrMobileMissing},
		{"AU", " - ", "", person.ErrMobileMissing},
		{"AU", "0412 34", "", person.ErrMobileShort},
		{"AU", "0412 345 210 999 999", "", person.ErrMobileLong},
		{"AU", "+44 7911 123456", "", person.ErrMobileElsewhere},
		{"AU", "0912 345 210", "", person.ErrMobileUnknown},
		{"AU", "1800 FLOWERS", "", person.ErrMobileNoNumber},
		{"AU", "٠٤١٢٣٤٥٢١٠", "", person.ErrMobileNoNumber},
		{"AU", "0412 345 210;ext=1", "", person.ErrMobileNoNumber},
		{"AU", "0412\r\n345210\x00", "", person.ErrMobileNoNumber},
		{"AU", strings.Repeat("1", 65), "", person.ErrMobileNoNumber},
	} {
		mobile, err := person.ParseMobile(c.region, c.typed)
		if c.want == nil {
			if err != nil || mobile.Number != c.number || mobile.Region != c.region {
				t.Errorf("%s %q gives %+v, %v", c.region, c.typed, mobile, err)
			}
			continue
		}
		domaintest.Refused(t, err, c.want)
	}
}

func FuzzParseMobile(f *testing.F) {
	f.Add("AU", "0412 345 210")
	f.Add("US", "+1 (201) 555-0123")
	f.Add("", "+")
	f.Add("GB", "tel:+44;phone-context=+1")
	f.Fuzz(func(t *testing.T, region, typed string) {
		mobile, err := person.ParseMobile(region, typed)
		if err != nil {
			if !fault.IsKind(err, fault.Invalid) {
				t.Fatalf("no refusal but %v", err)
			}
			return
		}
		if len(mobile.Number) < 6 || len(mobile.Number) > 17 || mobile.Number[0] != '+' || strings.Trim(mobile.Number[1:], "0123456789") != "" {
			t.Fatalf("%q became %q", typed, mobile.Number)
		}
		again, err := person.ParseMobile(region, mobile.Readable())
		if err != nil || again != mobile {
			t.Fatalf("%+v reads back as %+v, %v", mobile, again, err)
		}
	})
}

func TestAMobileNumberIsChangedAndRemoved(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	domaintest.MustNot(t, p.Profiles.ChangeMobile(t.Context(), b.Must(t), "AU", "0412 345 210"))
	mobile, err := p.Profiles.MobileOf(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if mobile == nil || mobile.Readable() != "+61 412 345 210" || mobile.National() != "0412 345 210" || mobile.Region != "AU" {
		t.Errorf("the number is %+v", mobile)
	}
	domaintest.MustNot(t, p.Profiles.ChangeMobile(t.Context(), b.Must(t), "AU", "+61412345210")) // the same one
	domaintest.MustNot(t, p.Profiles.RemoveMobile(t.Context(), b.Must(t)))
	domaintest.MustNot(t, p.Profiles.RemoveMobile(t.Context(), b.Must(t)))
	told := p.Letters(t, who.Email)
	if len(told) != 2 || !strings.Contains(told[0], "ends in 10") || strings.Contains(told[0], "412345") || !strings.Contains(told[1], "removed") {
		t.Errorf("the letters are %q", told)
	}
	if mobile, err := p.Profiles.MobileOf(t.Context(), b.Must(t)); mobile != nil || err != nil {
		t.Errorf("the removed number is %+v, %v", mobile, err)
	}
	b.Must(t) // no session ends for it
}

func TestTheRefusalOfAMobileNumberNamesTheRegion(t *testing.T) {
	p := newHouse(t)
	b := p.LogIn(t, p.Person(t))
	err := p.Profiles.ChangeMobile(t.Context(), b.Must(t), "AU", "+44 7911 123456")
	f, _ := fault.Of(err)
	if f == nil || f.Fields[0].Params["Region"] != "Australia" || f.Fields[0].Params["CallingCode"] != 61 || f.Fields[0].Params["Typed"] != 44 {
		t.Errorf("the refusal is %v %+v", err, f)
	}
}

func TestRegionsAreSortedByTheirNames(t *testing.T) {
	all := person.Regions("en")
	if len(all) < 200 || all[0].Name != "Afghanistan" || all[0].CallingCode != 93 {
		t.Errorf("%d regions, the first %+v", len(all), all[0])
	}
	seen := map[string]bool{}
	for _, r := range all {
		if r.Name == "" || r.CallingCode == 0 || seen[r.Code] {
			t.Errorf("region %+v", r)
		}
		seen[r.Code] = true
	}
}

func TestANameIsChanged(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	domaintest.Refused(t, p.Profiles.ChangeName(t.Context(), b.Must(t), " ", "Shah"), person.ErrFirstNameMissing)
	domaintest.Refused(t, p.Profiles.ChangeName(t.Context(), b.Must(t), strings.Repeat("a", 101), ""), person.ErrNameTooLong)
	domaintest.Refused(t, p.Profiles.ChangeName(t.Context(), b.Must(t), "Pri\u202eya", ""), person.ErrNameUnreadable)
	domaintest.MustNot(t, p.Profiles.ChangeName(t.Context(), b.Must(t), " Zoë ", ""))
	if name := b.Must(t).Actor.Name; name != "Zoë" {
		t.Errorf("the name is %q", name)
	}
	if p.Count(t, `SELECT count(*) FROM user_search WHERE text LIKE 'zoe %'`) != 1 {
		t.Error("the search does not find the new name")
	}
	if p.Events(t, "user.renamed") != 1 {
		t.Error("the change is not in the trail")
	}
}

func TestTheProfileShowsWhatHappened(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	other := p.LogIn(t, who)
	domaintest.MustNot(t, p.Profiles.ChangeMobile(t.Context(), b.Must(t), "AU", "0412 345 210"))
	profile, err := p.Profiles.Profile(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if profile.Email != who.Email || profile.FirstName != "Priya" || !profile.SecondFactor || profile.CodesLeft != 10 ||
		profile.Mobile == nil || len(profile.Sessions) != 2 || profile.Sessions[0].ID != b.Must(t).SessionID {
		t.Errorf("the profile is %+v", profile)
	}
	if len(profile.Happenings) != 1 || profile.Happenings[0].Action != "mobile.changed" || profile.Happenings[0].Origin.Address != domaintest.Origin.Address {
		t.Errorf("what happened: %+v", profile.Happenings)
	}
	other.Must(t)
}

func TestSessionsAreEnded(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	here, there, elsewhere := p.LogIn(t, who), p.LogIn(t, who), p.LogIn(t, who)
	all, err := p.Profiles.Sessions(t.Context(), here.Must(t))
	domaintest.MustNot(t, err)
	if len(all) != 3 || all[0].ID != here.Must(t).SessionID {
		t.Fatalf("the sessions are %+v", all)
	}
	ended, err := p.Profiles.EndSession(t.Context(), here.Must(t), there.Must(t).SessionID)
	domaintest.MustNot(t, err)
	if ended.UserAgent != domaintest.Origin.UserAgent {
		t.Errorf("ended %+v", ended)
	}
	if _, err := there.Current(t); err == nil {
		t.Error("the session goes on")
	}
	n, err := p.Profiles.EndOtherSessions(t.Context(), here.Must(t))
	domaintest.MustNot(t, err)
	if _, err := elsewhere.Current(t); err == nil || n != 1 {
		t.Errorf("%d others ended", n)
	}
	here.Must(t)
}

func TestAttackerEndsSomebodyElsesSession(t *testing.T) {
	p := newHouse(t)
	victim, attacker := p.LogIn(t, p.Person(t)), p.LogIn(t, p.Person(t))
	for _, sessionID := range []string{victim.Must(t).SessionID, "ses_nothing", ""} {
		_, err := p.Profiles.EndSession(t.Context(), attacker.Must(t), sessionID)
		domaintest.Refused(t, err, profile.ErrSessionGone)
	}
	_, err := p.Profiles.EndOtherSessions(t.Context(), attacker.Must(t))
	domaintest.MustNot(t, err)
	victim.Must(t)
}

func TestHalfLogInsEndWithTheOtherSessions(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.Account, Step: session.StepCode})
		return err
	})
	_, err := p.Profiles.EndOtherSessions(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if p.Count(t, `SELECT count(*) FROM half_logins`) != 0 {
		t.Error("a half log-in goes on")
	}
	p.Clock.Advance(time.Minute)
}
