package app

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/metrics"
)

// metricsTimeout bounds how long the numbers may take to be read.
const metricsTimeout = 5 * time.Second

// newMetrics makes the numbers that are read when somebody asks for them. Those
// of the outbox and of sessions come from the database: each node tells the same.
func newMetrics(d *db.DB, passwords *credential.Passwords, now func() time.Time) *metrics.Registry {
	r := &metrics.Registry{}
	r.Gauge("idkit_build_info", "Always 1; the labels say what runs.", stored(d, func(_ context.Context, tx *db.Tx) ([]metrics.Sample, error) {
		return []metrics.Sample{{Value: 1, Labels: []string{revision(), runtime.Version(), string(tx.Engine())}}}, nil
	}), "revision", "go", "engine")
	r.Gauge("idkit_goroutines", "Goroutines of this process.", metrics.One(func() float64 { return float64(runtime.NumGoroutine()) }))
	r.Gauge("idkit_heap_bytes", "Memory in use on the heap of this process.", metrics.One(func() float64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapInuse)
	}))
	r.Gauge("idkit_password_hashes", "Password checks on this node, under way and waiting.", func(context.Context) ([]metrics.Sample, error) {
		load := passwords.Load()
		return []metrics.Sample{
			{Value: float64(load.InUse), Labels: []string{"under_way"}}, {Value: float64(load.Waiting), Labels: []string{"waiting"}},
		}, nil
	}, "state")
	r.Total("idkit_password_hashes_refused_total", "Password checks sent away because too many came at once.",
		metrics.One(func() float64 { return float64(passwords.Load().Refused) }))
	r.Gauge("idkit_database_connections", "Connections of this node to the database.", func(context.Context) ([]metrics.Sample, error) {
		p := d.Pressure()
		return []metrics.Sample{{Value: float64(p.Open), Labels: []string{"open"}}, {Value: float64(p.InUse), Labels: []string{"in_use"}}}, nil
	}, "state")
	r.Total("idkit_database_connection_waits_total", "How often somebody waited for a connection.",
		metrics.One(func() float64 { return float64(d.Pressure().Waits) }))
	r.Gauge("idkit_database_writes_queued", "Writes that wait for their turn; SQLite only.",
		metrics.One(func() float64 { return float64(d.Pressure().Queued) }))
	r.Gauge("idkit_sessions", "Sessions that have not ended, of the whole installation.", stored(d, func(ctx context.Context, tx *db.Tx) ([]metrics.Sample, error) {
		live, err := session.CountLive(ctx, tx)
		return []metrics.Sample{{Value: float64(live)}}, err
	}))
	backlog := func(value func(b mail.Backlog, at time.Time) float64) func(context.Context) ([]metrics.Sample, error) {
		return stored(d, func(ctx context.Context, tx *db.Tx) ([]metrics.Sample, error) {
			b, err := mail.BacklogOf(ctx, tx)
			return []metrics.Sample{{Value: value(b, now())}}, err
		})
	}
	r.Gauge("idkit_outbox_letters", "Letters that wait to leave, of the whole installation.",
		backlog(func(b mail.Backlog, _ time.Time) float64 { return float64(b.Queued) }))
	r.Gauge("idkit_outbox_oldest_seconds", "Age of the oldest letter that waits; 0 without any.", backlog(func(b mail.Backlog, at time.Time) float64 {
		if b.Oldest.IsZero() {
			return 0
		}
		return at.Sub(b.Oldest).Seconds()
	}))
	r.Gauge("idkit_outbox_undeliverable_letters", "Letters given up within 30 days.",
		backlog(func(b mail.Backlog, _ time.Time) float64 { return float64(b.Undeliverable) }))
	r.Gauge("idkit_outbox_held", "1 while no letter leaves after a restore.", backlog(func(b mail.Backlog, _ time.Time) float64 {
		if b.Held {
			return 1
		}
		return 0
	}))
	return r
}

// stored reads a metric from the database.
func stored(d *db.DB, read func(context.Context, *db.Tx) ([]metrics.Sample, error)) func(context.Context) ([]metrics.Sample, error) {
	return func(ctx context.Context) (samples []metrics.Sample, err error) {
		err = d.Read(ctx, func(tx *db.Tx) error {
			samples, err = read(ctx, tx)
			return err
		})
		return samples, err
	}
}

// revision is what the program was built from, as far as the build tells.
func revision() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// metricsHandler answers at /metrics alone. The numbers that cannot be read are
// missing then; the log says why.
func (a *App) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), metricsTimeout)
		defer cancel()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		if err := a.metrics.Write(ctx, w); err != nil {
			a.options.Log.Error("metrics", "error", err)
		}
	})
	return mux
}
