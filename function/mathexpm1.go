package function

import "math"

var mathExpm1Func = mathFunc("math:expm1", "Writes e to the power of a number, less 1.",
	"Near zero it is exact where `math:exp()` less 1 is not.",
	math.Expm1,
	Example{
		Query: `math:expm1(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"800\"}",
		Out:   "{\"x\":\"0\",\"_expm1\":\"0\"}\n{\"x\":\"800\"}",
	},
	Example{
		Query: `gain := math:expm1(rate)`,
		In:    `{"rate":"1e-10"}`,
		Out:   `{"rate":"1e-10","gain":"1.00000000005e-10"}`,
	},
)
