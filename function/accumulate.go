package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// currentParam tells whether a running result has the row that it is written to in it.
var currentParam = Param{
	Name: "current", Kind: Enum, Enum: []string{"include", "exclude"}, Default: "include",
	Doc: "Whether the result at a row counts the row itself.",
}

var accumulateFunc = &Function{
	Name:     "accumulate",
	Category: "sequence",
	Summary:  "Adds to each row the results of aggregates over the rows up to it.",
	Doc: sequenceDoc +
		"Every row is kept with all of its fields. Where an aggregate has no result yet, such as `avg()` before the first number, a field of its name " +
		"stays as it is; `sum()` and `count()` begin with 0. With `current=exclude` a row gets the results of the rows before it.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates, each of which gives at most one row."},
		currentParam,
	},
	Examples: []Example{{
		Query: `sort(day, order=asc) | accumulate([sum(sold, as=total), max(sold, as=best)])`,
		In:    "{\"day\":\"2\",\"sold\":\"7\"}\n{\"day\":\"1\",\"sold\":\"4\"}\n{\"day\":\"3\"}\n{\"day\":\"4\",\"sold\":\"5\"}",
		Out: "{\"day\":\"1\",\"sold\":\"4\",\"total\":\"4\",\"best\":\"4\"}\n{\"day\":\"2\",\"sold\":\"7\",\"total\":\"11\",\"best\":\"7\"}\n" +
			"{\"day\":\"3\",\"total\":\"11\",\"best\":\"7\"}\n{\"day\":\"4\",\"sold\":\"5\",\"total\":\"16\",\"best\":\"7\"}",
	}, {
		Doc:   "The mean of what came before.",
		Query: `head() | accumulate(avg(ms), current=exclude)`,
		In:    "{\"ms\":\"10\"}\n{\"ms\":\"30\"}\n{\"ms\":\"80\"}",
		Out:   "{\"ms\":\"10\"}\n{\"ms\":\"30\",\"_avg\":\"10\"}\n{\"ms\":\"80\",\"_avg\":\"20\"}",
	}, {
		Doc:   "Per group.",
		Query: `head() | groupBy(host, function=accumulate(count(as=nth)))`,
		In:    "{\"host\":\"web1\",\"job\":\"a\"}\n{\"host\":\"web2\",\"job\":\"b\"}\n{\"host\":\"web1\",\"job\":\"c\"}",
		Out:   "{\"host\":\"web1\",\"job\":\"a\",\"nth\":\"1\"}\n{\"host\":\"web1\",\"job\":\"c\",\"nth\":\"2\"}\n{\"host\":\"web2\",\"job\":\"b\",\"nth\":\"1\"}",
	}},
	Effect: runningEffect,
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		agg, problems := c.oneRowEach("function")
		if agg == nil {
			return nil, problems
		}
		exclude := c.Text("current") == "exclude"
		return func(rt *plan.Runtime) plan.Sequencer {
			return &accumulate{sequence: sequence{rt: rt}, state: newState(agg, rt), exclude: exclude}
		}, problems
	},
}

// accumulate is accumulate() at work.
type accumulate struct {
	sequence
	state   plan.Aggregator
	exclude bool
	results runningResults
}

var _ plan.Sequencer = (*accumulate)(nil)

// Next implements plan.Sequencer.
func (a *accumulate) Next(b *event.Batch, emit func(*event.Batch) error) error {
	b = a.take(b)
	for _, p := range pieces(b) {
		for r := range p.Len() {
			if a.exclude {
				if err := a.results.add(a.state); err != nil {
					return err
				}
			}
			p.Select(ascending[r : r+1])
			if err := a.state.Add(p, plan.ZeroGroups(p.Len())); err != nil {
				return err
			}
			if !a.exclude {
				if err := a.results.add(a.state); err != nil {
					return err
				}
			}
		}
	}
	if err := a.rt.Memory.Use(a, a.state.Bytes()); err != nil {
		return err
	}
	a.results.join(b)
	return emit(b)
}

// End implements plan.Sequencer.
func (a *accumulate) End(func(*event.Batch) error) error { return a.rt.Memory.Use(a, 0) }
