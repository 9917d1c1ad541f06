package function

import (
	"harrier/diag"
	"harrier/plan"
)

var startFunc = &Function{
	Name:     "start",
	Category: "time",
	Summary:  "Writes the start of the search interval, in milliseconds since 1970.",
	Doc: "Within the subquery of a table or a join it is the start of that subquery's interval. A search without a start begins with 1970: the " +
		"value is then 0, and the run warns of it, since lengths of time reckoned from it are of little use.",
	Unnamed: "as",
	Params: []Param{
		{Name: "as", Kind: NewField, Default: "_start", Doc: "The field to write."},
	},
	Where: Everywhere &^ Parser,
	Examples: []Example{{
		Query: `setTimeInterval(start=1700000000000, end=1700000060000) | age := @timestamp - start()`,
		In:    `{"@timestamp":"1700000012000"}`,
		Out:   `{"@timestamp":"1700000012000","age":"12000"}`,
	}, {
		Query: `setTimeInterval(start="2024-05-01", end="2024-05-02", timezone="Europe/Copenhagen") | start() | end(as=e)`,
		In:    `{"@timestamp":"1714514400000"}`,
		Out:   `{"@timestamp":"1714514400000","_start":"1714514400000","e":"1714600800000"}`,
	}},
	Timed: true,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		at := c.At
		return constantMapper(c.Field("as"), func(rt *plan.Runtime) int64 {
			if rt.Start.IsZero() {
				rt.Warn(diag.Warningf("no-interval", at, "the search has no start, so start() is 0"))
				return 0
			}
			return rt.Start.UnixMilli()
		}), nil
	},
}
