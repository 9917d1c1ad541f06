package function

import "math"

var mathLogFunc = mathFunc("math:log", "Writes the natural logarithm of a number.",
	"Zero and negative numbers have none.",
	naturalLog,
	Example{
		Query: `math:log(x)`,
		In:    "{\"x\":\"1\"}\n{\"x\":\"0\"}",
		Out:   "{\"x\":\"1\",\"_log\":\"0\"}\n{\"x\":\"0\"}",
	},
	Example{
		Query: `ln := math:log(n)`,
		In:    `{"n":"10"}`,
		Out:   `{"n":"10","ln":"2.302585092994046"}`,
	},
)

// naturalLog is math.Log, which on amd64 takes every number below 2.3e-308 for about the same.
func naturalLog(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}
