package detect

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"harrier"
	"harrier/decode"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
)

// Outcome is how a test of a detection went.
type Outcome struct {
	Detection *Detection
	Test      *Test
	Failures  []string // each a sentence; none when the test passed
	Alerts    []Alert
	Took      time.Duration
}

// Name is the folder of the detection and the name of the test, as in
// T1596/name/test.
func (o *Outcome) Name() string { return testName(o.Detection, o.Test) }

func testName(d *Detection, t *Test) string { return path.Dir(d.Path) + "/" + t.Name }

// Passed tells whether everything the test claims was seen.
func (o *Outcome) Passed() bool { return len(o.Failures) == 0 }

// testNow is when tests take place: they need no clock.
var testNow = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// RunTest runs a test through the same path as telemetry goes: decoder, query,
// window, throttle.
func (d *Detection) RunTest(ctx context.Context, t *Test, o Options) *Outcome {
	began := time.Now()
	out := &Outcome{Detection: d, Test: t}
	fail := func(format string, args ...any) { out.Failures = append(out.Failures, fmt.Sprintf(format, args...)) }
	src, err := d.telemetry(t)
	if err != nil {
		fail("%v", err)
		return out
	}
	opts := o
	opts.Parameters = maps.Clone(o.Parameters)
	for k, v := range t.Params {
		if opts.Parameters == nil {
			opts.Parameters = map[string][]string{}
		}
		opts.Parameters[k] = []string{v}
	}
	if len(t.Lookups) > 0 {
		// The test's files take the place of those beside the detection.
		opts.LookupDirs = append([]fs.FS{renamed{d.Dir, t.Lookups}}, opts.LookupDirs...)
	}
	var stats event.Stats
	run := RunOptions{Options: opts, RunOptions: harrier.RunOptions{Now: testNow, Stats: &stats}, Input: t.Name}
	if err := readThrough(ctx, src, func(p event.Problem) { fail("%s:%d: the telemetry cannot be read: %s", p.File, p.Line, p.Message) }); err != nil {
		fail("%v", err)
	}
	res, err := d.Run(ctx, src, run)
	if err != nil {
		fail("%v", err)
		return out
	}
	out.Alerts = res.Alerts
	if stats.Events.Load() == 0 {
		fail("no event was read, so the test proves nothing")
	}
	for _, s := range t.Signals {
		if n, err := matches(ctx, s, src); err != nil {
			fail("signal %q: %v", s, err)
		} else if n == 0 {
			fail("no event shows the signal %q", strings.TrimSpace(s))
		}
	}
	if compareAlerts(t.Expect, res.Alerts, fail) {
		if steps := d.steps(ctx, src, opts); steps != "" {
			fail("  events left after each step: %s", steps)
		}
	}
	out.Took = time.Since(began)
	return out
}

// RunTests runs those tests of the pack that match, by Outcome.Name, and gives
// the outcomes in order. Tests run side by side, one per core.
func (p *Pack) RunTests(ctx context.Context, o Options, match func(name string) bool) []*Outcome {
	type job struct {
		d *Detection
		t *Test
	}
	var jobs []job
	for _, d := range p.Detections {
		for i := range d.Tests {
			if match(testName(d, &d.Tests[i])) {
				jobs = append(jobs, job{d, &d.Tests[i]})
			}
		}
	}
	out := make([]*Outcome, len(jobs))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, j := range jobs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			out[i] = j.d.RunTest(ctx, j.t, o)
		})
	}
	wg.Wait()
	return out
}

// telemetry opens the files of a test.
func (d *Detection) telemetry(t *Test) (*decode.Files, error) {
	src, err := decode.Open(nil, decode.Options{Format: t.Format, Falcon: true})
	if err != nil {
		return nil, err
	}
	for _, name := range t.Telemetry {
		data, err := fs.ReadFile(d.Dir, name)
		if err != nil {
			return nil, fmt.Errorf("read telemetry: %w", err)
		}
		if err := src.AddBytes(path.Join(path.Dir(d.Path), name), data); err != nil {
			return nil, err
		}
	}
	return src, nil
}

// readThrough reads everything and reports what cannot be read. The run of a
// detection does not: it passes over lines that cannot matter to the query, broken
// or not, and a test whose telemetry is broken there proves less than it says.
func readThrough(ctx context.Context, src event.Source, report func(event.Problem)) error {
	q, problems := harrier.Compile("*", nil)
	if q == nil {
		panic("the query for everything does not compile: " + problems[0].Message)
	}
	for _, err := range q.Run(ctx, src, harrier.RunOptions{Workers: 1, Now: testNow, Report: report}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// matches counts the events that a filter lets through, at most one.
func matches(ctx context.Context, filter string, src event.Source) (int, error) {
	q, problems := harrier.Compile(filter, &harrier.Options{Context: function.FilterAlert})
	if q == nil {
		return 0, fmt.Errorf("%s", problems[0].Message)
	}
	for b, err := range q.Run(ctx, src, harrier.RunOptions{Now: testNow}) {
		if err != nil {
			return 0, err
		}
		if b.Count() > 0 {
			return 1, nil
		}
	}
	return 0, nil
}

// compareAlerts wants for each expected alert one of its own that has the
// expected fields, and no alert beyond. It tells whether one is missing of which
// there is nothing to be seen, not even an alert that differs.
func compareAlerts(expect []map[string]string, alerts []Alert, fail func(string, ...any)) (missing bool) {
	partner := pairUp(len(expect), len(alerts), func(e, a int) bool { return alerts[a].has(expect[e]) == "" })
	taken := make([]bool, len(alerts))
	for _, a := range partner {
		if a >= 0 {
			taken[a] = true
		}
	}
	for e, a := range partner {
		if a >= 0 {
			continue
		}
		fail("no alert with %s", pairs(expect[e]))
		missing = missing || !slices.Contains(taken, false)
		for a := range alerts {
			if !taken[a] {
				fail("  an alert differs: %s", alerts[a].has(expect[e]))
			}
		}
	}
	for a, ok := range taken {
		if !ok {
			fail("an alert that is not expected: %s", alerts[a])
		}
	}
	return missing
}

// pairUp gives as many of n things as can be a partner of their own among m
// others; -1 for those that get none. Taking the first that fits would not do: of
// "any alert" and "an alert of x1" the former may take the only one of x1. So one
// that finds all its partners taken asks those who have them to look for another.
func pairUp(n, m int, fits func(i, j int) bool) []int {
	partner, of := make([]int, n), make([]int, m)
	for i := range partner {
		partner[i] = -1
	}
	for j := range of {
		of[j] = -1
	}
	var asked []bool
	var seek func(i int) bool
	seek = func(i int) bool {
		for j := range m {
			if asked[j] || !fits(i, j) {
				continue
			}
			asked[j] = true
			if of[j] < 0 || seek(of[j]) {
				of[j], partner[i] = i, j
				return true
			}
		}
		return false
	}
	for i := range n {
		asked = make([]bool, m)
		seek(i)
	}
	return partner
}

// has tells the first way in which an alert differs from what is expected of it;
// "" when there is none.
func (a Alert) has(want map[string]string) string {
	for _, k := range slices.Sorted(maps.Keys(want)) {
		got, ok := a.field(k)
		if !ok {
			return fmt.Sprintf("there is no %s", k)
		}
		if got != want[k] {
			return fmt.Sprintf("%s is %q, not %q", k, got, want[k])
		}
	}
	return ""
}

// field finds an entity, a property of the alert, or a field of its evidence.
func (a Alert) field(k string) (string, bool) {
	if v, ok := a.Entities[k]; ok {
		return v, true
	}
	switch k {
	case "severity":
		return a.Severity, true
	case "confidence":
		return a.Confidence, true
	case "attack":
		return strings.Join(a.Attack, ","), true
	case "count":
		return fmt.Sprint(a.Count), true
	}
	return a.Evidence[0].Get(k)
}

// String is the alert in a line.
func (a Alert) String() string {
	return fmt.Sprintf("%s (%s) %s", a.Title, a.Severity, pairs(a.Entities))
}

func pairs(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s=%q", k, m[k]))
	}
	return strings.Join(out, " ")
}

// renamed shows some files of a folder under other names.
type renamed struct {
	dir   fs.FS
	names map[string]string
}

// Open implements fs.FS.
func (r renamed) Open(name string) (fs.File, error) {
	to, ok := r.names[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return r.dir.Open(to)
}

// Locate turns a warning of the query into one of the file it stands in.
func (d *Detection) Locate(l diag.List) (diag.Source, diag.List) {
	if d.QueryFile != "" {
		return diag.Source{Name: path.Join(path.Dir(d.Path), d.QueryFile), Text: d.Query}, l
	}
	return d.source, d.query.toFile(l)
}
