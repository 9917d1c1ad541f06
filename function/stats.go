package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var statsFunc = &Function{
	Name:     "stats",
	Category: "aggregate",
	Summary:  "Runs several aggregates over the same events and joins their rows.",
	Doc: "`[a(), b()]` as a step of its own means `stats([a(), b()])`, and wherever a parameter takes an array of aggregates " +
		"their results are joined in the same way.\n\n" +
		"Where each aggregate gives one row, the result is one row with the fields of all. Where some give several, every row of " +
		"one is joined with every row of the others, the first changing slowest; an aggregate without rows counts as " +
		"one empty row. Two aggregates that are known to write the same field are an error.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Default: "count(as=_count)", Doc: "The aggregates."},
	},
	Examples: []Example{{
		Query: `stats([min(x), top := max(x), count()])`,
		In:    "{\"x\":\"4\"}\n{\"x\":\"9\"}",
		Out:   `{"_min":"4","top":"9","_count":"2"}`,
	}, {
		Doc:       "Results of several rows are multiplied.",
		Query:     `stats([sum(n), groupBy(x, function=[]), groupBy(y, function=[])])`,
		In:        "{\"n\":\"1\",\"x\":\"a\",\"y\":\"p\"}\n{\"n\":\"2\",\"x\":\"b\",\"y\":\"q\"}",
		Out:       "{\"_sum\":\"3\",\"x\":\"a\",\"y\":\"p\"}\n{\"_sum\":\"3\",\"x\":\"a\",\"y\":\"q\"}\n{\"_sum\":\"3\",\"x\":\"b\",\"y\":\"p\"}\n{\"_sum\":\"3\",\"x\":\"b\",\"y\":\"q\"}",
		Unordered: true,
	}},
	GivesRows: true,
	Outputs:   func(c *Call) []string { return Combine(c.Aggregates("function")).Outputs },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		agg := Combine(c.Aggregates("function"))
		if agg.Rows {
			return agg.New, nil
		}
		return func(rt *plan.Runtime) plan.Aggregator { return oneRow{agg.New(rt)} }, nil
	},
}

// oneRow makes a RowAggregator of an aggregate that gives at most one row, for functions whose number of rows depends
// on the aggregates they are given.
type oneRow struct{ plan.Aggregator }

var _ plan.RowAggregator = oneRow{}

func (oneRow) GivesRows() {}

func (a oneRow) Merge(other plan.Aggregator, group []uint32) error {
	return a.Aggregator.Merge(other.(oneRow).Aggregator, group)
}

func (a oneRow) Result(group uint32, w *event.Builder) error {
	if err := a.Aggregator.Result(group, w); err != nil {
		return err
	}
	if w.Pending() {
		w.EndRow()
	}
	return nil
}
