package function

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kamstrup/intmap"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

const (
	bucketField   = "_bucket"
	timeField     = "@timestamp"
	autoBuckets   = 127  // how many buckets an interval has when the query does not say
	maxBuckets    = 1500 // the largest value of buckets=
	maxSeries     = 500  // the largest value of limit=
	defaultSeries = "10"
)

var bucketFunc = &Function{
	Name:     "bucket",
	Category: "aggregate",
	Summary:  "Cuts time into buckets and runs aggregates on the events of each.",
	Doc: bucketDoc + "\n\nWhen there are more combinations of `field` than `limit`, those are kept whose results reach the largest number in any " +
		"bucket, the earlier one of equals.",
	Unnamed: "span",
	Params: bucketParams(
		Param{Name: "field", Kind: Fields, Doc: "Fields to group by besides the time."},
	),
	Examples: []Example{{
		Query: `bucket(1min, field=code)`,
		In:    "{\"@timestamp\":\"1700000000000\",\"code\":\"200\"}\n{\"@timestamp\":\"1700000039999\",\"code\":\"200\"}\n{\"@timestamp\":\"1700000040000\",\"code\":\"500\"}\n{\"code\":\"500\"}",
		Out:   "{\"_bucket\":\"1699999980000\",\"code\":\"200\",\"_count\":\"2\"}\n{\"_bucket\":\"1700000040000\",\"code\":\"500\",\"_count\":\"1\"}",
	}, {
		Doc:   "A bucket without events is shown when there is no `field`; days start at midnight of the time zone.",
		Query: `bucket(span=1d, timezone="+02:00", function=[count(), max(n)])`,
		In:    "{\"@timestamp\":\"1700000000000\",\"n\":\"4\"}\n{\"@timestamp\":\"1700172800000\",\"n\":\"5\"}",
		Out:   "{\"_bucket\":\"1699999200000\",\"_count\":\"1\",\"_max\":\"4\"}\n{\"_bucket\":\"1700085600000\",\"_count\":\"0\"}\n{\"_bucket\":\"1700172000000\",\"_count\":\"1\",\"_max\":\"5\"}",
	}, {
		Doc:   "An amount per bucket is shown as a rate.",
		Query: `bucket(span=30m, function=[sum(size), count()], unit=["bytes/span to Kbytes/hour", "/span to /min"])`,
		In:    "{\"@timestamp\":\"1700000000000\",\"size\":\"1500\"}\n{\"@timestamp\":\"1700000000001\",\"size\":\"500\"}\n{\"@timestamp\":\"1700000000002\",\"size\":\"1\"}",
		Out:   `{"_bucket":"1699999200000","_sum":"4.002","_count":"0.1"}`,
	}},
	GivesRows:     true,
	Ordered:       true,
	Effect:        bucketEffect,
	Outputs:       func(c *Call) []string { return bucketOutputs(c, c.Fields("field")) },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) { return newBucket(c, c.Fields("field"), largestNumber) },
}

// bucketDoc is what bucket() and timeChart() have in common.
const bucketDoc = "A bucket starts at a multiple of its length on the clock of `timezone` (UTC when not given), not at the start of " +
	"the search: hours start at full hours and days at midnight. So the first and the last bucket may be cut short by the " +
	"search interval, and there may be one more than asked for. Events without `@timestamp` are in no bucket.\n\n" +
	"The length is `span`; or the search interval divided by `buckets`; or else the first of 1, 5, 10, 50, 100 and 500 ms, " +
	"1, 5, 15 and 30 s, 1, 5, 15 and 30 min, 1, 3, 6 and 12 h, 1 and 7 d, and then doubled, that cuts the interval into at most 127 pieces. " +
	"In a search without bounds the interval is that of the events, and with `buckets` the length is rounded up in the same way. " +
	"`minSpan` is the least length that `buckets` or the choice may lead to.\n\n" +
	"Rows come in the order of their buckets, and within one in that of first appearance. Without a field to group by, the buckets without events are shown " +
	"too, from the start of the search interval to its end, provided there are at most 1500 buckets; then `count()` and `sum()` are 0 and other " +
	"results are missing. In a search without bounds that goes from the first bucket with events to the last."

// bucketParams are the parameters of bucket() and timeChart(), with the one that names what to group by.
func bucketParams(by Param) []Param {
	return []Param{
		{Name: "span", Kind: Span, Default: "auto", Doc: "The length of a bucket, such as `5m` or `1 hour`. Calendar units and `@` are not allowed."},
		{Name: "buckets", Kind: Int, Min: 1, Max: maxBuckets, Doc: "The number of buckets wanted, instead of `span`."},
		{Name: "minSpan", Kind: Span, Doc: "The least length of a bucket when `span` is not given; at most the search interval."},
		by,
		{Name: "function", Kind: Aggregates, Default: "count(as=_count)", Doc: "What to work out for each bucket."},
		{Name: "limit", Kind: Int, Default: defaultSeries, Min: 1, Max: maxSeries, Doc: "The largest number of series, which are the combinations of values to group by. A warning is given when it cuts some off, unless it was given."},
		{Name: "timezone", Kind: Text, Doc: "The time zone on whose clock buckets start, such as `Europe/Paris` or `+02:00`."},
		{Name: "unit", Kind: Texts, Doc: "Conversions of the results, such as `bytes/span to Kbytes/day`: one for all of the functions, or one for each. " +
			"A unit is a number, a prefix (K, M, G, T, P, or Ki, Mi and so on for multiples of 1024) and a name, all of which may be left out; " +
			"behind a slash stands the time of a rate: ms, seconds, minutes, hours, days or a beginning of these words, or span or bucket for the length of the bucket."},
	}
}

func bucketOutputs(c *Call, by []string) []string {
	return keyedOutputs([]string{bucketField}, by, c.Aggregates("function"))
}

func bucketEffect(c *Call) plan.Effect {
	e := c.DefaultEffect()
	e.Reads = append(e.Reads, timeField)
	return e
}

// bucketShape is what the arguments of a call ask for.
type bucketShape struct {
	at      diag.Span
	name    string
	span    int64 // milliseconds; 0 when it is to be chosen
	buckets int   // how many pieces it is chosen for
	exact   bool  // buckets was given, so that the length is not rounded
	minSpan int64
	minAt   diag.Span
	zone    *time.Location
	by      []string
	limit   int
	limited bool // the limit was given
	rate    func(score, number float64) float64
	aggs    []*Agg
	units   []*unitConversion // by aggregate, or none
}

func newBucket(c *Call, by []string, rate func(score, number float64) float64) (AggregatorFactory, diag.List) {
	s := bucketShape{
		at: c.At, name: c.Function.Name, by: distinct(by), rate: rate, aggs: c.Aggregates("function"),
		limit: c.Int("limit"), limited: c.Has("limit"), buckets: autoBuckets,
	}
	problems := keyOverwritten(c, append([]string{bucketField}, s.by...), s.aggs)
	if a := c.Arg("span"); c.Has("span") && !strings.EqualFold(a.Text, "auto") {
		s.span = a.Span.Milliseconds()
		if s.span < 1 {
			problems = append(problems, c.Errorf("bad-value", "span", "span of %s() is at least a millisecond", s.name)...)
		}
	}
	if c.Has("buckets") {
		s.buckets, s.exact = c.Int("buckets"), true
		if s.span > 0 {
			problems = append(problems, diag.Warningf("conflicting-parameters", c.Place("buckets"), "buckets of %s() has no effect next to span", s.name))
		}
	}
	if c.Has("minSpan") {
		s.minSpan, s.minAt = c.Duration("minSpan").Milliseconds(), c.Place("minSpan")
	}
	zone, bad := c.Zone("timezone")
	problems = append(problems, bad...)
	s.zone = zone
	units, bad := bucketUnits(c, len(s.aggs))
	problems = append(problems, bad...)
	s.units = units
	if problems.HasErrors() {
		return nil, problems
	}
	return func(rt *plan.Runtime) plan.Aggregator { return newBuckets(rt, &s) }, problems
}

// bucketUnits reads the argument unit: a conversion per aggregate.
func bucketUnits(c *Call, aggs int) (units []*unitConversion, problems diag.List) {
	if !c.Has("unit") {
		return nil, nil
	}
	arg := c.Arg("unit")
	for i, s := range arg.Texts {
		if c.Env.Check && s == "*" { // a parameter whose value is only known when the query is run
			s = "to /s"
		}
		u, err := parseUnitConversion(s)
		if err != nil {
			problems = append(problems, diag.Errorf("bad-value", arg.Places[i], "%s", err))
		}
		units = append(units, u)
	}
	switch {
	case len(problems) > 0:
		return nil, problems
	case len(units) == 1:
		for len(units) < aggs {
			units = append(units, units[0])
		}
	case len(units) != aggs:
		return nil, c.Errorf("bad-value", "unit", "unit of %s() has %d conversions for %d functions; it takes one for all, or one for each", c.Function.Name, len(units), aggs)
	}
	return units, nil
}

// buckets counts events by time and by the values of fields. A series is an outer group or, within one, a combination
// of values; a cell is a bucket of a series and is a group of the aggregator behind.
type buckets struct {
	rt    *plan.Runtime
	shape *bucketShape
	agg   plan.Aggregator
	unit  *time.Duration // the length of a bucket, for conversions of units

	grid       timeGrid
	start, end int64 // of the search, when it has bounds
	bounded    bool
	chooses    bool  // the length follows from the times of the events
	low, high  int64 // first and last time met; low > high when none was

	keys   *keyTable // nil when there are no fields
	starts []int64   // by number of the bucket
	number map[int64]uint32
	cells  *intmap.Map[uint64, uint32] // (series, bucket) -> cell
	series []uint32                    // by cell
	bucket []uint32                    // by cell

	times  []int64  // by row, of the batch in hand
	group  []uint32 // likewise
	sorted map[uint32][]uint32

	outers   int            // number of outer groups
	windows  []*windowState // of each window() among the aggregates
	arranged bool           // the windows are ready to be asked
}

var _ plan.RowAggregator = (*buckets)(nil)

func (a *buckets) GivesRows() {}

func newBuckets(rt *plan.Runtime, s *bucketShape) *buckets {
	a := &buckets{rt: rt, shape: s, unit: new(time.Duration), low: math.MaxInt64, high: math.MinInt64}
	if len(s.by) > 0 {
		a.keys = newKeyTable(s.by)
	}
	if !rt.Start.IsZero() && !rt.End.IsZero() && rt.End.After(rt.Start) {
		a.start, a.end, a.bounded = rt.Start.UnixMilli(), rt.End.UnixMilli(), true
	}
	span := s.span
	switch {
	case span > 0:
	case a.bounded:
		span = s.choose(rt, a.end-a.start)
	default:
		a.chooses = true
		span = max(1, s.minSpan)
	}
	a.regrid(span)
	return a
}

// choose gives the length of a bucket for an interval.
func (s *bucketShape) choose(rt *plan.Runtime, interval int64) int64 {
	least := s.minSpan
	if least > interval {
		least = interval
		rt.Warn(diag.Warningf("bucket-minspan", s.minAt, "minSpan of %s() is longer than the search interval, which is taken instead", s.name))
	}
	span := (interval + int64(s.buckets) - 1) / int64(s.buckets)
	if !s.exact {
		span = roundSpan(1, span)
	}
	return max(1, span, least)
}

// roundSpan goes up the ladder from a length to one that is at least another.
func roundSpan(from, least int64) int64 {
	for from < least {
		from = longerSpan(from)
	}
	return from
}

// regrid starts over with buckets of the given length.
func (a *buckets) regrid(span int64) {
	a.grid = newTimeGrid(span, a.shape.zone)
	*a.unit = time.Duration(span) * time.Millisecond
	a.starts, a.number = nil, map[int64]uint32{}
	a.cells, a.series, a.bucket, a.sorted = intmap.New[uint64, uint32](0), nil, nil, nil
	aggs := a.withWindows(a.shape.aggs)
	for i := range a.shape.units {
		aggs[i] = convert(aggs[i], a.shape.units[i], a.unit)
	}
	a.agg = Combine(aggs).New(a.rt)
}

func (a *buckets) Grow(groups int) { a.outers = max(a.outers, groups) }

func (a *buckets) Add(b *event.Batch, outer []uint32) error {
	c := b.Column(timeField)
	if c == nil {
		return nil
	}
	// Rows without a time are in no bucket, and in no series either.
	a.times = grow(a.times, b.Len())
	rows := b.Selected()
	kept := make([]int32, 0, len(rows))
	low, high := a.low, a.high
	for _, r := range rows {
		f, ok := c.Number(int(r))
		if !ok || math.Abs(f) > maxTime {
			continue
		}
		ms := int64(math.Floor(f))
		low, high = min(low, ms), max(high, ms)
		a.times[r] = ms
		kept = append(kept, r)
	}
	if len(kept) == 0 {
		return nil
	}
	if len(kept) < len(rows) {
		b = b.Clone()
		b.Select(kept)
	}
	if err := a.widen(low, high); err != nil {
		return err
	}
	series := outer
	if a.keys != nil {
		of, some := a.keys.groups(b, outer)
		series = of
		if some != nil {
			if len(some) == 0 {
				return nil
			}
			b = b.Clone()
			b.Select(some)
		}
	}
	a.group = grow(a.group, b.Len())
	var from, to int64 // times in the bucket met last
	var bucket uint32
	for _, r := range b.Selected() {
		if ms := a.times[r]; ms < from || ms >= to {
			var start int64
			start, from, to = a.grid.piece(ms)
			bucket = a.bucketAt(start)
		}
		a.group[r] = a.cell(series[r], bucket)
	}
	a.agg.Grow(len(a.series))
	return a.agg.Add(b, a.group[:b.Len()])
}

// maxTime bounds the times that are looked at, so that arithmetic on them cannot overflow: 100 million days around the epoch.
const maxTime = 8.64e15

// bucketAt gives the number of the bucket that starts at a time.
func (a *buckets) bucketAt(start int64) uint32 {
	n, ok := a.number[start]
	if !ok {
		n = uint32(len(a.starts))
		a.number[start] = n
		a.starts = append(a.starts, start)
	}
	return n
}

func (a *buckets) cell(series, bucket uint32) uint32 {
	n, isNew := a.cells.PutIfNotExists(pairKey(series, bucket), uint32(len(a.series)))
	if isNew {
		a.series, a.bucket = append(a.series, series), append(a.bucket, bucket)
		a.sorted = nil
	}
	return n
}

// widen makes the times of the events known and, where the length of a bucket depends on them, lengthens it.
func (a *buckets) widen(low, high int64) error {
	a.low, a.high = low, high
	if !a.chooses || low > high {
		return nil
	}
	least := (high - low + int64(a.shape.buckets)) / int64(a.shape.buckets)
	if span := roundSpan(a.grid.span, least); span > a.grid.span {
		return a.lengthen(span)
	}
	return nil
}

// lengthen joins buckets to such of a greater length, of which the present length is a part.
func (a *buckets) lengthen(span int64) error {
	agg, starts, series, bucket := a.agg, a.starts, a.series, a.bucket
	a.regrid(span)
	return a.take(agg, starts, series, bucket)
}

// take takes in the cells of another state, whose series have the same numbers as here.
func (a *buckets) take(agg plan.Aggregator, starts []int64, series, bucket []uint32) error {
	number := make([]uint32, len(starts))
	for i, s := range starts {
		number[i] = a.bucketAt(a.grid.floor(s))
	}
	cells := make([]uint32, len(series))
	for i := range cells {
		cells[i] = a.cell(series[i], number[bucket[i]])
	}
	a.agg.Grow(len(a.series))
	return a.agg.Merge(agg, cells)
}

func (a *buckets) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*buckets)
	if err := a.widen(min(a.low, o.low), max(a.high, o.high)); err != nil {
		return err
	}
	if a.chooses && o.grid.span > a.grid.span {
		if err := a.lengthen(o.grid.span); err != nil {
			return err
		}
	}
	of := outer
	if a.keys != nil {
		of = a.keys.merge(o.keys, outer)
	}
	series := make([]uint32, len(o.series))
	for i, s := range o.series {
		series[i] = of[s]
	}
	return a.take(o.agg, o.starts, series, o.bucket)
}

func (a *buckets) Bytes() int {
	n := 64*len(a.starts) + 36*len(a.series) + a.agg.Bytes()
	if a.keys != nil {
		n += a.keys.bytes()
	}
	return n
}

func (a *buckets) Result(outer uint32, w *event.Builder) error {
	if err := a.arrangeWindows(); err != nil {
		return err
	}
	if a.keys == nil {
		return a.plainResult(outer, w)
	}
	series := a.keys.inOrder(outer)
	if len(series) > a.shape.limit {
		best, err := a.largest(series)
		if err != nil {
			return err
		}
		series = best
		if !a.shape.limited {
			a.rt.Warn(diag.Warningf("series-limit", a.shape.at, "%s() met more than %d series, and only those with the largest values are kept", a.shape.name, a.shape.limit).
				WithHelp("set limit=, up to %d", maxSeries))
		}
	}
	place := make(map[uint32]int, len(series))
	var cells []uint32
	for i, s := range series {
		place[s] = i
		cells = append(cells, a.cellsOf(s)...)
	}
	slices.SortFunc(cells, func(i, j uint32) int {
		return cmp.Or(cmp.Compare(a.starts[a.bucket[i]], a.starts[a.bucket[j]]), cmp.Compare(place[a.series[i]], place[a.series[j]]))
	})
	return writeKeyed(a.agg, cells, w, func(i int) {
		w.AddInteger(bucketField, a.starts[a.bucket[cells[i]]])
		a.keys.write(a.series[cells[i]], w)
	})
}

// cellsOf gives the cells of a series in the order of their buckets.
func (a *buckets) cellsOf(series uint32) []uint32 {
	if a.sorted == nil {
		a.sorted = map[uint32][]uint32{}
		for c, s := range a.series {
			a.sorted[s] = append(a.sorted[s], uint32(c))
		}
		for _, cells := range a.sorted {
			slices.SortFunc(cells, func(i, j uint32) int { return cmp.Compare(a.starts[a.bucket[i]], a.starts[a.bucket[j]]) })
		}
	}
	return a.sorted[series]
}

// largest gives the series within the limit, in order of appearance.
func (a *buckets) largest(series []uint32) ([]uint32, error) {
	var cells []uint32
	for _, s := range series {
		cells = append(cells, a.cellsOf(s)...)
	}
	of, err := scoresOf(a.agg, cells, a.shape.rate)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, len(series))
	for i, s := range series {
		scores[i] = math.Inf(-1)
		n := len(a.cellsOf(s))
		for _, f := range of[:n] {
			if !math.IsInf(f, -1) {
				scores[i] = a.shape.rate(scores[i], f)
			}
		}
		of = of[n:]
	}
	var out []uint32
	for _, i := range topScores(scores, a.shape.limit) {
		out = append(out, series[i])
	}
	return out, nil
}

// plainResult gives the rows of buckets that have no series, those without events included.
func (a *buckets) plainResult(outer uint32, w *event.Builder) error {
	cells := a.cellsOf(outer)
	var starts []int64
	for _, c := range cells {
		starts = append(starts, a.starts[a.bucket[c]])
	}
	shown, from := cells, starts
	if all, ok := a.everyBucket(starts); ok {
		// One group that no event was added to serves all buckets without events.
		empty := uint32(len(a.series))
		a.agg.Grow(len(a.series) + 1)
		shown, from = nil, all
		for _, s := range all {
			if len(starts) > 0 && starts[0] == s {
				shown, cells, starts = append(shown, cells[0]), cells[1:], starts[1:]
			} else {
				shown = append(shown, empty)
			}
		}
	}
	return writeKeyed(a.agg, shown, w, func(i int) { w.AddInteger(bucketField, from[i]) })
}

// everyBucket lists the buckets of the interval that is shown; not ok when they are too many.
func (a *buckets) everyBucket(met []int64) ([]int64, bool) {
	var first, last int64
	switch {
	case a.bounded:
		first, last = a.grid.floor(a.start), a.grid.floor(a.end-1)
		if len(met) > 0 {
			first, last = min(first, met[0]), max(last, met[len(met)-1])
		}
	case len(met) > 0:
		first, last = met[0], met[len(met)-1]
	default:
		return nil, true
	}
	if (last-first)/a.grid.span > 2*maxBuckets {
		return nil, false
	}
	var all []int64
	for s := first; s <= last; s = a.grid.next(s) {
		all = append(all, s)
	}
	return all, len(all) <= maxBuckets
}
