package function

import (
	"strconv"

	"harrier/diag"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var formatDurationFunc = &Function{
	Name:     "formatDuration",
	Category: "format",
	Summary:  "Writes a number of seconds, milliseconds or other units as a text such as `6h30m52s`.",
	Doc: "The units are `d`, `h`, `m`, `s`, `ms`, `us` and `ns`, down to that of the number itself. Units that are zero are left out, and zero is " +
		"written as `0ms` (in the unit of the number). A negative number has a minus sign in front.\n\n" +
		"A field that is absent or no integer stays as it is: round it first.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read, an integer."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the one that is read, when not given."},
		{Name: "from", Kind: Enum, Enum: textfmt.DurationUnits(), Default: "ms", Doc: "The unit of the number."},
		{Name: "precision", Kind: Int, Default: "0", Max: 1000,
			Doc: "How many units are shown, counted from the largest that is not zero. What is smaller is cut off. 0 shows all."},
	},
	Examples: []Example{{
		Query: `formatDuration(took)`,
		In:    "{\"took\":\"23452553\"}\n{\"took\":\"1.5\"}",
		Out:   "{\"took\":\"6h30m52s553ms\"}\n{\"took\":\"1.5\"}",
	}, {
		Query: `t := formatDuration(took, from=s, precision=2)`,
		In:    `{"took":"93784"}`,
		Out:   `{"took":"93784","t":"1d2h"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		return plan.Effect{Reads: []string{c.Field("field")}, MayWrite: []string{durationTarget(c)}}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		from, precision := c.Text("from"), c.Int("precision")
		return mapText(c.Field("field"), durationTarget(c), func(s string) (string, bool) {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return "", false
			}
			return string(textfmt.AppendDuration(nil, n, from, precision)), true
		}), nil
	},
}

func durationTarget(c *Call) string {
	if as := c.Field("as"); as != "" {
		return as
	}
	return c.Field("field")
}
