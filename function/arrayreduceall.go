package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayReduceAllFunc = &Function{
	Name:     "array:reduceAll",
	Category: "array",
	Summary:  "Runs aggregates over the elements that an array has in all events.",
	Doc: "Each element is an event of its own to the aggregates: `var` names it, and other names are fields of its event. It is what `split()` in front of " +
		"them does, without the copies. Several aggregates are joined as by stats(). LogScale takes only aggregates that give one event with one field; here " +
		"all may stand.\n\n" +
		"The array ends in each event before the first element that is absent or an object, and an event without the array adds nothing.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"sizes[]\"`."},
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates."},
		{Name: "var", Kind: Text, Required: true, Doc: "What the element is called."},
	},
	Examples: []Example{{
		Query: `array:reduceAll("ms[]", var=t, function=[avg(t), slowest := max(t), count()])`,
		In:    "{\"ms[0]\":\"10\",\"ms[1]\":\"30\"}\n{\"ms\":\"none\"}\n{\"ms[0]\":\"20\",\"ms[2]\":\"90\"}",
		Out:   `{"_avg":"20","slowest":"30","_count":"3"}`,
	}, {
		Query:     `array:reduceAll("port[]", var=p, function=groupBy([p], function=collect(host))) | sort(p, order=asc)`,
		In:        "{\"host\":\"a\",\"port[0]\":\"22\",\"port[1]\":\"80\"}\n{\"host\":\"b\",\"port[0]\":\"22\"}",
		Out:       "{\"p\":\"22\",\"host\":\"a\\nb\"}\n{\"p\":\"80\",\"host\":\"a\"}",
		Unordered: false,
	}},
	GivesRows: true,
	Outputs:   func(c *Call) []string { return Combine(c.Aggregates("function")).Outputs },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		elements, agg, problems := c.reduction()
		if len(problems) > 0 {
			return nil, problems
		}
		return func(rt *plan.Runtime) plan.Aggregator {
			inner := agg.New(rt)
			if _, rows := inner.(plan.RowAggregator); !rows {
				inner = oneRow{inner}
			}
			return &arrayReduceAll{arrayElements: elements, inner: inner}
		}, nil
	},
}

// reduction reads the parameters array, var and function of a function that aggregates elements.
func (c *Call) reduction() (arrayElements, *Agg, diag.List) {
	array, problems := c.arrayName("array")
	aggs := c.Aggregates("function")
	switch {
	case len(problems) > 0:
		return arrayElements{}, nil, problems
	case c.Text("var") == "":
		return arrayElements{}, nil, c.Errorf("bad-value", "var", "%s() needs a name for the element, and var is empty", c.Function.Name)
	case len(aggs) == 0:
		return arrayElements{}, nil, c.Errorf("missing-argument", "function", "%s() needs an aggregate: function=max(%s)", c.Function.Name, c.Text("var"))
	}
	agg := Combine(aggs)
	return arrayElements{
		array: array, name: c.Text("var"), flat: true, reads: agg.Reads.Reads, readsAll: agg.Reads.ReadsAll || agg.Passes(),
	}, agg, nil
}

// arrayReduceAll is array:reduceAll() at work.
type arrayReduceAll struct {
	arrayElements
	inner plan.Aggregator
	group []uint32 // by element of the batch in hand
}

var _ plan.RowAggregator = (*arrayReduceAll)(nil)

// GivesRows implements plan.RowAggregator.
func (a *arrayReduceAll) GivesRows() {}

// Grow implements plan.Aggregator.
func (a *arrayReduceAll) Grow(groups int) { a.inner.Grow(groups) }

// Add implements plan.Aggregator.
func (a *arrayReduceAll) Add(b *event.Batch, group []uint32) error {
	e := a.find(b)
	if e == nil {
		return nil
	}
	a.group = e.groups(a.group, group)
	return a.inner.Add(a.batch(b, e), a.group)
}

// Merge implements plan.Aggregator.
func (a *arrayReduceAll) Merge(other plan.Aggregator, group []uint32) error {
	return a.inner.Merge(other.(*arrayReduceAll).inner, group)
}

// Result implements plan.Aggregator.
func (a *arrayReduceAll) Result(group uint32, w *event.Builder) error {
	return a.inner.Result(group, w)
}

// Bytes implements plan.Aggregator.
func (a *arrayReduceAll) Bytes() int { return a.inner.Bytes() + 4*cap(a.group) }
