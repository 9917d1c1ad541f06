package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayReduceRowFunc = &Function{
	Name:     "array:reduceRow",
	Category: "array",
	Summary:  "Runs an aggregate over the elements of an array, in each event by itself.",
	Doc: "Each element is an event of its own to the aggregate: `var` names it, and other names are fields of its event. The result is added to the event, " +
		"under the name `as`, a dot and the field of the aggregate: `_reduceRow._avg` for `function=avg(x)`. The tables in LogScale's reference call it " +
		"`_avg`, against the text around them. Of several aggregates each gives a field; one that may give several rows, such as groupBy(), cannot stand " +
		"here.\n\n" +
		"The array ends before the first element that is absent or an object. An event without the array is one whose array is empty: a count of it is 0, and " +
		"an average is null and writes nothing.\n\n" +
		"In LogScale the function is experimental, and there if the feature flag ArrayFunctions is set.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, without its brackets or with them."},
		{Name: "as", Kind: Text, Default: "_reduceRow", Doc: "What the names of the fields to write begin with."},
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregate."},
		{Name: "var", Kind: Text, Required: true, Doc: "What the element is called."},
	},
	Examples: []Example{{
		Query: `array:reduceRow("ms[]", var=t, function=avg(t))`,
		In:    "{\"ms[0]\":\"10\",\"ms[1]\":\"30\"}\n{\"ms[0]\":\"7\"}\n{\"ms\":\"none\"}",
		Out:   "{\"ms[0]\":\"10\",\"ms[1]\":\"30\",\"_reduceRow._avg\":\"20\"}\n{\"ms[0]\":\"7\",\"_reduceRow._avg\":\"7\"}\n{\"ms\":\"none\"}",
	}, {
		Query: `of := array:reduceRow(size, var=s, function=[max(s, as=max), {test(s > limit) | count(as=large)}])`,
		In:    "{\"limit\":\"5\",\"size[0]\":\"3\",\"size[1]\":\"8\",\"size[2]\":\"9\"}\n{\"limit\":\"5\",\"size[0]\":\"4\"}",
		Out: "{\"limit\":\"5\",\"size[0]\":\"3\",\"size[1]\":\"8\",\"size[2]\":\"9\",\"of.max\":\"9\",\"of.large\":\"2\"}\n" +
			"{\"limit\":\"5\",\"size[0]\":\"4\",\"of.max\":\"4\",\"of.large\":\"0\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		agg := Combine(c.Aggregates("function"))
		e := plan.Effect{ReadsAll: true, WritesUnknown: agg.Outputs == nil}
		for _, f := range agg.Outputs {
			e.MayWrite = append(e.MayWrite, c.Text("as")+"."+f)
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		elements, agg, problems := c.reduction()
		if len(problems) > 0 {
			return nil, problems
		}
		if !givesOneRow(agg) {
			return nil, c.Errorf("bad-value", "function", "array:reduceRow() needs an aggregate that gives one row, and %s may give several", agg.Name)
		}
		as := c.Text("as")
		return func(rt *plan.Runtime) plan.Mapper {
			return &arrayReduceRow{arrayElements: elements, as: as, agg: agg, rt: rt}
		}, nil
	},
}

// givesOneRow tells whether an aggregate gives no more than one row. Of collect() and others whose arguments decide it
// only the state knows.
func givesOneRow(agg *Agg) bool {
	if !agg.Rows {
		return true
	}
	switch agg.New(&plan.Runtime{}).(type) {
	case oneRow:
		return true
	case plan.RowAggregator:
		return false
	}
	return true
}

// arrayReduceRow is array:reduceRow() at work.
type arrayReduceRow struct {
	arrayElements
	as  string
	agg *Agg
	rt  *plan.Runtime
}

var _ plan.Mapper = (*arrayReduceRow)(nil)

// Map implements plan.Mapper. Each row is a group of an aggregator that lives as long as the batch.
func (m *arrayReduceRow) Map(b *event.Batch) error {
	agg := m.agg.New(m.rt)
	agg.Grow(b.Len())
	if e := m.find(b); e != nil {
		group := make([]uint32, len(e.rows))
		for i, r := range e.rows {
			group[i] = uint32(r)
		}
		if err := agg.Add(m.batch(b, e), group); err != nil {
			return err
		}
	}
	res, err := rowResults(agg, b.Selected())
	if err != nil || res == nil {
		return err
	}
	from := make([]int32, b.Len()) // rows of the result; what stands in rows that are not selected does not matter
	for i, r := range b.Selected() {
		from[r] = int32(i)
	}
	for i, name := range res.Names() {
		if !event.Hidden(name) {
			SetColumn(b, m.as+"."+name, res.Columns()[i].Gather(from))
		}
	}
	return nil
}

// rowResults gives a row for each of some groups: its result, or the first row of it.
func rowResults(agg plan.Aggregator, groups []int32) (*event.Batch, error) {
	var w event.Builder
	_, rows := agg.(plan.RowAggregator) // stats(), which closes its row
	for _, g := range groups {
		if !rows {
			if err := agg.Result(uint32(g), &w); err != nil {
				return nil, err
			}
		} else if b, err := resultRows(agg, uint32(g)); err != nil {
			return nil, err
		} else if b != nil {
			w.AddRow(b, int(b.Selected()[0]))
		}
		w.EndRow()
	}
	return w.Flush(), nil
}
