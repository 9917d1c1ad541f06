package function

import (
	"fmt"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var transposeFunc = &Function{
	Name:     "transpose",
	Category: "aggregate",
	Summary:  "Turns columns into rows and rows into columns.",
	Doc: "For each field of the rows there is one row, with the name of the field in `column` and its values in `row[1]`, `row[2]` and so on, in the " +
		"order in which the rows came. Rows are sorted by that name. A value that a row lacks is absent.\n\n" +
		"`header` names a field whose values take the place of `row[1]` and so on, and which gets no row itself; a row without it is called `row[n]` all the same, and of several " +
		"rows with one value the last stands. `pivot` is `header` and `column` at once: the first column, too, gets the name of the field. Only the first " +
		"`limit` rows are looked at, and unless `limit` was given a warning says so.",
	Unnamed: "pivot",
	Params: []Param{
		{Name: "pivot", Kind: Field, Doc: "The field to use as header and as name of the first column."},
		{Name: "header", Kind: Field, Doc: "The field whose values are the names of the columns."},
		{Name: "column", Kind: NewField, Default: "column", Doc: "The field for the names of the fields."},
		{Name: "limit", Kind: Int, Default: "5", Min: 1, Max: 1000, Doc: "How many rows to transpose at most."},
	},
	Examples: []Example{{
		Query: `sort(port, order=asc) | table([port, name], sortby=port, order=asc) | transpose()`,
		In:    "{\"port\":\"443\",\"name\":\"https\"}\n{\"port\":\"22\",\"name\":\"ssh\"}\n{\"port\":\"6000\"}",
		Out:   "{\"column\":\"name\",\"row[1]\":\"ssh\",\"row[2]\":\"https\"}\n{\"column\":\"port\",\"row[1]\":\"22\",\"row[2]\":\"443\",\"row[3]\":\"6000\"}",
	}, {
		Query: `groupBy(verdict, function=[count(), max(score)]) | transpose(header=verdict)`,
		In:    "{\"verdict\":\"good\",\"score\":\"3\"}\n{\"verdict\":\"bad\",\"score\":\"9\"}\n{\"verdict\":\"good\",\"score\":\"1\"}",
		Out:   "{\"column\":\"_count\",\"good\":\"2\",\"bad\":\"1\"}\n{\"column\":\"_max\",\"good\":\"3\",\"bad\":\"9\"}",
	}, {
		Query: `groupBy(verdict) | transpose(verdict)`,
		In:    "{\"verdict\":\"good\"}\n{\"verdict\":\"bad\"}\n{\"verdict\":\"good\"}",
		Out:   `{"verdict":"_count","good":"2","bad":"1"}`,
	}},
	GivesRows: true,
	Ordered:   true,
	Effect:    func(*Call) plan.Effect { return plan.Effect{ReadsAll: true, Only: true} },
	Outputs:   func(*Call) []string { return nil },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		header, column, limit, given, at := c.Field("header"), c.Field("column"), c.Int("limit"), c.Has("limit"), c.At
		if c.Has("pivot") {
			for _, other := range []string{"header", "column"} {
				if c.Has(other) {
					return nil, c.Errorf("bad-value", other, "pivot of transpose() is both header and column, so %s cannot be given too", other)
				}
			}
			header, column = c.Field("pivot"), c.Field("pivot")
		}
		return func(rt *plan.Runtime) plan.Aggregator {
			a := &transpose{header: header, column: column, rankedRows: &rankedRows{order: &rowOrder{}, limit: limit}}
			if !given {
				a.trimmed = func() {
					rt.Warn(diag.Warningf("transpose-limit", at, "transpose() looks at the first %d rows only", limit).WithHelp("write limit= to choose how many, up to 1000"))
				}
			}
			return a
		}, nil
	},
}

// transpose keeps the first rows and gives them as columns.
type transpose struct {
	*rankedRows
	header, column string
}

var _ plan.RowAggregator = (*transpose)(nil)

func (a *transpose) Merge(other plan.Aggregator, group []uint32) error {
	return a.rankedRows.Merge(other.(*transpose).rankedRows, group)
}

func (a *transpose) Result(group uint32, w *event.Builder) error {
	rows, err := resultRows(a.rankedRows, group)
	if err != nil || rows == nil {
		return err
	}
	names := make([]string, rows.Len())
	for r := range names {
		names[r] = fmt.Sprintf("row[%d]", r+1)
		if s, ok := rows.Text(a.header, r); ok {
			names[r] = s
		}
	}
	w.Declare(a.column)
	w.Declare(names...)
	fields := slices.Sorted(slices.Values(rows.Names()))
	for _, f := range fields {
		c := rows.Field(f)
		if f == a.header || event.Hidden(f) || c.Kind() == event.Missing {
			continue
		}
		w.AddText(a.column, f)
		for r, name := range names {
			w.AddFrom(name, c, r)
		}
		w.EndRow()
	}
	return nil
}
