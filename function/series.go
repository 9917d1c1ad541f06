package function

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

const (
	durationField = "_duration"
	// documentedSeriesLimit is the largest memlimit that the reference knows; a server may be set up to allow more.
	documentedSeriesLimit = 1 << 10
	maxSeriesLimit        = 1 << 20
)

var seriesFunc = &Function{
	Name:     "series",
	Category: "aggregate",
	Summary:  "Joins the values that fields have over time, and cuts them into transactions.",
	Doc: "The events are put into the order of their `@timestamp`; those without one are passed over. A row has the `@timestamp` of its first event, " +
		"`_duration`, the milliseconds from its first event to its last, and for each field of `collect` the values that there are, joined with `separator`.\n\n" +
		"Without more arguments there is one row. A new one begins with an event that comes more than `maxpause` after the one before, or more " +
		"than `maxduration` after the first of its row; with one that fulfils `startmatch`; and behind one that fulfils `endmatch`. With `startmatch`, events that do not follow a " +
		"start in their row are dropped; `endmatch` drops nothing, and a row without an end is shown too.\n\n" +
		"`memlimit` bounds the collected texts, separators included, of all rows together (of each group, inside `groupBy()`). What does not fit is left out: values are " +
		"taken in order of time up to the first that is too much, and a warning is given. Times and durations are not affected. The reference bounds `memlimit` to 1024 bytes " +
		"where the server is not set up otherwise, and does not say what is cut; Harrier takes up to 1 MiB, in its own dialect.",
	Unnamed: "collect",
	Params: []Param{
		{Name: "collect", Kind: Fields, Required: true, Doc: "The fields whose values are joined."},
		{Name: "separator", Kind: Text, Default: "\n", Doc: "What stands between two values."},
		{Name: "maxpause", Kind: Span, Doc: "The longest pause between two events of a row."},
		{Name: "maxduration", Kind: Span, Doc: "The longest time from the first event of a row to the last."},
		{Name: "startmatch", Kind: Condition, Doc: "Filters that the first event of a row fulfils."},
		{Name: "endmatch", Kind: Condition, Doc: "Filters that the last event of a row fulfils."},
		{Name: "memlimit", Kind: Text, Default: "1KiB", Doc: "The size of the joined texts in bytes: a number, with `KB` or `KiB` if need be."},
	},
	Examples: []Example{{
		Query: `series([step], separator=" > ", maxpause=1min)`,
		In: "{\"@timestamp\":\"1750000000000\",\"step\":\"login\"}\n{\"@timestamp\":\"1750000009000\",\"step\":\"list\"}\n{\"@timestamp\":\"1750000100000\",\"step\":\"list\"}\n" +
			"{\"@timestamp\":\"1750000100500\"}",
		Out: "{\"@timestamp\":\"1750000000000\",\"_duration\":\"9000\",\"step\":\"login > list\"}\n{\"@timestamp\":\"1750000100000\",\"_duration\":\"500\",\"step\":\"list\"}",
	}, {
		Query: `groupBy(job, function=series([state, code], separator=";", startmatch={state=begin}, endmatch={state=end}))`,
		In: "{\"@timestamp\":\"1750000000000\",\"job\":\"a\",\"state\":\"run\"}\n{\"@timestamp\":\"1750000001000\",\"job\":\"a\",\"state\":\"begin\"}\n" +
			"{\"@timestamp\":\"1750000003000\",\"job\":\"a\",\"state\":\"end\",\"code\":\"0\"}\n{\"@timestamp\":\"1750000004000\",\"job\":\"a\",\"state\":\"run\"}",
		Out: "{\"job\":\"a\",\"@timestamp\":\"1750000001000\",\"_duration\":\"2000\",\"state\":\"begin;end\",\"code\":\"0\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Effect: func(c *Call) plan.Effect {
		e := plan.Effect{Only: true, Writes: c.Outputs(), Reads: append(slices.Clone(c.Fields("collect")), timestampField)}
		return conditionReads(conditionReads(e, c.Pipe("startmatch")), c.Pipe("endmatch"))
	},
	Outputs: func(c *Call) []string {
		return distinct(append([]string{timestampField, durationField}, c.Fields("collect")...))
	},
	NewAggregator: newSeries,
}

func newSeries(c *Call) (AggregatorFactory, diag.List) {
	s := series{fields: distinct(c.Fields("collect")), separator: c.Text("separator"), pause: math.MaxInt64, length: math.MaxInt64, at: c.At}
	if len(s.fields) == 0 {
		return nil, c.Errorf("missing-argument", "collect", "series() needs at least one field to collect")
	}
	if c.Has("maxpause") {
		s.pause = c.Duration("maxpause").Milliseconds()
	}
	if c.Has("maxduration") {
		s.length = c.Duration("maxduration").Milliseconds()
	}
	limit, problems := c.byteSize("memlimit", maxSeriesLimit)
	if limit > documentedSeriesLimit {
		report := diag.Warningf
		if c.Env.Dialect == cql.LogScale {
			report = diag.Errorf
		}
		problems = append(problems, report("bad-value", c.Place("memlimit"), "memlimit of series() is at most %d bytes unless LogScale is set up otherwise", documentedSeriesLimit))
	}
	if problems.HasErrors() {
		return nil, problems
	}
	s.limit = limit
	start, end := c.Pipe("startmatch"), c.Pipe("endmatch")
	return func(rt *plan.Runtime) plan.Aggregator {
		a := s
		a.rt = rt
		if start != nil {
			a.start = newRowTest(rt, start)
		}
		if end != nil {
			a.end = newRowTest(rt, end)
		}
		return &a
	}, problems
}

// byteSize reads a Text argument that is a number of bytes.
func (c *Call) byteSize(name string, most int) (int, diag.List) {
	text := c.Text(name)
	if c.unknown(name) {
		return 1, nil
	}
	digits := strings.TrimRight(text, " BKMibkm")
	factor, known := map[string]float64{"": 1, "b": 1, "k": 1e3, "kb": 1e3, "kib": 1 << 10, "m": 1e6, "mb": 1e6, "mib": 1 << 20}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	n, ok := num.Parse(digits)
	if n *= factor; !ok || !known || n < 1 || n > float64(most) {
		return 0, c.Errorf("bad-value", name, "%s of %s() is a number of bytes from 1 to %d, such as 1KiB, and %q is none", name, c.Function.Name, most, text)
	}
	return int(n), nil
}

// series keeps the events of each group: only when all are there is it known which row they are in.
type series struct {
	rt            *plan.Runtime
	at            diag.Span
	fields        []string
	separator     string
	pause, length int64
	limit         int
	start, end    *rowTest // nil when there is no such argument

	groups []seriesEvents
	bytes  int
}

// seriesEvents are the events of a group, in any order.
type seriesEvents struct {
	events []seriesEvent
	cells  []Cell // by event and field
}

type seriesEvent struct {
	time        int64
	place       appearance
	first, last bool // the conditions are fulfilled
}

var _ plan.RowAggregator = (*series)(nil)

func (a *series) GivesRows() {}

func (a *series) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *series) Add(b *event.Batch, group []uint32) error {
	times := b.Column(timestampField)
	if times == nil {
		return nil
	}
	starts, err := a.ask(a.start, b)
	if err != nil {
		return err
	}
	ends, err := a.ask(a.end, b)
	if err != nil {
		return err
	}
	columns := make([]*event.Column, len(a.fields))
	for i, f := range a.fields {
		columns[i] = b.Field(f)
	}
	where := appearances{b: b}
	for _, r := range b.Selected() {
		place := where.of(r)
		t, ok := times.Number(int(r))
		if !ok || math.Abs(t) > maxTime {
			continue
		}
		g := &a.groups[group[r]]
		e := seriesEvent{time: int64(math.Floor(t)), place: place}
		e.first, e.last = starts != nil && starts.Get(int(r)), ends != nil && ends.Get(int(r))
		g.events = append(g.events, e)
		a.bytes += 40 + 24*len(columns)
		for _, c := range columns {
			s, ok := c.Text(int(r))
			g.cells = append(g.cells, Cell{strings.Clone(s), ok})
			a.bytes += len(s)
		}
	}
	return nil
}

func (a *series) ask(t *rowTest, b *event.Batch) (event.Bits, error) {
	if t == nil {
		return nil, nil
	}
	return t.passing(b)
}

func (a *series) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*series)
	for i := range o.groups {
		from, g := &o.groups[i], &a.groups[group[i]]
		if len(g.events) == 0 {
			*g = *from
			continue
		}
		g.events, g.cells = append(g.events, from.events...), append(g.cells, from.cells...)
	}
	a.bytes += o.bytes
	return nil
}

func (a *series) Bytes() int { return 48*cap(a.groups) + a.bytes }

func (a *series) Result(group uint32, w *event.Builder) error {
	g := &a.groups[group]
	order := make([]int, len(g.events))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		p, q := &g.events[i], &g.events[j]
		return cmp.Or(cmp.Compare(p.time, q.time), cmp.Compare(p.place.position, q.place.position), cmp.Compare(p.place.nth, q.place.nth))
	})
	out := seriesWriter{series: a, g: g, w: w, left: a.limit, texts: make([]strings.Builder, len(a.fields)), has: make([]bool, len(a.fields))}
	for _, i := range order {
		out.event(i)
	}
	out.finish()
	if out.full {
		a.rt.Warn(diag.Warningf("series-memlimit", a.at, "series() met more than the %d bytes of memlimit, and leaves out the later values", a.limit))
	}
	return nil
}

// seriesWriter cuts the events of a group, which it is given in order, into rows.
type seriesWriter struct {
	*series
	g     *seriesEvents
	w     *event.Builder
	left  int  // of the limit
	full  bool // a value did not fit
	open  bool // a row has been begun
	from  int64
	to    int64
	texts []strings.Builder
	has   []bool
}

func (s *seriesWriter) event(i int) {
	e := &s.g.events[i]
	if s.open && (e.first || e.time-s.to > s.pause || e.time-s.from > s.length) {
		s.finish()
	}
	if !s.open {
		if s.start != nil && !e.first {
			return
		}
		s.open, s.from = true, e.time
	}
	s.to = e.time
	for f, cell := range s.g.cells[i*len(s.fields) : (i+1)*len(s.fields)] {
		if cell.Present {
			s.collect(f, cell.Text)
		}
	}
	if e.last {
		s.finish()
	}
}

func (s *seriesWriter) collect(field int, text string) {
	need := len(text)
	if s.has[field] {
		need += len(s.separator)
	}
	if s.full = s.full || need > s.left; s.full {
		return
	}
	s.left -= need
	if s.has[field] {
		s.texts[field].WriteString(s.separator)
	}
	s.texts[field].WriteString(text)
	s.has[field] = true
}

// finish writes the row that is open, if any.
func (s *seriesWriter) finish() {
	if !s.open {
		return
	}
	s.w.AddInteger(timestampField, s.from)
	s.w.AddInteger(durationField, s.to-s.from)
	for i, f := range s.fields {
		if s.has[i] {
			s.w.AddText(f, s.texts[i].String())
		}
		s.texts[i].Reset()
		s.has[i] = false
	}
	s.w.EndRow()
	s.open = false
}
