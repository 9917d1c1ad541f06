package function

import "math"

var mathDeg2RadFunc = mathFunc("math:deg2rad", "Converts an angle from degrees to radians.",
	"",
	func(x float64) float64 { return x * (math.Pi / 180) },
	Example{
		Query: `math:deg2rad(x)`,
		In:    "{\"x\":\"90\"}\n{\"x\":\"N\"}",
		Out:   "{\"x\":\"90\",\"_deg2rad\":\"1.5707963267948966\"}\n{\"x\":\"N\"}",
	},
	Example{
		Query: `rad := math:deg2rad(heading)`,
		In:    `{"heading":"-180"}`,
		Out:   `{"heading":"-180","rad":"-3.141592653589793"}`,
	},
)
