package function

import "math"

var mathCoshFunc = mathFunc("math:cosh", "Writes the hyperbolic cosine of a number.",
	"The reference does not say that `field` may be given without its name, as in all other functions of this kind; it may.",
	math.Cosh,
	Example{
		Query: `math:cosh(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"1000\"}",
		Out:   "{\"x\":\"0\",\"_cosh\":\"1\"}\n{\"x\":\"1000\"}",
	},
	Example{
		Query: `y := math:cosh(v)`,
		In:    `{"v":"2"}`,
		Out:   `{"v":"2","y":"3.7621956910836314"}`,
	},
)
