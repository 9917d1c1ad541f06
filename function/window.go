package function

import (
	"fmt"
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var windowFunc = &Function{
	Name:     "window",
	Category: "aggregate",
	Summary:  "Runs aggregates over the last buckets of a bucket() or timeChart().",
	Doc: "It stands in the `function` of `bucket()` or `timeChart()` and nowhere else. At each bucket it gives the result for the events of that bucket " +
		"and of those before it, as many as `buckets` says or as `span` covers, rounded to the nearest whole number of buckets. One of the two must be given.\n\n" +
		"Buckets with fewer buckets before them than the window needs have no result, so there is none at all where the search interval is shorter than the window. " +
		"In a search without bounds the first bucket is the first one with events, of whatever series. " +
		"A series also has rows for buckets without events of its own as long as the window reaches back to some.\n\n" +
		"The aggregates are run once for each bucket of the window, as they can take in events but not give them up, so a window of very many buckets is slow.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Default: "count(as=_count)", Doc: "What to work out for each window."},
		{Name: "buckets", Kind: Int, Min: 1, Max: maxBuckets, Doc: "How many buckets the window has."},
		{Name: "span", Kind: Span, Doc: "How long the window is, instead of `buckets`."},
	},
	Examples: []Example{{
		Query: `timeChart(span=1m, function=[count(), window(sum(n), buckets=2)])`,
		In:    "{\"@timestamp\":\"1750000020000\",\"n\":\"1\"}\n{\"@timestamp\":\"1750000080000\",\"n\":\"2\"}\n{\"@timestamp\":\"1750000090000\",\"n\":\"3\"}\n{\"@timestamp\":\"1750000200000\",\"n\":\"4\"}",
		Out: "{\"_bucket\":\"1750000020000\",\"_count\":\"1\"}\n{\"_bucket\":\"1750000080000\",\"_count\":\"2\",\"_sum\":\"6\"}\n" +
			"{\"_bucket\":\"1750000140000\",\"_count\":\"0\",\"_sum\":\"5\"}\n{\"_bucket\":\"1750000200000\",\"_count\":\"1\",\"_sum\":\"4\"}",
	}, {
		Query: `bucket(span=1h, field=host, function=window([max(load), count()], span=2h))`,
		In:    "{\"@timestamp\":\"1750003200000\",\"host\":\"a\",\"load\":\"5\"}\n{\"@timestamp\":\"1750006800000\",\"host\":\"b\",\"load\":\"2\"}\n{\"@timestamp\":\"1750010400000\",\"host\":\"b\",\"load\":\"1\"}",
		Out: "{\"_bucket\":\"1750003200000\",\"host\":\"a\"}\n{\"_bucket\":\"1750006800000\",\"host\":\"a\",\"_max\":\"5\",\"_count\":\"1\"}\n" +
			"{\"_bucket\":\"1750006800000\",\"host\":\"b\",\"_max\":\"2\",\"_count\":\"1\"}\n{\"_bucket\":\"1750010400000\",\"host\":\"b\",\"_max\":\"2\",\"_count\":\"2\"}",
	}},
	Within:  []string{"bucket", "timeChart"},
	Outputs: func(c *Call) []string { return Combine(c.Aggregates("function")).Outputs },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		switch {
		case c.Has("buckets") == c.Has("span"):
			return nil, c.Errorf("missing-argument", "", "window() needs either buckets or span")
		case c.Has("span") && c.Duration("span").Milliseconds() < 1:
			return nil, c.Errorf("bad-value", "span", "span of window() is at least a millisecond")
		}
		// bucket() finds out that an aggregate is a window, and makes a state of its own for it.
		return Combine(c.Aggregates("function")).New, nil
	},
}

// windowOf gives the call of window() that an aggregate is; nil when it is another.
func windowOf(a *Agg) *Call {
	if a.Of != nil && a.Of.Function.Name == windowName {
		return a.Of
	}
	return nil
}

const windowName = "window"

// windowState is the state of a window(), by cell of a bucket(): a bucket of a series.
//
// Every event counts in as many windows as a window has buckets, n, and states can be merged but not copied. So there
// are n copies of the state of each cell. The windows that end in buckets k, k+n, k+2n and so on do not overlap and cover
// everything: the k-th copy is merged into these. With n=3, and w for where windows end:
//
//	bucket  0 1 2 3 4 5 6
//	copy 0  w|. . w|. . w     ends at 0, 3, 6
//	copy 1  . w|. . w|. .     ends at 1, 4
//	copy 2  . . w|. . w|.     ends at 2, 5
type windowState struct {
	new    func() plan.Aggregator
	span   int64 // of the window; 0 when it is a number of buckets
	size   int   // buckets of a window; 0 when it depends on the length of a bucket that is not known yet
	copies []plan.Aggregator
	broken error // why there cannot be any result

	merged []plan.Aggregator // by copy, once results are asked for
	cells  []windowCell      // by cell
}

// windowCell tells where the window that ends with a cell is.
type windowCell struct {
	copy, group uint32
	complete    bool // there are enough buckets before it
}

// windowRows is a windowState whose aggregates may give several rows.
type windowRows struct{ *windowState }

var (
	_ plan.Aggregator    = (*windowState)(nil)
	_ plan.RowAggregator = windowRows{}
)

func (windowRows) GivesRows() {}

func (a windowRows) Merge(other plan.Aggregator, group []uint32) error {
	return a.windowState.Merge(other.(windowRows).windowState, group)
}

// newWindowState readies a window in buckets of the given length, or where that length is still to grow, of which there will be at
// most a number.
func newWindowState(c *Call, rt *plan.Runtime, span int64, grows bool, most int) *windowState {
	agg := Combine(c.Aggregates("function"))
	a := &windowState{new: func() plan.Aggregator { return agg.New(rt) }}
	copies := most
	if c.Has("buckets") {
		a.size = c.Int("buckets")
		copies = a.size
	} else {
		a.span = c.Duration("span").Milliseconds()
		if !grows {
			a.size = a.sizeIn(span)
			copies = a.size
		}
	}
	switch {
	case !grows && most > 0 && copies > most:
		copies = 0 // no window is complete
	case copies > maxBuckets+1:
		a.broken = fmt.Errorf("window(span=%s) would cover %d buckets, and can cover %d at most", c.Text("span"), copies, maxBuckets)
		copies = 0
	}
	for range copies {
		a.copies = append(a.copies, a.new())
	}
	return a
}

// sizeIn is the number of buckets of a window where buckets have the given length.
func (a *windowState) sizeIn(span int64) int {
	return int(min(max(1, math.Round(float64(a.span)/float64(span))), math.MaxInt32))
}

func (a *windowState) Grow(groups int) {
	for _, s := range a.copies {
		s.Grow(groups)
	}
}

func (a *windowState) Add(b *event.Batch, group []uint32) error {
	if a.merged != nil {
		return fmt.Errorf("window() cannot go on once its result was asked for, as running aggregates such as accumulate() do")
	}
	for _, s := range a.copies {
		if err := s.Add(b, group); err != nil {
			return err
		}
	}
	return a.broken
}

func (a *windowState) Merge(other plan.Aggregator, group []uint32) error {
	for i, s := range other.(*windowState).copies {
		if err := a.copies[i].Merge(s, group); err != nil {
			return err
		}
	}
	return nil
}

func (a *windowState) Bytes() int {
	n := 12 * cap(a.cells)
	for _, s := range a.copies {
		n += s.Bytes()
	}
	return n
}

func (a *windowState) Result(group uint32, w *event.Builder) error {
	if int(group) >= len(a.cells) || !a.cells[group].complete {
		return nil
	}
	c := a.cells[group]
	return a.merged[c.copy].Result(c.group, w)
}

// arrange makes the windows. Cell i is bucket place[i] of series[i], counted from the first bucket that is shown.
func (a *windowState) arrange(span int64, series []uint32, place []int) error {
	size := a.size
	if size == 0 {
		size = a.sizeIn(span)
	}
	a.merged, a.cells = []plan.Aggregator{}, make([]windowCell, len(series))
	if size > len(a.copies) {
		return nil // there are fewer buckets than that
	}
	type end struct {
		series uint32
		place  int
	}
	groups := make([]map[end]uint32, size)
	to := make([][]uint32, size)
	for k := range groups {
		groups[k], to[k] = map[end]uint32{}, make([]uint32, len(series))
		for i, s := range series {
			// The first place from here on where a window of this copy ends.
			ahead := (k - place[i]) % size
			if ahead < 0 {
				ahead += size
			}
			e := end{s, place[i] + ahead}
			g, ok := groups[k][e]
			if !ok {
				g = uint32(len(groups[k]))
				groups[k][e] = g
			}
			to[k][i] = g
			if ahead == 0 {
				a.cells[i] = windowCell{copy: uint32(k), group: g, complete: place[i] >= size-1}
			}
		}
	}
	for k, s := range a.copies[:size] {
		m := a.new()
		m.Grow(len(groups[k]))
		if err := m.Merge(s, to[k]); err != nil {
			return err
		}
		a.merged = append(a.merged, m)
	}
	a.copies = nil
	return nil
}
