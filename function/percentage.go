package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var percentageFunc = &Function{
	Name:     "percentage",
	Category: "aggregate",
	Summary:  "Gives the share of events that fulfil a condition, in percent.",
	Doc:      "The share is a number from 0 to 100 and is not rounded: use `round()` or `format()` to show it. Without any event there is no result.",
	Unnamed:  "condition",
	Params: []Param{
		{Name: "condition", Kind: Condition, Required: true, Doc: "The condition: filters in braces, or a single filter function."},
		{Name: "as", Kind: NewField, Default: "_percentage", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `percentage({result=failed})`,
		In:    "{\"result\":\"failed\"}\n{\"result\":\"ok\"}\n{\"result\":\"ok\"}\n{\"other\":\"1\"}",
		Out:   `{"_percentage":"25"}`,
	}, {
		Query:     `groupBy(host, function=[count(), percentage(test(ms > 100), as=slow)])`,
		In:        "{\"host\":\"a\",\"ms\":\"90\"}\n{\"host\":\"a\",\"ms\":\"190\"}\n{\"host\":\"b\",\"ms\":\"20\"}",
		Out:       "{\"host\":\"a\",\"_count\":\"2\",\"slow\":\"50\"}\n{\"host\":\"b\",\"_count\":\"1\",\"slow\":\"0\"}",
		Unordered: true,
	}},
	Effect: func(c *Call) plan.Effect {
		return conditionReads(plan.Effect{Only: true, Writes: []string{c.Field("as")}}, c.Pipe("condition"))
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		pipe, as := c.Pipe("condition"), c.Field("as")
		return func(rt *plan.Runtime) plan.Aggregator { return &percentage{test: newRowTest(rt, pipe), as: as} }, nil
	},
}

// percentage counts events, and those that fulfil the condition, per group.
type percentage struct {
	test        *rowTest
	as          string
	all, passed []int64
}

var _ plan.Aggregator = (*percentage)(nil)

func (a *percentage) Grow(groups int) { a.all, a.passed = grow(a.all, groups), grow(a.passed, groups) }

func (a *percentage) Add(b *event.Batch, group []uint32) error {
	passed, err := a.test.passing(b)
	if err != nil {
		return err
	}
	for _, r := range b.Selected() {
		a.all[group[r]]++
		if passed.Get(int(r)) {
			a.passed[group[r]]++
		}
	}
	return nil
}

func (a *percentage) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*percentage)
	for g := range o.all {
		a.all[group[g]] += o.all[g]
		a.passed[group[g]] += o.passed[g]
	}
	return nil
}

func (a *percentage) Result(group uint32, w *event.Builder) error {
	if n := a.all[group]; n > 0 {
		w.AddNumber(a.as, float64(a.passed[group])/float64(n)*100)
	}
	return nil
}

func (a *percentage) Bytes() int { return 16 * cap(a.all) }
