package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var stdDevFunc = &Function{
	Name:     "stdDev",
	Category: "aggregate",
	Summary:  "Gives the standard deviation of the numbers in a field.",
	Doc: noNumbers + "Without any number there is no result.\n\n" +
		"The reference does not say which of the two formulas it means; this is the population's, which divides by the " +
		"count n. Multiply by the root of n/(n-1) for that of a sample. The sums behind it are exact, so " +
		"values that differ little from a large mean lose nothing, and the order of the events does not matter.",
	Unnamed: "field",
	Params:  numericParams("_stddev", "measured"),
	Examples: []Example{{
		Query: `stdDev(x)`,
		In:    "{\"x\":\"2\"}\n{\"x\":\"4\"}\n{\"x\":\"4\"}\n{\"x\":\"4\"}\n{\"x\":\"5\"}\n{\"x\":\"5\"}\n{\"x\":\"7\"}\n{\"x\":\"9\"}\n{\"x\":\"none\"}",
		Out:   `{"_stddev":"2"}`,
	}},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		field, as := c.Field("field"), c.Field("as")
		return func(*plan.Runtime) plan.Aggregator { return &stdDev{field: field, as: as} }, nil
	},
}

// stdDev keeps, per group, how many numbers there are, their sum and the sum of their squares.
type stdDev struct {
	field, as string
	groups    []moments
	extra     int
}

type moments struct {
	n            int64
	sum, squares exactSum
}

var _ plan.Aggregator = (*stdDev)(nil)

func (a *stdDev) Grow(groups int) { a.groups = grow(a.groups, groups) }

func (a *stdDev) Add(b *event.Batch, group []uint32) error {
	eachNumber(b, a.field, group, func(g uint32, v float64) {
		m := &a.groups[g]
		before := m.squares.more
		m.n++
		m.sum.add(v)
		m.squares.addSquare(v)
		if m.squares.more != before {
			a.extra += 2 * restBytes
		}
	})
	return nil
}

func (a *stdDev) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*stdDev)
	for g := range o.groups {
		m, from := &a.groups[group[g]], &o.groups[g]
		before := m.squares.more
		m.n += from.n
		m.sum.merge(&from.sum)
		m.squares.merge(&from.squares)
		if m.squares.more != before {
			a.extra += 2 * restBytes
		}
	}
	return nil
}

func (a *stdDev) Result(group uint32, w *event.Builder) error {
	if m := &a.groups[group]; m.n > 0 {
		addNumber(w, a.as, deviation(m.n, &m.sum, &m.squares))
	}
	return nil
}

func (a *stdDev) Bytes() int { return 40*cap(a.groups) + a.extra }
