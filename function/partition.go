package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var partitionFunc = &Function{
	Name:     "partition",
	Category: "sequence",
	Summary:  "Cuts a sequence of rows where a condition holds and runs aggregates on each part.",
	Doc: sequenceDoc +
		"A row that fulfils the condition begins a new part, or with `split=after` ends the present one. Parts keep their order, no part is empty, " +
		"and a part for which the aggregates have no result gives no row. Only one part is held in memory at a time.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Required: true, Doc: "What to work out for each part; a sequence function may stand here too."},
		{Name: "condition", Kind: Condition, Required: true, Doc: "Where to cut: filters in braces, or a single filter function."},
		{Name: "split", Kind: Enum, Enum: []string{"before", "after"}, Default: "before", Doc: "Whether to cut before or after a row that fulfils the condition."},
	},
	Examples: []Example{{
		Doc:   "Attempts until each success.",
		Query: `head() | partition([count(as=tries), selectLast(user)], condition={result=ok}, split=after)`,
		In:    "{\"user\":\"ann\",\"result\":\"bad\"}\n{\"user\":\"ann\",\"result\":\"bad\"}\n{\"user\":\"ann\",\"result\":\"ok\"}\n{\"user\":\"bob\",\"result\":\"ok\"}\n{\"user\":\"eve\",\"result\":\"bad\"}",
		Out:   "{\"tries\":\"3\",\"user\":\"ann\"}\n{\"tries\":\"1\",\"user\":\"bob\"}\n{\"tries\":\"1\",\"user\":\"eve\"}",
	}, {
		Doc:   "A new part wherever a value changes.",
		Query: `head() | neighbor(state, prefix=was) | partition([selectLast(state), count(as=long)], condition=test(state != was.state))`,
		In:    "{\"state\":\"up\"}\n{\"state\":\"up\"}\n{\"state\":\"down\"}\n{\"state\":\"up\"}",
		Out:   "{\"state\":\"up\",\"long\":\"2\"}\n{\"state\":\"down\",\"long\":\"1\"}\n{\"state\":\"up\",\"long\":\"1\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		aggs := c.Aggregates("function")
		out := Combine(aggs).Outputs
		e := conditionReads(plan.Effect{Only: true, Writes: out, WritesUnknown: out == nil}, c.Pipe("condition"))
		return aggregatesRead(e, aggs)
	},
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		aggs := c.Aggregates("function")
		if len(aggs) == 0 {
			return nil, c.Errorf("missing-argument", "function", "partition() needs an aggregate")
		}
		agg, pipe, after := Combine(aggs), c.Pipe("condition"), c.Text("split") == "after"
		return func(rt *plan.Runtime) plan.Sequencer {
			return &partition{sequence: sequence{rt: rt}, agg: agg, test: newRowTest(rt, pipe), after: after}
		}, nil
	},
}

// partition is partition() at work.
type partition struct {
	sequence
	agg   *Agg
	test  *rowTest
	after bool
	state plan.Aggregator // of the present part; nil when no row is in it yet
	w     event.Builder
	given uint64
}

var _ plan.Sequencer = (*partition)(nil)

// Next implements plan.Sequencer.
func (a *partition) Next(b *event.Batch, emit func(*event.Batch) error) error {
	b = a.take(b)
	cut, err := a.test.passing(b)
	if err != nil {
		return err
	}
	rows := b.Selected()
	begin := 0
	for r := range rows {
		if !cut.Get(r) {
			continue
		}
		end := r
		if a.after {
			end = r + 1
		}
		if err := a.add(b, rows[begin:end]); err != nil {
			return err
		}
		if err := a.finish(); err != nil {
			return err
		}
		begin = end
	}
	if err := a.add(b, rows[begin:]); err != nil {
		return err
	}
	if a.state != nil {
		if err := a.rt.Memory.Use(a, a.state.Bytes()); err != nil {
			return err
		}
	}
	return a.flush(emit)
}

// End implements plan.Sequencer.
func (a *partition) End(emit func(*event.Batch) error) error {
	if err := a.finish(); err != nil {
		return err
	}
	if err := a.rt.Memory.Use(a, 0); err != nil {
		return err
	}
	return a.flush(emit)
}

// add takes rows into the present part.
func (a *partition) add(b *event.Batch, rows []int32) error {
	if len(rows) == 0 {
		return nil
	}
	if a.state == nil {
		a.state = newState(a.agg, a.rt)
	}
	if len(rows) < b.Len() {
		b = b.Gather(rows) // an aggregate may take as long as the batch, selected or not
	}
	return a.state.Add(b, plan.ZeroGroups(b.Len()))
}

// finish writes the result of the present part.
func (a *partition) finish() error {
	if a.state == nil {
		return nil
	}
	err := a.state.Result(0, &a.w)
	if a.w.Pending() {
		a.w.EndRow()
	}
	a.state = nil
	return err
}

func (a *partition) flush(emit func(*event.Batch) error) error {
	b := a.w.Flush()
	if b == nil {
		return nil
	}
	b.SetPosition(a.given)
	a.given += uint64(b.Len())
	return emit(b)
}
