package function

import "math"

var mathRad2DegFunc = mathFunc("math:rad2deg", "Converts an angle from radians to degrees.",
	"",
	func(x float64) float64 { return x * (180 / math.Pi) },
	Example{
		Query: `math:rad2deg(x)`,
		In:    "{\"x\":\"3.141592653589793\"}\n{\"x\":\"far\"}",
		Out:   "{\"x\":\"3.141592653589793\",\"_rad2deg\":\"180\"}\n{\"x\":\"far\"}",
	},
	Example{
		Query: `deg := math:rad2deg(a)`,
		In:    `{"a":"-1.5707963267948966"}`,
		Out:   `{"a":"-1.5707963267948966","deg":"-90"}`,
	},
)
