package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// Combine makes one aggregate of several: the meaning of [e1, e2] and of an array in function=. Where each gives one
// row the result is one row with the fields of all; where some give any number of rows it is their Cartesian product,
// the first varying slowest, in which an aggregate without rows counts as one empty row (language reference 13.2).
func Combine(aggs []*Agg) *Agg {
	if len(aggs) == 1 {
		one := *aggs[0]
		return &one
	}
	out := &Agg{Name: "stats()", Outputs: []string{}}
	known, passes := true, false
	for i, a := range aggs {
		if i == 0 {
			out.At, out.Reads = a.At, a.Reads
		} else {
			out.At, out.Reads = out.At.Join(a.At), out.Reads.Union(a.Reads)
		}
		out.Rows = out.Rows || a.Rows
		out.Ordered = out.Ordered || a.Ordered
		out.FreeText = out.FreeText || a.FreeText
		passes = passes || a.Passes()
		known = known && a.Outputs != nil
		out.Outputs = append(out.Outputs, a.Outputs...)
	}
	out.Reads.Only, out.Reads.Keeps = true, nil
	out.Reads.ReadsAll = out.Reads.ReadsAll || passes
	if !known {
		out.Outputs = nil
	}
	at := out.At
	out.New = func(rt *plan.Runtime) plan.Aggregator {
		c := &combined{rt: rt, at: at, subs: make([]plan.Aggregator, len(aggs))}
		for i, a := range aggs {
			c.subs[i] = a.New(rt)
			// Some aggregates, such as collect(), give several rows only with certain arguments: their state tells.
			if _, rows := c.subs[i].(plan.RowAggregator); rows {
				c.rows = true
			}
		}
		// Where all names are known OutputConflict has looked at them, and rows need no looking at.
		c.apart = c.rows || !known
		if c.rows {
			return combinedRows{c}
		}
		return c
	}
	return out
}

// OutputConflict finds a field that two of the aggregates write, and the place of the second of them.
func OutputConflict(aggs []*Agg) (name string, at diag.Span, bad bool) {
	writer := map[string]int{}
	for i, a := range aggs {
		for _, f := range a.Outputs {
			if j, ok := writer[f]; ok && j != i {
				return f, a.At, true
			}
			writer[f] = i
		}
	}
	return "", diag.Span{}, false
}

// combined drives several aggregators over the same groups.
type combined struct {
	rt   *plan.Runtime
	at   diag.Span
	subs []plan.Aggregator
	// apart is set when the results are worked out one by one and then joined, because some have several rows, or
	// fields that nobody could compare beforehand.
	apart bool
	rows  bool
}

// combinedRows is a combined of which some part gives any number of rows.
type combinedRows struct{ *combined }

var (
	_ plan.Aggregator    = (*combined)(nil)
	_ plan.RowAggregator = combinedRows{}
)

func (combinedRows) GivesRows() {}

func (a combinedRows) Merge(other plan.Aggregator, group []uint32) error {
	return a.combined.Merge(other.(combinedRows).combined, group)
}

func (a *combined) Grow(groups int) {
	for _, s := range a.subs {
		s.Grow(groups)
	}
}

func (a *combined) Add(b *event.Batch, group []uint32) error {
	for _, s := range a.subs {
		if err := s.Add(b, group); err != nil {
			return err
		}
	}
	return nil
}

func (a *combined) Merge(other plan.Aggregator, group []uint32) error {
	for i, s := range other.(*combined).subs {
		if err := a.subs[i].Merge(s, group); err != nil {
			return err
		}
	}
	return nil
}

func (a *combined) Bytes() int {
	n := 0
	for _, s := range a.subs {
		n += s.Bytes()
	}
	return n
}

func (a *combined) Result(group uint32, w *event.Builder) error {
	if !a.apart {
		for _, s := range a.subs {
			if err := s.Result(group, w); err != nil {
				return err
			}
		}
		return nil
	}
	var parts []*event.Batch
	product, width := 1.0, 0
	for _, s := range a.subs {
		b, err := resultRows(s, group)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		parts = append(parts, b)
		product *= float64(b.Count())
		width += len(b.Names())
	}
	if len(parts) == 0 {
		return nil
	}
	// The product of a few harmless tables can be larger than any memory, so it is asked for before it is made.
	if err := a.rt.Memory.Use(a, int(min(product*float64(16+40*width), 1<<60))); err != nil {
		return err
	}
	shared := sharedNames(parts)
	at := make([]int, len(parts))
	for {
		for i, b := range parts {
			w.AddRow(b, int(b.Selected()[at[i]]))
		}
		if len(shared) > 0 {
			a.compare(shared, parts, at)
		}
		if a.rows {
			w.EndRow()
		}
		i := len(parts) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < parts[i].Count() {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			break
		}
	}
	return a.rt.Memory.Use(a, 0)
}

// resultRows gives the result of a group as rows; nil when there are none.
func resultRows(a plan.Aggregator, group uint32) (*event.Batch, error) {
	var out *event.Batch
	err := plan.EmitResult(a, group, func(b *event.Batch) error {
		if b.Count() > 0 {
			out = b
		}
		return nil
	})
	return out, err
}

// sharedNames lists the fields that more than one of the parts has.
func sharedNames(parts []*event.Batch) []string {
	var shared []string
	seen := map[string]int{}
	for _, b := range parts {
		for _, n := range b.Names() {
			if seen[n]++; seen[n] == 2 && !event.Hidden(n) {
				shared = append(shared, n)
			}
		}
	}
	return shared
}

// compare warns of a field for which the parts of one row disagree: the value of the last one stands.
func (a *combined) compare(names []string, parts []*event.Batch, at []int) {
	for _, name := range names {
		first, found := "", false
		for i, b := range parts {
			s, ok := b.Text(name, int(b.Selected()[at[i]]))
			if ok && found && s != first {
				a.rt.Warn(diag.Warningf("field-conflict", a.at, "two aggregates give the field %s different values, of which the last one is kept", name))
			}
			if ok && !found {
				first, found = s, true
			}
		}
	}
}
