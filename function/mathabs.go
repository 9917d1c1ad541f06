package function

import "math"

var mathAbsFunc = mathFunc("math:abs", "Writes the absolute value of a number.",
	"",
	math.Abs,
	Example{
		Query: `math:abs(x)`,
		In:    "{\"x\":\"-7.25\"}\n{\"x\":\"4\"}\n{\"x\":\"none\"}",
		Out:   "{\"x\":\"-7.25\",\"_abs\":\"7.25\"}\n{\"x\":\"4\",\"_abs\":\"4\"}\n{\"x\":\"none\"}",
	},
	Example{
		Query: `size := math:abs(drift)`,
		In:    `{"drift":"-0.5"}`,
		Out:   `{"drift":"-0.5","size":"0.5"}`,
	},
)
