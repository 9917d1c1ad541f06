package function

import "math"

var mathArcsinFunc = mathFunc("math:arcsin", "Writes the angle, in radians from -π/2 to π/2, that has the sine.",
	"Numbers outside -1 to 1 are no sine.",
	math.Asin,
	Example{
		Query: `math:arcsin(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"-1.5\"}",
		Out:   "{\"x\":\"0\",\"_arcsin\":\"0\"}\n{\"x\":\"-1.5\"}",
	},
	Example{
		Query: `angle := math:arcsin(s)`,
		In:    `{"s":"1"}`,
		Out:   `{"s":"1","angle":"1.5707963267948966"}`,
	},
)
