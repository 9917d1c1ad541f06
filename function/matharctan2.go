package function

import (
	"math"

	"harrier/diag"
)

var mathArctan2Func = &Function{
	Name:     "math:arctan2",
	Category: "math",
	Summary:  "Writes the angle, in radians from -π to π, between the x axis and the way to a point.",
	Doc:      "Without names the arguments are `y` and `x`, in this order. The origin has the angle 0. " + nothingWritten,
	Params: []Param{
		{Name: "y", Kind: Field, Required: true, Doc: "The field with the y coordinate."},
		{Name: "x", Kind: Field, Required: true, Doc: "The field with the x coordinate."},
		{Name: "as", Kind: NewField, Default: "_arctan2", Doc: "The field to write."},
	},
	Positional: []string{"y", "x"},
	Examples: []Example{{
		Query: `math:arctan2(y=north, x=east)`,
		In:    "{\"north\":\"2\",\"east\":\"0\"}\n{\"north\":\"2\"}",
		Out:   "{\"north\":\"2\",\"east\":\"0\",\"_arctan2\":\"1.5707963267948966\"}\n{\"north\":\"2\"}",
	}, {
		Query: `angle := math:arctan2(north, east)`,
		In:    `{"north":"0","east":"-3"}`,
		Out:   `{"north":"0","east":"-3","angle":"3.141592653589793"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapNumbers([]string{c.Field("y"), c.Field("x")}, c.Field("as"), func(v []float64) float64 {
			return math.Atan2(v[0], v[1])
		}), nil
	},
}
