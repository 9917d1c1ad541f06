package function

import (
	"math"

	"harrier/diag"
)

var mathPowFunc = &Function{
	Name:     "math:pow",
	Category: "math",
	Summary:  "Writes a number to the power of another.",
	Doc: "The exponent may be negative and have a fraction; a negative number has no power with a fraction, and zero none that is negative. " +
		nothingWritten,
	Unnamed:    "field",
	Positional: []string{"field", "exponent"},
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the number."},
		{Name: "exponent", Kind: Num, Required: true, Doc: "The power."},
		{Name: "as", Kind: NewField, Default: "_pow", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `math:pow(n, exponent=2)`,
		In:    "{\"n\":\"12\"}\n{\"n\":\"-1.5\"}\n{\"n\":\"1e200\"}",
		Out:   "{\"n\":\"12\",\"_pow\":\"144\"}\n{\"n\":\"-1.5\",\"_pow\":\"2.25\"}\n{\"n\":\"1e200\"}",
	}, {
		Query: `half := math:pow(n, -0.5)`,
		In:    "{\"n\":\"16\"}\n{\"n\":\"-16\"}",
		Out:   "{\"n\":\"16\",\"half\":\"0.25\"}\n{\"n\":\"-16\"}",
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		exponent := c.Number("exponent")
		return mapNumber(c.Field("field"), c.Field("as"), func(x float64) float64 { return math.Pow(x, exponent) }), nil
	},
}
