package function

import "math"

var mathSqrtFunc = mathFunc("math:sqrt", "Writes the square root of a number.",
	"Negative numbers have none.",
	math.Sqrt,
	Example{
		Query: `math:sqrt(x)`,
		In:    "{\"x\":\"81\"}\n{\"x\":\"-4\"}",
		Out:   "{\"x\":\"81\",\"_sqrt\":\"9\"}\n{\"x\":\"-4\"}",
	},
	Example{
		Doc:   "As part of an expression.",
		Query: `side := 2 * math:sqrt(area)`,
		In:    `{"area":"2"}`,
		Out:   `{"area":"2","side":"2.8284271247461903"}`,
	},
)
