package function

import (
	"strconv"

	"harrier/diag"
)

var textLengthFunc = &Function{
	Name:     "text:length",
	Category: "string",
	Summary:  "Writes how many characters a text has.",
	Doc: "A character is what a reader takes for one, an extended grapheme cluster of Unicode Standard Annex 29: a letter with its accents, a flag, and an emoji " +
		"of several people count one each; length() counts the parts. The text is an expression: the name of a field, a text in quotes, a call. Without a " +
		"value nothing is written.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text to measure."},
		{Name: "as", Kind: NewField, Default: "_length", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `text:length(name)`,
		In:    "{\"name\":\"smör\"}\n{\"name\":\"🇩🇰\"}\n{\"name\":\"\"}\n{\"other\":\"1\"}",
		Out: "{\"name\":\"smör\",\"_length\":\"4\"}\n{\"name\":\"🇩🇰\",\"_length\":\"1\"}\n{\"name\":\"\",\"_length\":\"0\"}\n" +
			"{\"other\":\"1\"}",
	}, {
		Doc:   "Part of a larger expression.",
		Query: `longer := text:length(a) - text:length(b)`,
		In:    `{"a":"harrier","b":"kite"}`,
		Out:   `{"a":"harrier","b":"kite","longer":"3"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapValues([]*Expr{c.Expr("string")}, c.Field("as"), func(v []string) (string, bool) {
			return strconv.Itoa(countCharacters(v[0])), true
		}), nil
	},
}
