package function

import "math"

var mathArctanFunc = mathFunc("math:arctan", "Writes the angle, in radians from -π/2 to π/2, that has the tangent.",
	"",
	math.Atan,
	Example{
		Query: `math:arctan(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"steep\"}",
		Out:   "{\"x\":\"0\",\"_arctan\":\"0\"}\n{\"x\":\"steep\"}",
	},
	Example{
		Query: `angle := math:arctan(slope)`,
		In:    `{"slope":"-1"}`,
		Out:   `{"slope":"-1","angle":"-0.7853981633974483"}`,
	},
)
