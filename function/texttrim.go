package function

import (
	"strings"
	"unicode"

	"harrier/diag"
)

var textTrimFunc = &Function{
	Name:     "text:trim",
	Category: "string",
	Summary:  "Takes white space off the ends of a text.",
	Doc: "White space is what Unicode says it is: blanks of all widths, tabs, line breaks. The start and the end are those of the text as it is stored, also when " +
		"it is written from right to left. The text is an expression: the name of a field, a text in quotes, a call. Without a value nothing is written.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Expression, Required: true, Doc: "The text to trim."},
		{Name: "mode", Kind: Enum, Default: "both", Enum: []string{"both", "end", "start"}, Doc: "Which ends."},
		{Name: "as", Kind: NewField, Default: "_trim", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `text:trim(name, as=name)`,
		In:    "{\"name\":\"  ada \\t\"}\n{\"name\":\"b o\"}\n{\"other\":\"1\"}",
		Out:   "{\"name\":\"ada\"}\n{\"name\":\"b o\"}\n{\"other\":\"1\"}",
	}, {
		Query: `a := text:trim(s, mode=start) | b := text:trim(s, mode=end)`,
		In:    `{"s":" x "}`,
		Out:   `{"s":" x ","a":"x ","b":" x"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		trim := strings.TrimSpace
		switch c.Text("mode") {
		case "start":
			trim = func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }
		case "end":
			trim = func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
		}
		return mapValues([]*Expr{c.Expr("field")}, c.Field("as"), func(v []string) (string, bool) { return trim(v[0]), true }), nil
	},
}
