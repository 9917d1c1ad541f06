package function

import "math"

var mathLog1pFunc = mathFunc("math:log1p", "Writes the natural logarithm of 1 plus a number.",
	"Near zero it is exact where `math:log()` of the sum is not. Numbers from -1 down have no such logarithm.",
	math.Log1p,
	Example{
		Query: `math:log1p(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"-1\"}",
		Out:   "{\"x\":\"0\",\"_log1p\":\"0\"}\n{\"x\":\"-1\"}",
	},
	Example{
		Query: `y := math:log1p(rate)`,
		In:    `{"rate":"1e-20"}`,
		Out:   `{"rate":"1e-20","y":"1e-20"}`,
	},
)
