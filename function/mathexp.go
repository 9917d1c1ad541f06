package function

import "math"

var mathExpFunc = mathFunc("math:exp", "Writes e to the power of a number.",
	"",
	math.Exp,
	Example{
		Query: `math:exp(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"1\"}\n{\"x\":\"800\"}",
		Out:   "{\"x\":\"0\",\"_exp\":\"1\"}\n{\"x\":\"1\",\"_exp\":\"2.718281828459045\"}\n{\"x\":\"800\"}",
	},
	Example{
		Query: `left := math:exp(growth)`,
		In:    `{"growth":"-1"}`,
		Out:   `{"growth":"-1","left":"0.36787944117144233"}`,
	},
)
