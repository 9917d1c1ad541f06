package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var fieldsetFunc = &Function{
	Name:     "fieldset",
	Category: "event",
	Summary:  "Lists the names of the fields that the events have.",
	Doc: "There is a row for each field that some event has, be it empty, sorted by name. Fields count as they are at this place of the query: " +
		"behind an aggregate these are the fields of its rows. The reference does not show what the column of names is called; here it is `field`, as in " +
		"`fieldstats()`.",
	Examples: []Example{{
		Query:     `fieldset()`,
		In:        "{\"user\":\"kim\",\"id\":\"1\"}\n{\"id\":\"2\",\"#kind\":\"x\"}",
		Out:       "{\"field\":\"#kind\"}\n{\"field\":\"id\"}\n{\"field\":\"user\"}",
		Unordered: true,
	}, {
		Query:     `groupBy(user) | fieldset()`,
		In:        "{\"user\":\"kim\",\"id\":\"1\"}\n{\"user\":\"kim\",\"id\":\"2\"}",
		Out:       "{\"field\":\"_count\"}\n{\"field\":\"user\"}",
		Unordered: true,
	}},
	GivesRows: true,
	Outputs:   func(*Call) []string { return []string{nameField} },
	Effect: func(*Call) plan.Effect {
		return plan.Effect{ReadsAll: true, Only: true, Writes: []string{nameField}}
	},
	NewAggregator: func(*Call) (AggregatorFactory, diag.List) {
		return func(*plan.Runtime) plan.Aggregator { return &fieldNames{number: map[string]int{}} }, nil
	},
}

// nameField is the column of fieldset().
const nameField = "field"

// fieldNames is the set of names of present fields per group.
type fieldNames struct {
	number map[string]int
	names  []string
	sets   []event.Bits // by group: numbers of names
	bytes  int
}

var _ plan.RowAggregator = (*fieldNames)(nil)

func (a *fieldNames) GivesRows() {}

func (a *fieldNames) Grow(groups int) { a.sets = grow(a.sets, groups) }

func (a *fieldNames) Add(b *event.Batch, group []uint32) error {
	for i, name := range b.Names() {
		c := b.Columns()[i]
		if event.Hidden(name) || c.Kind() == event.Missing {
			continue
		}
		n, known := a.number[name]
		if known && len(a.sets) == 1 && hasBit(a.sets[0], n) {
			continue // Fast path: nothing to learn.
		}
		for _, r := range b.Selected() {
			if !c.Present(int(r)) {
				continue
			}
			if !known {
				n, known = a.of(name), true
			}
			a.put(group[r], n)
			if len(a.sets) == 1 {
				break
			}
		}
	}
	return nil
}

// of numbers a name.
func (a *fieldNames) of(name string) int {
	n, ok := a.number[name]
	if !ok {
		n = len(a.names)
		a.number[name], a.names = n, append(a.names, name)
		a.bytes += 64 + len(name)
	}
	return n
}

func (a *fieldNames) put(group uint32, n int) {
	set := a.sets[group]
	if need := n/64 + 1 - len(set); need > 0 {
		set = append(set, make(event.Bits, need)...)
		a.sets[group] = set
		a.bytes += 8 * need
	}
	set.Set(n)
}

func hasBit(set event.Bits, n int) bool { return n/64 < len(set) && set.Get(n) }

func (a *fieldNames) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*fieldNames)
	for g, set := range o.sets {
		for n, name := range o.names {
			if hasBit(set, n) {
				a.put(group[g], a.of(name))
			}
		}
	}
	return nil
}

func (a *fieldNames) Result(group uint32, w *event.Builder) error {
	var names []string
	for n, name := range a.names {
		if hasBit(a.sets[group], n) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		w.AddText(nameField, name)
		w.EndRow()
	}
	return nil
}

func (a *fieldNames) Bytes() int { return a.bytes + 24*cap(a.sets) }
