package function

import "math"

var mathTanhFunc = mathFunc("math:tanh", "Writes the hyperbolic tangent of a number.",
	"",
	math.Tanh,
	Example{
		Query: `math:tanh(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"50\"}",
		Out:   "{\"x\":\"0\",\"_tanh\":\"0\"}\n{\"x\":\"50\",\"_tanh\":\"1\"}",
	},
	Example{
		Query: `y := math:tanh(v)`,
		In:    `{"v":"1"}`,
		Out:   `{"v":"1","y":"0.7615941559557649"}`,
	},
)
