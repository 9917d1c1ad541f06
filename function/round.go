package function

import (
	"math"

	"harrier/diag"
	"harrier/plan"
)

var roundFunc = &Function{
	Name:     "round",
	Category: "math",
	Summary:  "Rounds a number to a whole one.",
	Doc: "`how=round` takes the nearest whole number, and of two that are equally near the larger one, as Java does: 2.5 becomes 3 and -2.5 becomes -2. " +
		"The reference does not say what happens halfway. Without `as` the field itself is written.\n\n" +
		"What is absent or not a number is left alone. For a number of decimals write `format(\"%.2f\", field=x)`.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "how", Kind: Enum, Enum: []string{"round", "ceil", "floor"}, Default: "round", Doc: "To the nearest whole number, up, or down."},
		{Name: "as", Kind: NewField, Doc: "The field to write; without it, the field that is read."},
	},
	Examples: []Example{{
		Query: `round(n)`,
		In:    "{\"n\":\"2.5\"}\n{\"n\":\"-2.5\"}\n{\"n\":\"2.4\"}\n{\"n\":\"few\"}",
		Out:   "{\"n\":\"3\"}\n{\"n\":\"-2\"}\n{\"n\":\"2\"}\n{\"n\":\"few\"}",
	}, {
		Query: `up := round(n, how=ceil)`,
		In:    `{"n":"2.1"}`,
		Out:   `{"n":"2.1","up":"3"}`,
	}, {
		Query: `round(n, how=floor, as=down)`,
		In:    `{"n":"-2.1"}`,
		Out:   `{"n":"-2.1","down":"-3"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := mayWrite(c)
		if c.Field("as") == "" {
			e.MayWrite = append(e.MayWrite, c.Field("field"))
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		as := c.Field("as")
		if as == "" {
			as = c.Field("field")
		}
		how := roundHalfUp
		switch c.Text("how") {
		case "ceil":
			how = math.Ceil
		case "floor":
			how = math.Floor
		}
		return mapNumber(c.Field("field"), as, how), nil
	},
}

// roundHalfUp rounds to the nearest whole number, halves towards positive infinity. Adding a half first would be wrong
// for the number just below it.
func roundHalfUp(x float64) float64 {
	f := math.Floor(x)
	if x-f >= 0.5 {
		f++
	}
	return f
}
