package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// oneValue reads an argument of one aggregate with one result, for functions that give the result a name of their own.
func (c *Call) oneValue(name string) (*Agg, diag.List) {
	agg, problems := c.oneRowEach(name)
	if agg == nil {
		return nil, problems
	}
	if len(agg.Outputs) != 1 {
		return nil, c.Errorf("wrong-kind", name, "%s of %s() wants one aggregate with one result", name, c.Function.Name)
	}
	return agg, nil
}

// keyedValue is a keyTable with one value for each key. What its rows are called is the business of the function.
type keyedValue struct {
	// prepare gives the batch in which the key fields stand; rows without any of them are left out.
	prepare func(b *event.Batch) (*event.Batch, error)
	keys    *keyTable
	agg     plan.Aggregator
	output  string // what the aggregate calls its result
	as      string // and what it is called here
	write   func(keys *keyTable, group uint32, w *event.Builder)
}

var _ plan.RowAggregator = (*keyedValue)(nil)

func (a *keyedValue) GivesRows() {}

func (a *keyedValue) Grow(int) {} // outer groups need no room of their own

func (a *keyedValue) Add(b *event.Batch, outer []uint32) error {
	keyed, err := a.prepare(b)
	if err != nil {
		return err
	}
	group, kept := a.keys.groups(keyed, outer)
	a.agg.Grow(a.keys.len())
	// The aggregate sees the events as they were.
	b = b.Clone()
	b.Select(keyed.Selected())
	if kept != nil {
		b.Select(kept)
	}
	if b.Count() == 0 {
		return nil
	}
	return a.agg.Add(b, group)
}

func (a *keyedValue) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*keyedValue)
	group := a.keys.merge(o.keys, outer)
	a.agg.Grow(a.keys.len())
	return a.agg.Merge(o.agg, group)
}

func (a *keyedValue) Bytes() int { return a.keys.bytes() + a.agg.Bytes() }

func (a *keyedValue) Result(outer uint32, w *event.Builder) error {
	for _, g := range a.keys.inOrder(outer) {
		b, err := resultRows(a.agg, g)
		if err != nil {
			return err
		}
		a.write(a.keys, g, w)
		if b != nil {
			w.AddFrom(a.as, b.Field(a.output), int(b.Selected()[0]))
		}
		w.EndRow()
	}
	return nil
}
