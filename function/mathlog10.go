package function

import "math"

var mathLog10Func = mathFunc("math:log10", "Writes the logarithm of a number to base 10.",
	"Powers of ten give whole numbers. Zero and negative numbers have no logarithm.",
	log10,
	Example{
		Query: `math:log10(x)`,
		In:    "{\"x\":\"1000\"}\n{\"x\":\"0.01\"}\n{\"x\":\"-1\"}",
		Out:   "{\"x\":\"1000\",\"_log10\":\"3\"}\n{\"x\":\"0.01\",\"_log10\":\"-2\"}\n{\"x\":\"-1\"}",
	},
	Example{
		Query: `magnitude := math:log10(n)`,
		In:    `{"n":"50"}`,
		Out:   `{"n":"50","magnitude":"1.6989700043360187"}`,
	},
)

// log10 is the method of fdlibm, which Java describes too: it gives a whole number for every power of ten that is exact.
// math.Log10 makes 14.999999999999998 of 1e15.
func log10(x float64) float64 {
	const (
		perLog = 4.34294481903251816668e-01 // 1/ln 10
		high   = 3.01029995663611771306e-01 // log10 2, in two parts
		low    = 3.69423907715893078616e-13
	)
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log10(x)
	}
	frac, exp := math.Frexp(x) // x = frac 2^exp, frac in [0.5, 1)
	if exp > 0 {
		frac, exp = 2*frac, exp-1
	}
	y := float64(exp)
	return y*low + perLog*math.Log(frac) + y*high
}
