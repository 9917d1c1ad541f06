package function

import "math"

var mathTanFunc = mathFunc("math:tan", "Writes the tangent of an angle in radians.",
	"",
	math.Tan,
	Example{
		Query: `math:tan(x)`,
		In:    "{\"x\":\"0\"}\n{\"x\":\"east\"}",
		Out:   "{\"x\":\"0\",\"_tan\":\"0\"}\n{\"x\":\"east\"}",
	},
	Example{
		Query: `t := math:tan(angle)`,
		In:    `{"angle":"1"}`,
		Out:   `{"angle":"1","t":"1.557407724654902"}`,
	},
)
