package detect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"harrier"
	"harrier/diag"
	"harrier/event"
	"harrier/exec"
	"harrier/function"
	"harrier/internal/num"
)

// Alert is something a detection has found.
type Alert struct {
	// ID is the same whenever the same detection finds the same thing in the same
	// telemetry.
	ID         string            `json:"id"`
	Detection  string            `json:"detection"` // id of the detection
	Title      string            `json:"title"`
	Attack     []string          `json:"attack"`
	Severity   string            `json:"severity"`
	Confidence string            `json:"confidence"`
	Entities   map[string]string `json:"entities"`
	FirstSeen  time.Time         `json:"first_seen"`
	LastSeen   time.Time         `json:"last_seen"`
	Count      int64             `json:"count"`
	Author     string            `json:"author"`
	License    string            `json:"license"`
	Source     string            `json:"source"` // the input
	Evidence   []Evidence        `json:"evidence"`
}

// Evidence is one row or event: its fields in order.
type Evidence []Field

// Field is a field of an event.
type Field struct{ Name, Value string }

// MarshalJSON writes an object whose keys keep their order.
func (e Evidence) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range e {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, s := range []string{f.Name, f.Value} {
			text, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Get finds a field.
func (e Evidence) Get(name string) (string, bool) {
	for _, f := range e {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// Result is what a detection found in some telemetry.
type Result struct {
	Alerts   []Alert
	Held     int       // alerts held back by the throttle
	Warnings diag.List // placed in Source
	Source   diag.Source
}

// RunOptions say how detections are run.
type RunOptions struct {
	Options
	harrier.RunOptions
	Input string // what the user calls the telemetry
}

// Run runs the detection over telemetry, once per window of its trigger.
// Windows begin at multiples of their length since the epoch, in UTC.
func (d *Detection) Run(ctx context.Context, src event.Source, o RunOptions) (*Result, error) {
	opts := d.options(o.Options)
	switch d.Trigger.Kind {
	case TriggerFilter:
		opts.Context = function.FilterAlert
	case TriggerAggregate:
		opts.Context = function.AggregateAlert
	default:
		opts.Context = function.Scheduled
	}
	q, problems := harrier.Compile(d.Query, opts)
	if q == nil {
		return nil, fmt.Errorf("detection %s: the query does not compile: %s", d.Path, problems[0].Message)
	}
	res := &Result{}
	run := o.RunOptions
	run.Window = d.window
	var window time.Time
	run.OnWindow = func(start time.Time) { window = start }
	run.Summary = func(s exec.Summary, _ error) { res.Source, res.Warnings = d.Locate(s.Warnings) }
	for b, err := range q.Run(ctx, src, run) {
		if err != nil {
			return nil, fmt.Errorf("run detection %s: %w", d.Path, err)
		}
		for _, r := range b.Selected() {
			res.Alerts = append(res.Alerts, d.alert(b, int(r), window, o.Input))
		}
	}
	slices.SortStableFunc(res.Alerts, func(a, b Alert) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), strings.Compare(a.ID, b.ID))
	})
	res.throttle(d)
	return res, nil
}

// problemsTold passes problems of the input on, each once. Detections do not all
// meet the same ones: a line that cannot matter to a query is not parsed for it.
type problemsTold struct {
	report func(event.Problem)
	mu     sync.Mutex
	seen   map[event.Problem]bool
	open   bool // new problems are passed on
}

// problemsKept bounds the memory for input that is broken throughout: past it
// only the problems that the first detection met are told.
const problemsKept = 10_000

func (t *problemsTold) tell(p event.Problem) {
	t.mu.Lock()
	known := t.seen[p]
	if len(t.seen) < problemsKept {
		t.seen[p] = true
	}
	t.mu.Unlock()
	if !known && t.open && t.report != nil {
		t.report(p)
	}
}

// Hunt runs every detection of the pack, one after the other, and gives their
// alerts, worst first and then by time. each is told of the result of a detection
// when it is there. What cannot be read is reported once, not once a detection.
func (p *Pack) Hunt(ctx context.Context, src event.Source, o RunOptions, each func(*Detection, *Result)) ([]Alert, error) {
	var alerts []Alert
	told := &problemsTold{report: o.Report, seen: map[event.Problem]bool{}, open: true}
	o.Report = told.tell
	for _, d := range p.Detections {
		r, err := d.Run(ctx, src, o)
		if err != nil {
			return nil, err
		}
		each(d, r)
		alerts = append(alerts, r.Alerts...)
		told.open = len(told.seen) < problemsKept
	}
	slices.SortStableFunc(alerts, func(a, b Alert) int {
		return cmp.Or(cmp.Compare(Level(b.Severity), Level(a.Severity)), a.FirstSeen.Compare(b.FirstSeen), strings.Compare(a.ID, b.ID))
	})
	return alerts, nil
}

// The fields of a result row that an alert is made of, where it has them. The
// first of a list that there is counts.
var (
	firstFields = []string{"first_seen", "@timestamp"}
	lastFields  = []string{"last_seen", "@timestamp"}
	countFields = []string{"count", "_count"}
)

// alert makes an alert of a row of the result.
func (d *Detection) alert(b *event.Batch, row int, window time.Time, input string) Alert {
	var ev Evidence
	for i, name := range b.Names() {
		if event.Hidden(name) {
			continue
		}
		if v, ok := b.Columns()[i].Text(row); ok {
			ev = append(ev, Field{name, v})
		}
	}
	a := Alert{
		Detection: d.ID, Title: d.Title, Attack: d.Attack, Severity: d.Severity, Confidence: d.Confidence,
		Entities: map[string]string{}, Count: 1, Author: d.Author, License: d.License, Source: input, Evidence: []Evidence{ev},
	}
	// A query that weighs what it finds says so in fields of these names.
	if s, ok := ev.Get("severity"); ok && slices.Contains(levels, s) {
		a.Severity = s
	}
	if s, ok := ev.Get("confidence"); ok && slices.Contains(confidences, s) {
		a.Confidence = s
	}
	if s, ok := ev.Get("technique"); ok {
		if ids := techniques(s); len(ids) > 0 {
			a.Attack = ids
		}
	}
	for kind, column := range d.Entities {
		if v, ok := ev.Get(column); ok && v != "" {
			a.Entities[kind] = v
		}
	}
	a.FirstSeen = timeOf(ev, firstFields, window)
	a.LastSeen = timeOf(ev, lastFields, a.FirstSeen)
	for _, f := range countFields {
		if s, ok := ev.Get(f); ok {
			if n, ok := num.ParseInt(s); ok {
				a.Count = n
				break
			}
		}
	}
	a.ID = a.identity(window)
	return a
}

// techniques reads the ids in a field that may hold several.
func techniques(s string) []string {
	var out []string
	for _, id := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == ';' }) {
		if techniqueID(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// timeOf reads the first of the fields that holds a time in milliseconds.
func timeOf(ev Evidence, fields []string, otherwise time.Time) time.Time {
	for _, f := range fields {
		if s, ok := ev.Get(f); ok {
			if ms, ok := num.Parse(s); ok {
				return time.UnixMilli(int64(ms)).UTC()
			}
		}
	}
	return otherwise
}

// identity is made of what the alert is about: entities when there are some, and
// the window.
func (a *Alert) identity(window time.Time) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", a.Detection, window.UnixMilli())
	if len(a.Entities) > 0 {
		for _, k := range slices.Sorted(maps.Keys(a.Entities)) {
			fmt.Fprintf(h, "%q=%q\n", k, a.Entities[k])
		}
		if window.IsZero() {
			fmt.Fprintf(h, "%d\n", a.FirstSeen.UnixMilli())
		}
	} else {
		for _, f := range a.Evidence[0] {
			fmt.Fprintf(h, "%q=%q\n", f.Name, f.Value)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// throttle holds back what was told within the throttle's window.
func (r *Result) throttle(d *Detection) {
	if d.calm <= 0 {
		return
	}
	last := map[string]time.Time{}
	kept := r.Alerts[:0]
	for _, a := range r.Alerts {
		var key strings.Builder
		for _, f := range d.Throttle.Fields {
			v, ok := a.Evidence[0].Get(f)
			key.WriteString(strconv.FormatBool(ok) + strconv.Quote(v))
		}
		if before, ok := last[key.String()]; ok && a.FirstSeen.Before(before.Add(d.calm)) {
			r.Held++
			continue
		}
		last[key.String()] = a.FirstSeen
		kept = append(kept, a)
	}
	r.Alerts = kept
}

func durationOf(ns int64) time.Duration { return time.Duration(ns) }
