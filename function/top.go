package function

import (
	"cmp"
	"math"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var topFunc = &Function{
	Name:     "top",
	Category: "aggregate",
	Summary:  "Finds the most frequent values of fields, or those with the largest sum or maximum of another field.",
	Doc: "The largest comes first; of equals, the one that was met first. Events that lack one of the fields are passed over, and with `sum` or " +
		"`max` also those in which that field is no number.\n\n" +
		"The result is that of `groupBy()` followed by `sort()`, and exact: LogScale estimates it beyond 24576 distinct values, " +
		"and warns when the estimate may be off by more than `error` percent. Here every value is counted, in as much memory as `groupBy()` " +
		"would take, so `error` is accepted and never matters.\n\n" +
		"`percent=true` adds the field `percent`: the share of a row in the total of all rows, those that are not shown included, not rounded. " +
		"There is none where the total is 0. `rest` adds a row at the end for all values that are not shown, if there are any: its key fields hold " +
		"the given text, and its result is their count, sum or maximum. The reference does not say how percentages are rounded, nor " +
		"whether `sum` and `max` exclude each other; here they do.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The fields whose values, or combinations of values, are counted."},
		{Name: "limit", Kind: Int, Default: "10", Min: 1, Max: MaxGroups, Doc: "How many rows to show, or `max`."},
		{Name: "sum", Kind: Field, Doc: "Add up this field instead of counting events."},
		{Name: "max", Kind: Field, Doc: "Take the largest number in this field instead of counting events."},
		{Name: "as", Kind: NewField, Doc: "The field for the result: `_count`, `_sum` or `_max` when not given."},
		{Name: "percent", Kind: Bool, Default: "false", Doc: "Add the share in the total, in percent."},
		{Name: "rest", Kind: Text, Doc: "The text that stands for all other values, in a row of their own."},
		{Name: "error", Kind: Num, Default: "5", Min: 0, Max: 100, Doc: "How many percent an estimate may be off before a warning is given. Nothing is estimated here."},
	},
	Examples: []Example{{
		Query: `top(page, limit=2)`,
		In:    "{\"page\":\"/\"}\n{\"page\":\"/a\"}\n{\"page\":\"/b\"}\n{\"page\":\"/a\"}\n{\"other\":\"1\"}",
		Out:   "{\"page\":\"/a\",\"_count\":\"2\"}\n{\"page\":\"/\",\"_count\":\"1\"}",
	}, {
		Query: `top(host, sum=bytes, as=sent, limit=1, percent=true, rest=others)`,
		In:    "{\"host\":\"a\",\"bytes\":\"10\"}\n{\"host\":\"b\",\"bytes\":\"60\"}\n{\"host\":\"c\",\"bytes\":\"5\"}\n{\"host\":\"a\",\"bytes\":\"5\"}\n{\"host\":\"b\",\"bytes\":\"-\"}",
		Out:   "{\"host\":\"b\",\"sent\":\"60\",\"percent\":\"75\"}\n{\"host\":\"others\",\"sent\":\"20\",\"percent\":\"25\"}",
	}, {
		Doc:   "Several fields count as one combination.",
		Query: `top([method, code], max=took)`,
		In:    "{\"method\":\"GET\",\"code\":\"200\",\"took\":\"12\"}\n{\"method\":\"GET\",\"code\":\"500\",\"took\":\"80\"}\n{\"method\":\"GET\",\"code\":\"200\",\"took\":\"31\"}\n{\"method\":\"PUT\",\"took\":\"99\"}",
		Out:   "{\"method\":\"GET\",\"code\":\"500\",\"_max\":\"80\"}\n{\"method\":\"GET\",\"code\":\"200\",\"_max\":\"31\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Outputs: func(c *Call) []string {
		out := append(slices.Clone(c.Fields("field")), topResult(c))
		if c.Bool("percent") {
			out = append(out, percentField)
		}
		return distinct(out)
	},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields := distinct(c.Fields("field"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "field", "top() needs at least one field")
		}
		if c.Has("sum") && c.Has("max") {
			return nil, c.Errorf("bad-value", "max", "top() ranks by sum or by max, not by both")
		}
		for _, of := range []string{"sum", "max"} {
			if c.Has(of) && c.Field(of) == "" {
				return nil, c.Errorf("bad-value", of, "%s of top() wants the name of a field, and it is empty", of)
			}
		}
		t := top{fields: fields, as: topResult(c), limit: c.Int("limit"), percent: c.Bool("percent"), of: c.Field("sum"), rest: c.Text("rest"), hasRest: c.Has("rest")}
		if c.Has("max") {
			t.of, t.largest = c.Field("max"), true
		}
		if slices.Contains(fields, t.as) || t.percent && (t.as == percentField || slices.Contains(fields, percentField)) {
			return nil, c.Errorf("field-conflict", "as", "top() would write two values to one field: choose another name with as=")
		}
		return func(*plan.Runtime) plan.Aggregator {
			state := t
			state.keys = newKeyTable(fields)
			return &state
		}, nil
	},
}

// percentField is the field that top(percent=true) writes.
const percentField = "percent"

// topResult is the name of the field that top() writes.
func topResult(c *Call) string {
	switch {
	case c.Field("as") != "":
		return c.Field("as")
	case c.Has("sum"):
		return "_sum"
	case c.Has("max"):
		return "_max"
	}
	return "_count"
}

// top is a keyTable with a number for each key: a count or a sum, which are exact, or a maximum.
type top struct {
	fields  []string
	as      string
	of      string // the field that is added up or compared; "" to count
	largest bool
	limit   int
	percent bool
	rest    string
	hasRest bool

	keys  *keyTable
	sums  []exactSum // of each key, unless largest
	highs []float64  // of each key, when largest
	extra int        // bytes of the sums that have fractions
}

var _ plan.RowAggregator = (*top)(nil)

func (a *top) GivesRows() {}

func (a *top) Grow(int) {} // outer groups need no room of their own

func (a *top) grow() {
	if !a.largest {
		a.sums = grow(a.sums, a.keys.len())
		return
	}
	n := len(a.highs)
	a.highs = grow(a.highs, a.keys.len())
	for ; n < len(a.highs); n++ {
		a.highs[n] = math.Inf(-1)
	}
}

func (a *top) Add(b *event.Batch, outer []uint32) error {
	b = b.Clone()
	for _, f := range a.fields {
		c := b.Field(f)
		b.Narrow(c.Present)
	}
	if a.of != "" {
		c := b.Field(a.of)
		b.Narrow(func(row int) bool { return readNumber(c, row).rank == rankValue })
	}
	if b.Count() == 0 {
		return nil
	}
	key, _ := a.keys.groups(b, outer)
	a.grow()
	switch {
	case a.of == "":
		for _, r := range b.Selected() {
			a.sums[key[r]].addInt(1)
		}
	case a.largest:
		eachNumber(b, a.of, key, func(k uint32, v float64) { a.highs[k] = max(a.highs[k], v) })
	default:
		eachNumber(b, a.of, key, func(k uint32, v float64) {
			a.change(k, func(s *exactSum) { s.add(v) })
		})
	}
	return nil
}

// change changes a sum, and keeps count of the memory it takes.
func (a *top) change(key uint32, f func(s *exactSum)) {
	s := &a.sums[key]
	before := s.more
	f(s)
	if s.more != before {
		a.extra += restBytes
	}
}

func (a *top) Merge(other plan.Aggregator, outer []uint32) error {
	o := other.(*top)
	keys := a.keys.merge(o.keys, outer)
	a.grow()
	for i, key := range keys {
		if a.largest {
			a.highs[key] = max(a.highs[key], o.highs[i])
		} else {
			a.change(key, func(s *exactSum) { s.merge(&o.sums[i]) })
		}
	}
	return nil
}

func (a *top) Bytes() int { return a.keys.bytes() + 16*cap(a.sums) + 8*cap(a.highs) + a.extra }

// number is what a key is ranked by.
func (a *top) number(key uint32) float64 {
	if a.largest {
		return a.highs[key]
	}
	_, f, _ := a.sums[key].value()
	return f
}

func (a *top) Result(outer uint32, w *event.Builder) error {
	keys := a.keys.inOrder(outer)
	type entry struct {
		key    uint32
		number float64
	}
	ranked := make([]entry, len(keys))
	var total exactSum
	for i, k := range keys {
		ranked[i] = entry{k, a.number(k)}
		if a.percent {
			total.merge(a.sum(k))
		}
	}
	slices.SortStableFunc(ranked, func(x, y entry) int { return cmp.Compare(y.number, x.number) })
	shown := min(a.limit, len(ranked))
	for _, e := range ranked[:shown] {
		a.keys.write(e.key, w)
		result := a.sum(e.key)
		a.write(w, result, result, &total)
	}
	if !a.hasRest || shown == len(ranked) {
		return nil
	}
	var share exactSum
	for _, e := range ranked[shown:] {
		share.merge(a.sum(e.key))
	}
	left := &share
	if a.largest {
		left = a.sum(ranked[shown].key)
	}
	for _, f := range a.fields {
		w.AddText(f, a.rest)
	}
	a.write(w, left, &share, &total)
	return nil
}

// sum is the result of a key, as a sum.
func (a *top) sum(key uint32) *exactSum {
	if !a.largest {
		return &a.sums[key]
	}
	var s exactSum
	s.add(a.highs[key])
	return &s
}

// write ends a row with its result, and its share in the total.
func (a *top) write(w *event.Builder, result, share, total *exactSum) {
	if n, f, isInt := result.value(); isInt && (n > maxWhole || n < -maxWhole) {
		w.AddInteger(a.as, n)
	} else {
		addNumber(w, a.as, f)
	}
	if a.percent {
		_, part, _ := share.value()
		if _, all, _ := total.value(); all != 0 {
			addNumber(w, percentField, 100*part/all)
		}
	}
	w.EndRow()
}
