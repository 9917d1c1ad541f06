package function

import (
	"harrier/diag"
	"harrier/event"
)

var tableFunc = &Function{
	Name:     "table",
	Category: "aggregate",
	Summary:  "Makes a table of some fields of the events, one row for each.",
	Doc: "The columns come in the order of `fields`; one that no event has is there and empty. All other fields are gone, the ones in `sortby` too " +
		"unless they are listed.\n\n" +
		"The newest event comes first unless `sortby` or `order` say otherwise. Rows are compared as in `sort()`; in particular, rows " +
		"without the field to sort by come last, in the order of the input, so the rows of an earlier aggregate, which have no `@timestamp`, keep theirs. " +
		"200 rows are kept, with a warning when there were more, unless `limit` says how many. To pass on any number of events use `select()`.",
	Unnamed: "fields",
	Params: append([]Param{
		{Name: "fields", Kind: Fields, Required: true, Doc: "The columns, in order."},
		{Name: "sortby", Kind: Fields, Default: timestampField, Doc: "The fields to order by, the most important one first."},
	}, sortParams...),
	Examples: []Example{{
		Query: `table([path, code])`,
		In: "{\"@timestamp\":\"1750000001000\",\"code\":\"200\",\"path\":\"/\",\"ip\":\"10.0.0.1\"}\n" +
			"{\"@timestamp\":\"1750000002000\",\"code\":\"404\",\"path\":\"/x\",\"ip\":\"10.0.0.2\"}\n{\"@timestamp\":\"1750000003000\",\"path\":\"/y\"}",
		Out: "{\"path\":\"/y\"}\n{\"path\":\"/x\",\"code\":\"404\"}\n{\"path\":\"/\",\"code\":\"200\"}",
	}, {
		Query: `table([name], sortby=took, order=asc, limit=2)`,
		In:    "{\"name\":\"a\",\"took\":\"12\"}\n{\"name\":\"b\",\"took\":\"7\"}\n{\"name\":\"c\",\"took\":\"9\"}",
		Out:   "{\"name\":\"b\"}\n{\"name\":\"c\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Outputs:   func(c *Call) []string { return distinct(c.Fields("fields")) },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields := distinct(c.Fields("fields"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "fields", "table() needs at least one field to show")
		}
		column := (*event.Batch).Column
		if !c.Has("sortby") {
			column = timeColumn
		}
		order, problems := sortOrder(c, c.Fields("sortby"), column)
		if problems.HasErrors() {
			return nil, problems
		}
		return newSorted(c, order, fields), problems
	},
}
