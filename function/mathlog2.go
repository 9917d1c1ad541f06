package function

import "math"

var mathLog2Func = mathFunc("math:log2", "Writes the logarithm of a number to base 2.",
	"Powers of two give whole numbers. Zero and negative numbers have no logarithm.",
	math.Log2,
	Example{
		Query: `math:log2(x)`,
		In:    "{\"x\":\"1024\"}\n{\"x\":\"0.125\"}\n{\"x\":\"0\"}",
		Out:   "{\"x\":\"1024\",\"_log2\":\"10\"}\n{\"x\":\"0.125\",\"_log2\":\"-3\"}\n{\"x\":\"0\"}",
	},
	Example{
		Query: `bits := math:log2(n)`,
		In:    `{"n":"10"}`,
		Out:   `{"n":"10","bits":"3.321928094887362"}`,
	},
)
