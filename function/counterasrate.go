package function

import (
	"cmp"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var counterAsRateFunc = &Function{
	Name:     "counterAsRate",
	Category: "aggregate",
	Summary:  "Gives how fast a growing counter grows, per second.",
	Doc: noNumbers + "So are those without a `@timestamp`. The rate is the difference between the last and the first value, divided by the seconds between them. " +
		"There is none with fewer than two different times, nor where the counter ever goes down, because it was reset then. " +
		"A counter that stays the same has the rate 0. Of values with the same time the one that stands first in the input counts as older.\n\n" +
		"It is mostly used in `timeChart()` and `groupBy()`. The state holds every change of the counter, because events may come in any order.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the counter."},
		{Name: "as", Kind: NewField, Default: "_rate", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `counterAsRate(packets)`,
		In:    "{\"@timestamp\":\"1750000000000\",\"packets\":\"1000\"}\n{\"@timestamp\":\"1750000002000\",\"packets\":\"1100\"}\n{\"@timestamp\":\"1750000004000\",\"packets\":\"1300\"}",
		Out:   `{"_rate":"75"}`,
	}, {
		Doc:       "A restart has no rate.",
		Query:     `groupBy(host, function=counterAsRate(requests, as=perSecond))`,
		In:        "{\"@timestamp\":\"1750000000000\",\"host\":\"a\",\"requests\":\"70\"}\n{\"@timestamp\":\"1750000010000\",\"host\":\"a\",\"requests\":\"3\"}\n{\"@timestamp\":\"1750000000000\",\"host\":\"b\",\"requests\":\"5\"}\n{\"@timestamp\":\"1750000010000\",\"host\":\"b\",\"requests\":\"25\"}",
		Out:       "{\"host\":\"a\"}\n{\"host\":\"b\",\"perSecond\":\"2\"}",
		Unordered: true,
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Reads = append(e.Reads, timestampField)
		return e
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		field, as := c.Field("field"), c.Field("as")
		return func(*plan.Runtime) plan.Aggregator { return &counterAsRate{field: field, as: as} }, nil
	},
}

// counterAsRate keeps the points of a counter per group.
type counterAsRate struct {
	field, as string
	groups    []counterPoints
	points    int // room for points in all groups
}

// counterPoints are the points of one counter. Those in a row with the same value are told by the first and the last
// of them, which is all that can matter for a point between them.
type counterPoints struct {
	points []counterPoint
	tidy   int  // so many of them, at the beginning, are in order and without needless ones
	fell   bool // the counter went down once, and there will be no rate
}

type counterPoint struct {
	at    moment
	value float64
}

var _ plan.Aggregator = (*counterAsRate)(nil)

func (a *counterAsRate) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *counterAsRate) Add(b *event.Batch, group []uint32) error {
	times := b.Column(timestampField)
	if times == nil {
		return nil
	}
	c := b.Field(a.field)
	for _, r := range b.Selected() {
		v, ok := c.Number(int(r))
		t, timed := times.Number(int(r))
		if !ok || !timed || v-v != 0 || t-t != 0 {
			continue
		}
		g := &a.groups[group[r]]
		before := cap(g.points)
		g.add(counterPoint{moment{t, b.Position(int(r))}, v})
		a.points += cap(g.points) - before
	}
	return nil
}

func (a *counterAsRate) Merge(other plan.Aggregator, group []uint32) error {
	for i := range other.(*counterAsRate).groups {
		from, g := &other.(*counterAsRate).groups[i], &a.groups[group[i]]
		before := cap(g.points)
		if from.fell {
			*g = counterPoints{fell: true}
		}
		for _, p := range from.points {
			g.add(p)
		}
		a.points += cap(g.points) - before
	}
	return nil
}

func (a *counterAsRate) Result(group uint32, w *event.Builder) error {
	g := &a.groups[group]
	g.tidyUp()
	if len(g.points) < 2 || g.fell {
		return nil
	}
	first, last := g.points[0], g.points[len(g.points)-1]
	if last.at.time > first.at.time {
		addNumber(w, a.as, (last.value-first.value)/(last.at.time-first.at.time)*1000)
	}
	return nil
}

func (a *counterAsRate) Bytes() int { return 40*cap(a.groups) + 24*a.points }

// add takes in a point. Points mostly come in order, and then the newest is dealt with at once.
func (g *counterPoints) add(p counterPoint) {
	if g.fell {
		return
	}
	if n := len(g.points); n > 0 && n == g.tidy && compareMoments(g.points[n-1], p) < 0 {
		g.points = g.next(g.points, p)
		g.tidy = len(g.points)
		return
	}
	g.points = append(g.points, p)
	if len(g.points) >= 2*g.tidy+64 {
		g.tidyUp()
	}
}

// next adds a point behind all others.
func (g *counterPoints) next(points []counterPoint, p counterPoint) []counterPoint {
	n := len(points)
	switch {
	case n > 0 && p.value < points[n-1].value:
		g.fell = true
		return nil
	case n > 1 && p.value == points[n-1].value && p.value == points[n-2].value:
		points[n-1] = p
		return points
	}
	return append(points, p)
}

func (g *counterPoints) tidyUp() {
	if g.tidy == len(g.points) {
		return
	}
	slices.SortFunc(g.points, func(p, q counterPoint) int {
		return cmp.Or(compareMoments(p, q), cmp.Compare(p.value, q.value))
	})
	kept := g.points[:0]
	for _, p := range g.points {
		if kept = g.next(kept, p); g.fell {
			break
		}
	}
	g.points, g.tidy = kept, len(kept)
}

func compareMoments(p, q counterPoint) int {
	return cmp.Or(cmp.Compare(p.at.time, q.at.time), cmp.Compare(p.at.position, q.at.position))
}
