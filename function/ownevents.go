package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// replaceEvents makes a pipeline start from events that the query makes itself. When stages stand in front, their events
// are thrown away: the source is then read for nothing, and the user is told.
func (c *Call) replaceEvents(p *Pipeline, columns []string, values func(rt *plan.Runtime) ([]*event.Batch, error)) diag.List {
	// Inside a clause or a composite the source to replace would be that of the whole query.
	if p.Plan == nil || p.Nested {
		return c.Errorf("aggregate-not-allowed", "", "%s() makes events of its own and must stand first in a query", c.Function.Name)
	}
	replaced := p.Plan.Values != nil
	if len(p.Stages) == 0 {
		p.Plan.Values = values
		if !replaced {
			return nil
		}
	} else {
		p.Add(&plan.Aggregate{
			Name: c.Function.Name + "()", Span: c.At, Ordered: true, Columns: columns,
			Effects: plan.Effect{Only: true, Writes: columns, WritesUnknown: columns == nil},
			New:     func(rt *plan.Runtime) plan.Aggregator { return &ownEvents{rt: rt, values: values} },
		})
	}
	return diag.List{diag.Warningf("events-discarded", c.At, "%s() makes events of its own, so that what stands before it has no effect", c.Function.Name).
		WithHelp("put %s() first", c.Function.Name)}
}

// ownEvents is an aggregate that forgets what it is given, and whose result are events made from nothing.
type ownEvents struct {
	rt     *plan.Runtime
	values func(rt *plan.Runtime) ([]*event.Batch, error)
}

var _ plan.RowAggregator = (*ownEvents)(nil)

func (*ownEvents) GivesRows() {}

// Grow implements plan.Aggregator.
func (*ownEvents) Grow(int) {}

// Add implements plan.Aggregator.
func (*ownEvents) Add(*event.Batch, []uint32) error { return nil }

// Merge implements plan.Aggregator.
func (*ownEvents) Merge(plan.Aggregator, []uint32) error { return nil }

// Bytes implements plan.Aggregator.
func (*ownEvents) Bytes() int { return 0 }

// Result implements plan.Aggregator.
func (a *ownEvents) Result(_ uint32, w *event.Builder) error {
	batches, err := a.values(a.rt)
	if err != nil {
		return err
	}
	for _, b := range batches {
		for _, r := range b.Selected() {
			w.AddRow(b, int(r))
			w.EndRow()
		}
	}
	return nil
}
