package function

import "math"

var mathSinFunc = mathFunc("math:sin", "Writes the sine of an angle in radians.",
	"",
	math.Sin,
	Example{
		Query: `math:sin(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"1\"}\n{\"x\":\"east\"}",
		Out:   "{\"x\":\"0\",\"_sin\":\"0\"}\n{\"x\":\"1\",\"_sin\":\"0.8414709848078965\"}\n{\"x\":\"east\"}",
	},
	Example{
		Query: `s := math:sin(angle)`,
		In:    `{"angle":"1.5707963267948966"}`,
		Out:   `{"angle":"1.5707963267948966","s":"1"}`,
	},
)
