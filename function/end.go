package function

import (
	"harrier/diag"
	"harrier/plan"
)

var endFunc = &Function{
	Name:     "end",
	Category: "time",
	Summary:  "Writes the end of the search interval, in milliseconds since 1970.",
	Doc: "The end itself is not part of the interval. Within the subquery of a table or a join it is the end of that subquery's interval. A search " +
		"without an end, as a live one is, ends now: the value is that of now().",
	Unnamed: "as",
	Params: []Param{
		{Name: "as", Kind: NewField, Default: "_end", Doc: "The field to write."},
	},
	Where: Everywhere &^ Parser,
	Examples: []Example{{
		Query: `setTimeInterval(start=1700000000000, end=1700000060000) | recent := end() - @timestamp < 30000`,
		In:    "{\"@timestamp\":\"1700000012000\"}\n{\"@timestamp\":\"1700000055000\"}",
		Out:   "{\"@timestamp\":\"1700000012000\",\"recent\":\"false\"}\n{\"@timestamp\":\"1700000055000\",\"recent\":\"true\"}",
	}, {
		Doc:   "Without an end the search ends now.",
		Query: `test(end() == now())`,
		In:    `{"user":"kim"}`,
		Out:   `{"user":"kim"}`,
	}},
	Timed: true,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return constantMapper(c.Field("as"), func(rt *plan.Runtime) int64 { return orNow(rt.End, rt).UnixMilli() }), nil
	},
}
