package metrics_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/platform/metrics"
)

func TestText(t *testing.T) {
	r := &metrics.Registry{}
	c := r.Counter("acts_total", "Acts.", "what")
	c.Inc("a\"b\\c\nd")
	c.Inc("plain")
	c.Inc("plain")
	d := r.Durations("took_seconds", "Took.", "what")
	for _, took := range []time.Duration{time.Millisecond, 3 * time.Millisecond, time.Minute} {
		d.Observe(took, "x")
	}
	r.Gauge("level", "Level.", metrics.One(func() float64 { return 0.5 }))
	r.Gauge("broken", "Broken.", func(context.Context) ([]metrics.Sample, error) { return nil, errors.New("no answer") })
	r.Counter("plain_total", "Without labels.").Inc()
	var text strings.Builder
	err := r.Write(t.Context(), &text)
	if err == nil || !strings.Contains(err.Error(), "broken: no answer") {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{
		"# HELP acts_total Acts.\n# TYPE acts_total counter\nacts_total{what=\"a\\\"b\\\\c\\nd\"} 1\nacts_total{what=\"plain\"} 2\n",
		"# TYPE took_seconds histogram\ntook_seconds_bucket{what=\"x\",le=\"0.001\"} 1\ntook_seconds_bucket{what=\"x\",le=\"0.0025\"} 1\ntook_seconds_bucket{what=\"x\",le=\"0.005\"} 2\n",
		"took_seconds_bucket{what=\"x\",le=\"10\"} 2\ntook_seconds_bucket{what=\"x\",le=\"+Inf\"} 3\ntook_seconds_sum{what=\"x\"} 60.004\ntook_seconds_count{what=\"x\"} 3\n",
		"# TYPE level gauge\nlevel 0.5\n", "plain_total 1\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "broken") {
		t.Errorf("what cannot be read is there: %s", &text)
	}
}

func TestCountingTogether(t *testing.T) {
	r := &metrics.Registry{}
	c, d := r.Counter("acts_total", "Acts.", "what"), r.Durations("took_seconds", "Took.")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				c.Inc("x")
				d.Observe(time.Millisecond)
				_ = r.Write(t.Context(), &strings.Builder{})
			}
		})
	}
	all.Wait()
	var text strings.Builder
	if err := r.Write(t.Context(), &text); err != nil || !strings.Contains(text.String(), "acts_total{what=\"x\"} 8000\n") || !strings.Contains(text.String(), "took_seconds_count 8000\n") {
		t.Errorf("%v\n%s", err, &text)
	}
}

func BenchmarkOneRequest(b *testing.B) {
	r := &metrics.Registry{}
	c, d := r.Counter("acts_total", "Acts.", "front", "route", "status"), r.Durations("took_seconds", "Took.", "front", "route")
	for b.Loop() {
		c.Inc("portal", "GET /users", "2xx")
		d.Observe(time.Millisecond, "portal", "GET /users")
	}
}
