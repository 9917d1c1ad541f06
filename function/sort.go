package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var sortFunc = &Function{
	Name:     "sort",
	Category: "aggregate",
	Summary:  "Puts events or rows into the order of some fields, and keeps the first of them.",
	Doc: "Without other arguments the largest number comes first, and 200 rows are kept. When that default cuts a result short, a warning says so; " +
		"an explicit `limit` is taken at its word.\n\n" +
		"With `type=number`, the default, values are compared as numbers: use `type=string` for names and other texts, which are " +
		"then compared character by character, and `type=hex` for hexadecimal numbers of any length, with or without `0x`. " +
		"In either direction, rows whose field is no number come behind those whose field is one, and rows without the field at the end. " +
		"Rows that are equal in all fields keep the order of the input. The reference is silent on these points.\n\n" +
		"Without a field, rows are ordered by `_count`, or by their last column when there is no `_count`. " +
		"Early versions of the reference document the first; the second makes `sort()` useful behind other aggregates.",
	Unnamed: "field",
	Params: append([]Param{
		{Name: "field", Kind: Fields, Doc: "The fields to order by, the most important one first."},
	}, sortParams...),
	Examples: []Example{{
		Query: `groupBy(user, function=sum(bytes, as=total)) | sort(total, limit=2)`,
		In:    "{\"user\":\"ann\",\"bytes\":\"10\"}\n{\"user\":\"bob\",\"bytes\":\"9\"}\n{\"user\":\"eve\",\"bytes\":\"100\"}\n{\"user\":\"bob\",\"bytes\":\"8\"}",
		Out:   "{\"user\":\"eve\",\"total\":\"100\"}\n{\"user\":\"bob\",\"total\":\"17\"}",
	}, {
		Doc:   "Two fields, each in its own way.",
		Query: `sort([name, size], type=[string, number], order=[asc, desc])`,
		In:    "{\"name\":\"b\",\"size\":\"1\"}\n{\"name\":\"a\",\"size\":\"9\"}\n{\"name\":\"a\",\"size\":\"10\"}",
		Out:   "{\"name\":\"a\",\"size\":\"10\"}\n{\"name\":\"a\",\"size\":\"9\"}\n{\"name\":\"b\",\"size\":\"1\"}",
	}, {
		Doc:   "What is no number comes last, whatever the direction.",
		Query: `sort(port, order=asc)`,
		In:    "{\"id\":\"1\"}\n{\"id\":\"2\",\"port\":\"n/a\"}\n{\"id\":\"3\",\"port\":\"443\"}\n{\"id\":\"4\",\"port\":\"80\"}",
		Out:   "{\"id\":\"4\",\"port\":\"80\"}\n{\"id\":\"3\",\"port\":\"443\"}\n{\"id\":\"2\",\"port\":\"n/a\"}\n{\"id\":\"1\"}",
	}, {
		Query: `sort(address, type=hex)`,
		In:    "{\"address\":\"0xff\"}\n{\"address\":\"1A0\"}\n{\"address\":\"0x00100\"}",
		Out:   "{\"address\":\"1A0\"}\n{\"address\":\"0x00100\"}\n{\"address\":\"0xff\"}",
	}},
	GivesRows: true,
	Ordered:   true,
	Effect: func(c *Call) plan.Effect {
		// Which column is the last one is only known when all of them are there.
		return plan.Effect{Reads: c.Fields("field"), ReadsAll: len(c.Fields("field")) == 0}
	},
	Outputs: func(*Call) []string { return nil },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		fields, column := c.Fields("field"), (*event.Batch).Column
		if len(fields) == 0 {
			fields, column = []string{"_count"}, countOrLast
		}
		order, problems := sortOrder(c, fields, column)
		if problems.HasErrors() {
			return nil, problems
		}
		return newSorted(c, order, nil), problems
	},
}

// sortParams are the parameters that sort() and table() share.
var sortParams = []Param{
	{Name: "order", Kind: Texts, Default: "desc", Doc: "`asc` or `desc`, for all fields or one for each."},
	{Name: "type", Kind: Texts, Default: "number", Doc: "How to compare: `number`, `string` or `hex`, for all fields or one for each. `any` is deprecated."},
	{Name: "limit", Kind: Int, Default: "200", Min: 0, Max: maxStateRows, Doc: "How many rows to keep, or `max`."},
	{Name: "reverse", Kind: Bool, Default: "false", Deprecated: "order", Doc: "`true` means `order=desc`; `false` says nothing."},
}

// countOrLast is the column that sort() orders by when it is given none.
func countOrLast(b *event.Batch, field string) *event.Column {
	if c := b.Column(field); c != nil {
		return c
	}
	for i, name := range slices.Backward(b.Names()) {
		if c := b.Columns()[i]; !event.Hidden(name) && c.Kind() != event.Missing {
			return c
		}
	}
	return nil
}

// newSorted makes the aggregator of sort() or table(), which keeps some fields of each row, or all when fields is nil.
func newSorted(c *Call, order *rowOrder, fields []string) AggregatorFactory {
	limit, name, at, given := c.Int("limit"), c.Function.Name, c.At, c.Has("limit")
	return func(rt *plan.Runtime) plan.Aggregator {
		a := &rankedRows{order: order, limit: limit, fields: fields}
		if !given {
			a.trimmed = func() {
				rt.Warn(diag.Warningf(name+"-limit", at, "%s() shows the first %d of its rows", name, limit).
					WithHelp("write limit= to choose how many, up to %d (max)", maxStateRows))
			}
		}
		return a
	}
}
