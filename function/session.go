package function

import (
	"cmp"
	"math"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var sessionFunc = &Function{
	Name:     "session",
	Category: "aggregate",
	Summary:  "Cuts events into sessions where nothing happens for a while and runs aggregates on each session.",
	Doc: "A session ends where the next event comes more than `maxpause` later. Rows come in the order of the sessions, one for each; " +
		"the time of a session is only in it when an aggregate takes it along, such as `min(@timestamp, as=start)`. Events without a `@timestamp` are in no session.\n\n" +
		"It is mostly the function of a `groupBy()`, which then shows every session of a group in a row of its own.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Default: "count(as=_count)", Doc: "What to work out for each session."},
		{Name: "maxpause", Kind: Span, Default: "15m", Doc: "The longest pause within a session."},
	},
	Examples: []Example{{
		Query: `groupBy(user, function=session([count(as=clicks), min(@timestamp, as=start)], maxpause=10m))`,
		In: "{\"@timestamp\":\"1750000000000\",\"user\":\"kim\"}\n{\"@timestamp\":\"1750000600000\",\"user\":\"kim\"}\n{\"@timestamp\":\"1750001200001\",\"user\":\"kim\"}\n" +
			"{\"@timestamp\":\"1750000000000\",\"user\":\"ole\"}",
		Out: "{\"user\":\"kim\",\"clicks\":\"2\",\"start\":\"1750000000000\"}\n{\"user\":\"kim\",\"clicks\":\"1\",\"start\":\"1750001200001\"}\n" +
			"{\"user\":\"ole\",\"clicks\":\"1\",\"start\":\"1750000000000\"}",
	}, {
		Query: `session()`,
		In:    "{\"@timestamp\":\"1750003600000\"}\n{\"@timestamp\":\"1750000000000\"}\n{\"@timestamp\":\"1750000900000\"}",
		Out:   "{\"_count\":\"2\"}\n{\"_count\":\"1\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Reads = append(e.Reads, timestampField)
		return e
	},
	Outputs: func(c *Call) []string { return Combine(c.Aggregates("function")).Outputs },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		pause := c.Duration("maxpause").Milliseconds()
		if pause < 1 {
			return nil, c.Errorf("bad-value", "maxpause", "maxpause of session() is at least a millisecond")
		}
		agg := Combine(c.Aggregates("function"))
		return func(rt *plan.Runtime) plan.Aggregator {
			return &sessions{pause: pause, new: func() plan.Aggregator { return agg.New(rt) }, agg: agg.New(rt), number: map[sessionBin]uint32{}}
		}, nil
	},
}

// sessions finds sessions in events that come in any order. Time is cut into bins as long as the pause, so that events
// of one bin are always in one session; each bin knows its first and last event, and when the result is asked for, bins
// that follow each other closely enough are joined.
type sessions struct {
	pause  int64
	new    func() plan.Aggregator
	agg    plan.Aggregator // one group for each bin, or for several that are in one session
	groups int

	number map[sessionBin]uint32
	bins   []sessionPart // by number
	joined bool          // the groups are sessions
	order  map[uint32][]uint32

	rowGroup []uint32 // of the batch in hand
}

// sessionBin is a piece of time of an outer group.
type sessionBin struct {
	outer uint32
	start int64 // divided by the pause
}

type sessionPart struct {
	bin       sessionBin
	low, high int64 // of the events in it
	group     uint32
}

var _ plan.RowAggregator = (*sessions)(nil)

func (a *sessions) GivesRows() {}

func (a *sessions) Grow(int) {} // outer groups need no room of their own

func (a *sessions) Add(b *event.Batch, outer []uint32) error {
	c := b.Column(timestampField)
	if c == nil {
		return nil
	}
	a.rowGroup = grow(a.rowGroup, b.Len())
	kept := make([]int32, 0, b.Count())
	for _, r := range b.Selected() {
		f, ok := c.Number(int(r))
		if !ok || math.Abs(f) > maxTime {
			continue
		}
		ms := int64(math.Floor(f))
		n := a.bin(sessionBin{outer[r], floorTo(ms, a.pause) / a.pause}, nil)
		p := &a.bins[n]
		p.low, p.high = min(p.low, ms), max(p.high, ms)
		a.rowGroup[r] = p.group
		kept = append(kept, r)
	}
	if len(kept) == 0 {
		return nil
	}
	if len(kept) < b.Count() {
		b = b.Clone()
		b.Select(kept)
	}
	a.joined = false
	a.agg.Grow(a.groups)
	return a.agg.Add(b, a.rowGroup[:b.Len()])
}

// bin gives the number of a bin. A new one gets the given group, or one of its own.
func (a *sessions) bin(key sessionBin, group *uint32) uint32 {
	n, ok := a.number[key]
	if !ok {
		n = uint32(len(a.bins))
		p := sessionPart{bin: key, low: math.MaxInt64, high: math.MinInt64}
		if group != nil {
			p.group = *group
		} else {
			p.group = uint32(a.groups)
			a.groups++
		}
		a.number[key] = n
		a.bins = append(a.bins, p)
	}
	return n
}

func (a *sessions) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*sessions)
	to := make([]uint32, o.groups)
	known := make([]bool, o.groups)
	for _, from := range o.bins {
		var group *uint32
		if known[from.group] {
			group = &to[from.group]
		}
		p := &a.bins[a.bin(sessionBin{outer[from.bin.outer], from.bin.start}, group)]
		p.low, p.high = min(p.low, from.low), max(p.high, from.high)
		// Bins with one group there are in one session, and so it does not matter which of their groups here it goes to.
		to[from.group], known[from.group] = p.group, true
	}
	a.joined = false
	a.agg.Grow(a.groups)
	return a.agg.Merge(o.agg, to)
}

// join makes every session one group.
func (a *sessions) join() error {
	if a.joined {
		return nil
	}
	places := make([]uint32, len(a.bins))
	for i := range places {
		places[i] = uint32(i)
	}
	slices.SortFunc(places, func(i, j uint32) int {
		p, q := &a.bins[i], &a.bins[j]
		return cmp.Or(cmp.Compare(p.bin.outer, q.bin.outer), cmp.Compare(p.low, q.low))
	})
	session := make([]uint32, a.groups)
	a.order = map[uint32][]uint32{}
	groups := 0
	for i, n := range places {
		p := &a.bins[n]
		if i == 0 || a.bins[places[i-1]].bin.outer != p.bin.outer || p.low-a.bins[places[i-1]].high > a.pause {
			a.order[p.bin.outer] = append(a.order[p.bin.outer], uint32(groups))
			groups++
		}
		session[p.group] = uint32(groups - 1)
		p.group = uint32(groups - 1)
	}
	agg := a.new()
	agg.Grow(groups)
	if err := agg.Merge(a.agg, session); err != nil {
		return err
	}
	a.agg, a.groups, a.joined = agg, groups, true
	return nil
}

func (a *sessions) Bytes() int { return 96*len(a.bins) + a.agg.Bytes() }

func (a *sessions) Result(outer uint32, w *event.Builder) error {
	if err := a.join(); err != nil {
		return err
	}
	return writeKeyed(a.agg, a.order[outer], w, func(int) {})
}
