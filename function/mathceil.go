package function

import "math"

var mathCeilFunc = mathFunc("math:ceil", "Writes the smallest whole number that is not below a number.",
	"",
	math.Ceil,
	Example{
		Query: `math:ceil(x)`,
		In:    "{\"x\":\"6.2\"}\n{\"x\":\"-6.2\"}",
		Out:   "{\"x\":\"6.2\",\"_ceil\":\"7\"}\n{\"x\":\"-6.2\",\"_ceil\":\"-6\"}",
	},
	Example{
		Query: `billed := math:ceil(hours)`,
		In:    `{"hours":"0.1"}`,
		Out:   `{"hours":"0.1","billed":"1"}`,
	},
)
