package function

import "math"

var mathFloorFunc = mathFunc("math:floor", "Writes the largest whole number that is not above a number.",
	"",
	math.Floor,
	Example{
		Query: `math:floor(x)`,
		In:    "{\"x\":\"6.8\"}\n{\"x\":\"-6.2\"}",
		Out:   "{\"x\":\"6.8\",\"_floor\":\"6\"}\n{\"x\":\"-6.2\",\"_floor\":\"-7\"}",
	},
	Example{
		Query: `years := math:floor(age)`,
		In:    `{"age":"31.9"}`,
		Out:   `{"age":"31.9","years":"31"}`,
	},
)
