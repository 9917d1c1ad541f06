package function

import (
	"fmt"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// Composite is the aggregate written { before | aggregate | after }: the stages before it see a copy of each batch, so
// that what they do is not seen by the other aggregates next to it, and the stages after it see the rows of one group
// at a time.
func Composite(at diag.Span, pre []plan.Stage, agg *Agg, post []plan.Stage) *Agg {
	out := &Agg{
		Name: "{" + agg.Name + "}", At: at, Outputs: agg.Outputs, Rows: agg.Rows, Ordered: agg.Ordered,
		FreeText: agg.FreeText || plan.SearchesText(pre),
	}
	fields := plan.FieldsRead(slices.Concat(pre, []plan.Stage{&plan.Aggregate{Effects: agg.Reads}}, post))
	out.Reads = plan.Effect{Reads: fields.Names, ReadsAll: fields.All || out.FreeText, Only: true}

	forgets := false // some later stage needs all rows of a group, and so a state of its own for each
	for _, s := range post {
		switch s := s.(type) {
		case *plan.Aggregate:
			out.Rows, out.Ordered, forgets = true, s.Ordered, true
		case *plan.Sequence:
			out.Rows, out.Ordered, forgets = true, true, true
		case *plan.Map:
			out.Rows = out.Rows || s.Multiplies || s.Ordered
			forgets = forgets || s.Ordered
		}
		out.Outputs = outputsAfter(out.Outputs, s.Effect())
	}
	if out.Outputs != nil {
		out.Reads.Writes = out.Outputs
	}

	multiplies := slices.ContainsFunc(pre, func(s plan.Stage) bool {
		m, ok := s.(*plan.Map)
		return ok && m.Multiplies
	})
	rows := out.Rows
	out.New = func(rt *plan.Runtime) plan.Aggregator {
		c := &composite{rt: rt, agg: agg.New(rt), post: post, multiplies: multiplies, rows: rows}
		if len(pre) > 0 {
			c.before = plan.NewChain(rt, pre, c.take)
		}
		if len(post) > 0 && !forgets {
			c.after = plan.NewChain(rt, post, c.give)
		}
		if rows {
			return compositeRows{c}
		}
		return c
	}
	return out
}

// outputsAfter follows the fields of result rows through a stage; nil when they are not known.
func outputsAfter(fields []string, e plan.Effect) []string {
	if e.WritesUnknown || fields == nil && !e.Only {
		return nil
	}
	out := []string{}
	if e.Only {
		out = append(out, e.Keeps...)
	} else {
		out = append(out, fields...)
	}
	out = slices.DeleteFunc(out, func(f string) bool { return slices.Contains(e.Drops, f) })
	for _, f := range slices.Concat(e.Writes, e.MayWrite) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// composite is the state of { before | aggregate | after }.
type composite struct {
	rt         *plan.Runtime
	agg        plan.Aggregator
	before     *plan.Chain // nil when nothing stands before the aggregate
	after      *plan.Chain // nil when a chain per group is needed, or none
	post       []plan.Stage
	multiplies bool // some stage before makes several rows of one
	rows       bool

	group []uint32       // of the batch that is in the chain before
	out   *event.Builder // of the rows that are in the chain after
}

// compositeRows is a composite that may give several rows.
type compositeRows struct{ *composite }

var (
	_ plan.Aggregator    = (*composite)(nil)
	_ plan.RowAggregator = compositeRows{}
)

func (compositeRows) GivesRows() {}

func (a compositeRows) Merge(other plan.Aggregator, group []uint32) error {
	return a.composite.Merge(other.(compositeRows).composite, group)
}

// groupField is the hidden field that carries an event's group through stages that may make several events of it.
const groupField = "\x00group"

func (a *composite) Grow(groups int) { a.agg.Grow(groups) }

func (a *composite) Add(b *event.Batch, group []uint32) error {
	if a.before == nil {
		return a.agg.Add(b, group)
	}
	t := b.Clone()
	if a.multiplies {
		ints := make([]int64, b.Len())
		for _, r := range b.Selected() {
			ints[r] = int64(group[r])
		}
		t.Set(groupField, event.NewInteger(ints, nil))
	}
	a.group = group
	return a.before.Push(t)
}

// take receives what the stages before the aggregate let through. Unless they multiply, rows keep their numbers.
func (a *composite) take(b *event.Batch) error {
	if !a.multiplies {
		return a.agg.Add(b, a.group)
	}
	c := b.Field(groupField)
	group := make([]uint32, b.Len())
	for _, r := range b.Selected() {
		g, ok := wholeNumber(c, int(r))
		if !ok {
			return fmt.Errorf("internal error: an event lost its group on the way through a subquery")
		}
		group[r] = uint32(g)
	}
	return a.agg.Add(b, group)
}

func (a *composite) Merge(other plan.Aggregator, group []uint32) error {
	return a.agg.Merge(other.(*composite).agg, group)
}

func (a *composite) Bytes() int { return a.agg.Bytes() }

func (a *composite) Result(group uint32, w *event.Builder) error {
	if len(a.post) == 0 {
		return a.agg.Result(group, w)
	}
	b, err := resultRows(a.agg, group)
	if err != nil {
		return err
	}
	a.out = w
	chain := a.after
	if chain == nil {
		chain = plan.NewChain(a.rt, a.post, a.give)
	}
	if b != nil {
		if err := chain.Push(b); err != nil {
			return err
		}
	}
	if a.after == nil {
		// Aggregates and sequences pass on what they hold, such as the 0 of a count of nothing.
		return chain.End()
	}
	return nil
}

// give receives what the stages after the aggregate let through.
func (a *composite) give(b *event.Batch) error {
	for _, r := range b.Selected() {
		a.out.AddRow(b, int(r))
		if a.rows {
			a.out.EndRow()
		}
	}
	return nil
}
