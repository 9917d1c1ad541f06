package function

import "math"

var mathArccosFunc = mathFunc("math:arccos", "Writes the angle, in radians from 0 to π, that has the cosine.",
	"Numbers outside -1 to 1 are no cosine.",
	math.Acos,
	Example{
		Query: `math:arccos(x)`,
		In:    "{\"x\":\"1\"}\n{\"x\":\"2\"}",
		Out:   "{\"x\":\"1\",\"_arccos\":\"0\"}\n{\"x\":\"2\"}",
	},
	Example{
		Query: `angle := math:arccos(c)`,
		In:    `{"c":"-1"}`,
		Out:   `{"c":"-1","angle":"3.141592653589793"}`,
	},
)
