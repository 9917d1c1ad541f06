package function

import "math"

var mathSinhFunc = mathFunc("math:sinh", "Writes the hyperbolic sine of a number.",
	"",
	math.Sinh,
	Example{
		Query: `math:sinh(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"1000\"}",
		Out:   "{\"x\":\"0\",\"_sinh\":\"0\"}\n{\"x\":\"1000\"}",
	},
	Example{
		Query: `y := math:sinh(v)`,
		In:    `{"v":"2"}`,
		Out:   `{"v":"2","y":"3.626860407847019"}`,
	},
)
