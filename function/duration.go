package function

import (
	"harrier/diag"
	"harrier/plan"
)

var durationFunc = &Function{
	Name:     "duration",
	Category: "time",
	Summary:  "Writes a length of time as a number of milliseconds.",
	Doc: "The length is a whole number and a unit, with a blank between them or none: `ms`, `s`, `m`, `h`, `d` (24 hours), `w` (7 days), `mon` " +
		"(30 days), `q` (90 days), `y` (365 days), or their longer names. Calendar units and anchors such as `1d@d` name points in time and are no " +
		"lengths. It is mostly used within an expression.",
	Unnamed: "duration",
	Params: []Param{
		{Name: "duration", Kind: Span, Required: true, Doc: "The length of time: `5m`, `\"3 weeks\"`."},
		{Name: "as", Kind: NewField, Default: "_duration", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `duration("2d") | w := duration("3 weeks")`,
		In:    `{"user":"kim"}`,
		Out:   `{"user":"kim","_duration":"172800000","w":"1814400000"}`,
	}, {
		Query: `test(till - since > duration("5m"))`,
		In:    "{\"since\":\"1000\",\"till\":\"301000\"}\n{\"since\":\"1000\",\"till\":\"301001\"}",
		Out:   `{"since":"1000","till":"301001"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		ms := c.Duration("duration").Milliseconds()
		return constantMapper(c.Field("as"), func(*plan.Runtime) int64 { return ms }), nil
	},
}
