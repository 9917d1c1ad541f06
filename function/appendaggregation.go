package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var appendAggregationFunc = &Function{
	Name:     "appendAggregation",
	Category: "aggregate",
	Summary:  "Passes rows on as they are and adds the result of an aggregate over them behind the last one.",
	Doc: sequenceDoc +
		"This makes a table with a line of totals. A result of several rows adds them all; without any input there is the result of nothing, such as a count of 0.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates; `{aggregate | ...}` to change their result, for example to give it a name."},
	},
	Examples: []Example{{
		Query: `groupBy(host, function=sum(errors, as=n)) | sort(n) | appendAggregation({sum(n, as=n) | host := "(all)"})`,
		In:    "{\"host\":\"web1\",\"errors\":\"2\"}\n{\"host\":\"web2\",\"errors\":\"3\"}\n{\"host\":\"web1\",\"errors\":\"5\"}",
		Out:   "{\"host\":\"web1\",\"n\":\"7\"}\n{\"host\":\"web2\",\"n\":\"3\"}\n{\"n\":\"10\",\"host\":\"(all)\"}",
	}, {
		Query: `head() | appendAggregation([min(t), max(t)])`,
		In:    "{\"t\":\"4\"}\n{\"t\":\"9\"}",
		Out:   "{\"t\":\"4\"}\n{\"t\":\"9\"}\n{\"_min\":\"4\",\"_max\":\"9\"}",
	}},
	Effect: runningEffect,
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		aggs := c.Aggregates("function")
		if len(aggs) == 0 {
			return nil, c.Errorf("missing-argument", "function", "appendAggregation() needs an aggregate")
		}
		agg := Combine(aggs)
		return func(rt *plan.Runtime) plan.Sequencer {
			return &appendAggregation{sequence: sequence{rt: rt}, state: newState(agg, rt)}
		}, nil
	},
}

// appendAggregation is appendAggregation() at work.
type appendAggregation struct {
	sequence
	state plan.Aggregator
}

var _ plan.Sequencer = (*appendAggregation)(nil)

// Next implements plan.Sequencer.
func (a *appendAggregation) Next(b *event.Batch, emit func(*event.Batch) error) error {
	b = a.take(b)
	if err := a.state.Add(b.Clone(), plan.ZeroGroups(b.Len())); err != nil {
		return err
	}
	if err := a.rt.Memory.Use(a, a.state.Bytes()); err != nil {
		return err
	}
	return emit(b)
}

// End implements plan.Sequencer.
func (a *appendAggregation) End(emit func(*event.Batch) error) error {
	err := plan.EmitResult(a.state, 0, func(b *event.Batch) error {
		b.SetPosition(a.seen)
		return emit(b)
	})
	if err != nil {
		return err
	}
	return a.rt.Memory.Use(a, 0)
}
