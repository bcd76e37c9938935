package web

import (
	"net/http"

	"golang.org/x/text/language"

	"idkit/internal/domain/person"
	"idkit/internal/transport/web/page"
)

// changeMobile shows the form, filled with the present number.
func (r *request) changeMobile() error {
	mobile, err := r.front.Profiles.MobileOf(r.Context(), *r.current)
	if err != nil {
		return err
	}
	view := page.ChangeMobile{HasOne: mobile != nil}
	if mobile != nil {
		view.Region.Value, view.Number.Value = mobile.Region, mobile.National()
	} else {
		view.Region.Value = r.likelyRegion()
	}
	return r.showChangeMobile(http.StatusOK, view)
}

func (r *request) showChangeMobile(status int, view page.ChangeMobile) error {
	for _, region := range person.Regions(r.speaker().Language()) {
		view.Regions = append(view.Regions, page.Option{
			Value: region.Code, Label: r.say("web.profile.region", "Region", region.Name, "CallingCode", region.CallingCode),
		})
	}
	return r.show(status, view)
}

// likelyRegion is the region that the browser's languages name, if they do.
func (r *request) likelyRegion() string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return ""
	}
	for _, tag := range tags {
		if region, confidence := tag.Region(); confidence == language.Exact {
			return region.String()
		}
	}
	return ""
}

func (r *request) postChangeMobile() error {
	region, number := r.value("region"), r.value("number")
	err := r.front.Profiles.ChangeMobile(r.Context(), *r.current, region, number)
	if err == nil {
		return r.changed(flash{Key: "web.profile.mobile_changed"})
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	mobile, err := r.front.Profiles.MobileOf(r.Context(), *r.current)
	if err != nil {
		return err
	}
	return r.showChangeMobile(p.Status, page.ChangeMobile{
		Problem: p.Text, Region: page.Field{Value: region, Error: p.Fields["region"]}, Number: page.Field{Value: number, Error: p.Fields["number"]},
		HasOne: mobile != nil,
	})
}

func (r *request) postRemoveMobile() error {
	if err := r.front.Profiles.RemoveMobile(r.Context(), *r.current); err != nil {
		return err
	}
	return r.changed(flash{Key: "web.profile.mobile_removed"})
}
