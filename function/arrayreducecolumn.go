package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayReduceColumnFunc = &Function{
	Name:     "array:reduceColumn",
	Category: "array",
	Summary:  "Runs aggregates over the elements that an array has at the same index in all events.",
	Doc: "Each element is an event of its own to the aggregates: `var` names it, and other names are fields of its event. The result is an array of objects, " +
		"one for each index: `as[0]._avg`, `as[1]._avg` and so on for `function=avg(x)`. Newer examples of LogScale's reference leave the name of the " +
		"aggregate's field out; older ones have it, and without it `[avg(x), max(x)]`, which is also there, would have no names.\n\n" +
		"An aggregate of several rows, such as groupBy(), gives as many events as the largest number of rows that an index has; the nth event holds the nth " +
		"row of each. The array ends in each event before the first element that is absent or an object, and an event without the array adds nothing. Where " +
		"no event has it there is no result.\n\n" +
		"In LogScale the function is experimental, and there if the feature flag ArrayFunctions is set.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, without its brackets or with them."},
		{Name: "as", Kind: ArrayName, Default: "_reduceColumn", Doc: "The array to write."},
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates."},
		{Name: "var", Kind: Text, Required: true, Doc: "What the element is called."},
	},
	Examples: []Example{{
		Query: `best := array:reduceColumn("lap[]", var=t, function={s := min(t)})`,
		In:    "{\"lap[0]\":\"61\",\"lap[1]\":\"58\"}\n{\"lap[0]\":\"60\",\"lap[1]\":\"64\",\"lap[2]\":\"59\"}\n{\"lap\":\"none\"}",
		Out:   `{"best[0].s":"60","best[1].s":"58","best[2].s":"59"}`,
	}, {
		Query: `array:reduceColumn(step, var=s, function=[count(s, distinct=true, as=n), selectLast([s])])`,
		In:    "{\"step[0]\":\"open\",\"step[1]\":\"read\"}\n{\"step[0]\":\"open\",\"step[1]\":\"write\"}",
		Out:   `{"_reduceColumn[0].n":"1","_reduceColumn[0].s":"open","_reduceColumn[1].n":"2","_reduceColumn[1].s":"write"}`,
	}},
	GivesRows: true,
	Outputs:   unknownOutputs,
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		elements, agg, problems := c.reduction()
		as, more := c.arrayName("as")
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		return func(rt *plan.Runtime) plan.Aggregator {
			return &arrayReduceColumn{arrayElements: elements, as: as, inner: agg.New(rt), numbers: newPairTable()}
		}, nil
	},
}

// arrayReduceColumn is array:reduceColumn() at work. Each index of each group is a group of the inner aggregates.
type arrayReduceColumn struct {
	arrayElements
	as      string
	inner   plan.Aggregator
	numbers *pairTable    // of group and index
	columns []indexColumn // by number
	widths  []uint32      // by group: how many indexes there are
	group   []uint32      // by element of the batch in hand
}

type indexColumn struct{ group, index uint32 }

var _ plan.RowAggregator = (*arrayReduceColumn)(nil)

// GivesRows implements plan.RowAggregator.
func (a *arrayReduceColumn) GivesRows() {}

// Grow implements plan.Aggregator.
func (a *arrayReduceColumn) Grow(groups int) { a.widths = grow(a.widths, groups) }

// column gives the inner group of an index in a group.
func (a *arrayReduceColumn) column(group, index uint32) uint32 {
	n, isNew := a.numbers.find(group, index)
	if isNew {
		a.columns = append(a.columns, indexColumn{group, index})
		a.widths[group] = max(a.widths[group], index+1)
	}
	return n
}

// Add implements plan.Aggregator.
func (a *arrayReduceColumn) Add(b *event.Batch, group []uint32) error {
	e := a.find(b)
	if e == nil {
		return nil
	}
	a.group = e.groups(a.group, group)
	for i, g := range a.group {
		a.group[i] = a.column(g, uint32(e.index[i]))
	}
	a.inner.Grow(len(a.columns))
	return a.inner.Add(a.batch(b, e), a.group)
}

// Merge implements plan.Aggregator.
func (a *arrayReduceColumn) Merge(other plan.Aggregator, group []uint32) error {
	o := other.(*arrayReduceColumn)
	numbers := make([]uint32, len(o.columns))
	for n, c := range o.columns {
		numbers[n] = a.column(group[c.group], c.index)
	}
	a.inner.Grow(len(a.columns))
	return a.inner.Merge(o.inner, numbers)
}

// Result implements plan.Aggregator.
func (a *arrayReduceColumn) Result(group uint32, w *event.Builder) error {
	columns := make([]*event.Batch, a.widths[group])
	rows := 0
	for i := range columns {
		var err error
		if columns[i], err = resultRows(a.inner, a.column(group, uint32(i))); err != nil {
			return err
		}
		if columns[i] != nil {
			rows = max(rows, columns[i].Count())
		}
	}
	for n := range rows {
		for i, b := range columns {
			if b == nil || n >= b.Count() {
				continue
			}
			for k, name := range b.Names() {
				if !event.Hidden(name) {
					w.AddFrom(elementName(a.as, i, "."+name), b.Columns()[k], int(b.Selected()[n]))
				}
			}
		}
		w.EndRow()
	}
	return nil
}

// Bytes implements plan.Aggregator.
func (a *arrayReduceColumn) Bytes() int {
	return a.inner.Bytes() + a.numbers.bytes() + 8*cap(a.columns) + 4*cap(a.widths) + 4*cap(a.group)
}
