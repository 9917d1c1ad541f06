package function

import (
	"math"

	"harrier/diag"
)

var mathModFunc = &Function{
	Name:     "math:mod",
	Category: "math",
	Summary:  "Writes what is left of a number when it is divided by another.",
	Doc: "Both numbers are first rounded down to whole ones. What is left has the sign of the divisor, so that -7 by 3 leaves 2; the operator " +
		"`%` takes the sign of the number instead, and keeps fractions. A divisor that is rounded to zero leaves nothing. " + nothingWritten,
	Unnamed:    "field",
	Positional: []string{"field", "divisor"},
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the number to divide."},
		{Name: "divisor", Kind: Num, Required: true, Doc: "What to divide by."},
		{Name: "as", Kind: NewField, Default: "_mod", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `math:mod(n, divisor=4)`,
		In:    "{\"n\":\"10\"}\n{\"n\":\"-10\"}\n{\"n\":\"6.9\"}\n{\"n\":\"ten\"}",
		Out:   "{\"n\":\"10\",\"_mod\":\"2\"}\n{\"n\":\"-10\",\"_mod\":\"2\"}\n{\"n\":\"6.9\",\"_mod\":\"2\"}\n{\"n\":\"ten\"}",
	}, {
		Query: `shard := math:mod(id, -16)`,
		In:    `{"id":"35"}`,
		Out:   `{"id":"35","shard":"-13"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		divisor := math.Floor(c.Number("divisor"))
		var problems diag.List
		if divisor == 0 {
			problems = diag.List{diag.Warningf("division-by-zero", c.Place("divisor"), "the divisor of math:mod() is rounded down to zero, and a division by zero gives no value")}
		}
		return mapNumber(c.Field("field"), c.Field("as"), func(x float64) float64 { return floorMod(math.Floor(x), divisor) }), problems
	},
}

// floorMod is the remainder with the sign of the divisor.
func floorMod(x, divisor float64) float64 {
	m := math.Mod(x, divisor)
	if m != 0 && (m < 0) != (divisor < 0) {
		m += divisor
	}
	return m
}
