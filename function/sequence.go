package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// What the sequence functions have in common: accumulate(), neighbor(), partition(), slidingWindow(),
// slidingTimeWindow() and appendAggregation().

// sequenceDoc says where a sequence function may stand.
const sequenceDoc = "It works on rows in order, and so must stand behind an aggregate that orders them, such as `head()`, `sort()` or `bucket()`. " +
	"Behind such an aggregate it may also be the `function` of `groupBy()` and others, where it sees the rows of each group in the order in which they come; " +
	"it may not stand next to another function that gives several rows.\n\n"

// sequence numbers the rows that a sequence function sees.
type sequence struct {
	rt   *plan.Runtime
	seen uint64
}

// take gives a batch of the rows of another, all selected, whose positions are their numbers in the sequence: the
// aggregates that look at positions must not mistake an order by other means for that of the input.
func (s *sequence) take(b *event.Batch) *event.Batch {
	if out := b.Compact(); out != b {
		b = out
	} else {
		b = b.Clone()
	}
	b.SetPosition(s.seen)
	s.seen += uint64(b.Len())
	return b
}

// sequencePiece is how many rows a batch has out of which single rows, or the rows of a window, are given to aggregates.
// Some of them, with transformations in front, take as long as the batch is, whatever is selected.
const sequencePiece = 64

// ascending are row numbers to select a range from.
var ascending = func() (rows [sequencePiece]int32) {
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}()

// pieces cuts a batch, of which all rows are selected, into short ones.
func pieces(b *event.Batch) []*event.Batch {
	if b.Len() <= sequencePiece {
		return []*event.Batch{b.Clone()}
	}
	var out []*event.Batch
	rows := b.Selected()
	for len(rows) > 0 {
		n := min(sequencePiece, len(rows))
		out = append(out, b.Gather(rows[:n]))
		rows = rows[n:]
	}
	return out
}

// batchBytes is about how much memory the rows of a batch hold.
func batchBytes(b *event.Batch) int { return b.Len() * (16 + 40*len(b.Names())) }

// newState readies an aggregator for one group.
func newState(agg *Agg, rt *plan.Runtime) plan.Aggregator {
	a := agg.New(rt)
	a.Grow(1)
	return a
}

// runningResults collects the results of an aggregate, one for each row of a batch.
type runningResults struct{ w event.Builder }

// add takes the present result of an aggregator, which gives at most one row.
func (r *runningResults) add(agg plan.Aggregator) error {
	defer r.w.EndRow()
	if _, rows := agg.(plan.RowAggregator); !rows {
		return agg.Result(0, &r.w)
	}
	b, err := resultRows(agg, 0)
	if b != nil {
		r.w.AddRow(b, int(b.Selected()[0]))
	}
	return err
}

// join adds the results to the rows that they are for. A result that there is not leaves a field of its name alone.
func (r *runningResults) join(b *event.Batch) {
	results := r.w.Flush()
	if results == nil {
		return
	}
	for i, name := range results.Names() {
		if c := results.Columns()[i]; c.Kind() != event.Missing {
			SetColumn(b, name, c)
		}
	}
}

// runningEffect is the effect of a function that adds the results of aggregates to rows.
func runningEffect(c *Call) plan.Effect {
	e := c.DefaultEffect()
	out := Combine(c.Aggregates("function")).Outputs
	e.MayWrite, e.WritesUnknown = append(e.MayWrite, out...), out == nil
	return e
}

// oneRowEach reads an argument of aggregates that give at most one row each, as one aggregate.
func (c *Call) oneRowEach(name string) (*Agg, diag.List) {
	aggs := c.Aggregates(name)
	if len(aggs) == 0 {
		return nil, c.Errorf("missing-argument", name, "%s() needs an aggregate", c.Function.Name)
	}
	for _, a := range aggs {
		if severalRows(a.New(&plan.Runtime{})) {
			return nil, diag.List{diag.Errorf("wrong-kind", a.At, "%s of %s() wants aggregates that give one row, and %s may give several", name, c.Function.Name, a.Name)}
		}
	}
	return Combine(aggs), nil
}

// severalRows tells whether an aggregator may give more than one row for a group.
func severalRows(a plan.Aggregator) bool {
	switch a := a.(type) {
	case oneRow:
		return false
	case *rankedRows:
		return a.limit > 1
	case combinedRows:
		for _, s := range a.subs {
			if severalRows(s) {
				return true
			}
		}
		return false
	case compositeRows:
		several := severalRows(a.agg)
		for _, s := range a.post {
			switch s := s.(type) {
			case *plan.Aggregate:
				several = severalRows(s.New(&plan.Runtime{}))
			case *plan.Sequence:
				several = true
			case *plan.Map:
				several = several || s.Multiplies
			}
		}
		return several
	}
	_, rows := a.(plan.RowAggregator)
	return rows
}

// InOrder makes an aggregate of a sequence function, for a function= argument: it collects the rows of a group and
// takes them through the sequence in the order in which they came.
func InOrder(name string, at diag.Span, s *plan.Sequence) *Agg {
	rows := &Agg{Name: name, At: at, Rows: true, Ordered: true, New: func(*plan.Runtime) plan.Aggregator {
		return &rankedRows{order: &rowOrder{}, limit: math.MaxInt}
	}}
	out := Composite(at, nil, rows, []plan.Stage{s})
	out.Name, out.Sequence = name, true
	return out
}

// SequenceConflict finds a sequence function that stands next to another aggregate of several rows: their rows would
// be multiplied, which is no sequence any more.
func SequenceConflict(aggs []*Agg) (a *Agg, bad bool) {
	rows := 0
	for _, g := range aggs {
		if g.Rows {
			rows++
		}
		if g.Sequence {
			a = g
		}
	}
	return a, a != nil && rows > 1
}
