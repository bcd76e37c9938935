package metrics

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Registry is every metric of the program, in the order of their making. It is
// safe for concurrent use.
type Registry struct {
	mu  sync.Mutex
	all []metric
}

// metric writes its lines.
type metric interface {
	write(ctx context.Context, w *bufio.Writer) error
}

func (r *Registry) add(m metric) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, m)
}

// Write writes every metric as it is now. What cannot be read is left out, and
// its error returned with those of others at the end.
func (r *Registry) Write(ctx context.Context, to io.Writer) error {
	r.mu.Lock()
	all := slices.Clone(r.all)
	r.mu.Unlock()
	w := bufio.NewWriter(to)
	var failed error
	for _, m := range all {
		if err := m.write(ctx, w); err != nil && failed == nil {
			failed = err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return failed
}

// family is what stands above the lines of one metric.
type family struct {
	name, help, kind string
	labels           []string
}

func (f family) head(w *bufio.Writer) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
}

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// braces are the labels of a line, with one more that some kinds add.
func (f family) braces(values []string, more ...string) string {
	var pairs []string
	for i, label := range f.labels {
		pairs = append(pairs, label+`="`+escaper.Replace(values[i])+`"`)
	}
	if pairs = append(pairs, more...); len(pairs) == 0 {
		return ""
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// byLabels finds what is counted for each set of label values; a look at one
// that is there takes no lock that others wait for.
type byLabels[T any] struct{ sync.Map }

func (b *byLabels[T]) at(values []string) *T {
	key := strings.Join(values, "\x00")
	if found, ok := b.Load(key); ok {
		return found.(*T)
	}
	found, _ := b.LoadOrStore(key, new(T))
	return found.(*T)
}

// each goes through all of them in the order of their labels.
func (b *byLabels[T]) each(labels int, do func(values []string, t *T)) {
	found := map[string]*T{}
	b.Range(func(key, t any) bool {
		found[key.(string)] = t.(*T)
		return true
	})
	for _, key := range slices.Sorted(maps.Keys(found)) {
		var values []string
		if labels > 0 {
			values = strings.Split(key, "\x00")
		}
		do(values, found[key])
	}
}

// Counter counts up from the start of the process. A nil Counter counts nothing.
type Counter struct {
	family
	counts byLabels[atomic.Int64]
}

// Counter makes a counter with these labels.
func (r *Registry) Counter(name, help string, labels ...string) *Counter {
	c := &Counter{family: family{name, help, "counter", labels}}
	r.add(c)
	return c
}

// Inc counts one, for these values of the labels.
func (c *Counter) Inc(values ...string) {
	if c != nil {
		c.counts.at(values).Add(1)
	}
}

func (c *Counter) write(_ context.Context, w *bufio.Writer) error {
	c.head(w)
	c.counts.each(len(c.labels), func(values []string, n *atomic.Int64) {
		fmt.Fprintf(w, "%s%s %d\n", c.name, c.braces(values), n.Load())
	})
	return nil
}

// bounds are the upper limits of durations, in seconds; one bucket more takes the rest.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Durations counts durations by how long they took. A nil Durations counts nothing.
type Durations struct {
	family
	counts byLabels[duration]
}

type duration struct {
	buckets [len(bounds) + 1]atomic.Int64
	nanos   atomic.Int64
}

// Durations makes a histogram of durations with these labels.
func (r *Registry) Durations(name, help string, labels ...string) *Durations {
	d := &Durations{family: family{name, help, "histogram", labels}}
	r.add(d)
	return d
}

// Observe counts one duration.
func (d *Durations) Observe(took time.Duration, values ...string) {
	if d == nil {
		return
	}
	at, _ := slices.BinarySearch(bounds[:], took.Seconds())
	one := d.counts.at(values)
	one.buckets[at].Add(1)
	one.nanos.Add(int64(took))
}

func (d *Durations) write(_ context.Context, w *bufio.Writer) error {
	d.head(w)
	d.counts.each(len(d.labels), func(values []string, one *duration) {
		total := int64(0)
		for i := range one.buckets {
			total += one.buckets[i].Load()
			bound := "+Inf"
			if i < len(bounds) {
				bound = number(bounds[i])
			}
			fmt.Fprintf(w, "%s_bucket%s %d\n", d.name, d.braces(values, `le="`+bound+`"`), total)
		}
		fmt.Fprintf(w, "%s_sum%s %s\n", d.name, d.braces(values), number(time.Duration(one.nanos.Load()).Seconds()))
		fmt.Fprintf(w, "%s_count%s %d\n", d.name, d.braces(values), total)
	})
	return nil
}

// Sample is one value that is read when somebody asks for it.
type Sample struct {
	Value  float64
	Labels []string // values, in the order of the labels
}

// reading is a metric that keeps nothing itself.
type reading struct {
	family
	read func(ctx context.Context) ([]Sample, error)
}

// Gauge adds a value that goes up and down, read at each Write.
func (r *Registry) Gauge(name, help string, read func(ctx context.Context) ([]Sample, error), labels ...string) {
	r.add(reading{family{name, help, "gauge", labels}, read})
}

// Total adds a value that only goes up, read at each Write from whoever counts it.
func (r *Registry) Total(name, help string, read func(ctx context.Context) ([]Sample, error), labels ...string) {
	r.add(reading{family{name, help, "counter", labels}, read})
}

// One is a reading of one value without labels.
func One(value func() float64) func(context.Context) ([]Sample, error) {
	return func(context.Context) ([]Sample, error) { return []Sample{{Value: value()}}, nil }
}

func (g reading) write(ctx context.Context, w *bufio.Writer) error {
	samples, err := g.read(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	g.head(w)
	for _, s := range samples {
		fmt.Fprintf(w, "%s%s %s\n", g.name, g.braces(s.Labels), number(s.Value))
	}
	return nil
}
