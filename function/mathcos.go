package function

import "math"

var mathCosFunc = mathFunc("math:cos", "Writes the cosine of an angle in radians.",
	"",
	math.Cos,
	Example{
		Query: `math:cos(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"east\"}",
		Out:   "{\"x\":\"0\",\"_cos\":\"1\"}\n{\"x\":\"east\"}",
	},
	Example{
		Query: `c := math:cos(angle)`,
		In:    `{"angle":"3.141592653589793"}`,
		Out:   `{"angle":"3.141592653589793","c":"-1"}`,
	},
)
