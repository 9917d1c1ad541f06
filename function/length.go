package function

import (
	"strconv"

	"harrier/diag"
)

var lengthFunc = &Function{
	Name:     "length",
	Category: "string",
	Summary:  "Writes how long the text of a field is.",
	Doc: "The length is the number of UTF-16 code units: a character outside the basic plane, such as most emoji, counts two, and one that is " +
		"composed of several counts all of them. An absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Default: "_length", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `length(name)`,
		In:    "{\"name\":\"smör\"}\n{\"name\":\"🇩🇰\"}\n{\"name\":\"\"}\n{\"other\":\"1\"}",
		Out: "{\"name\":\"smör\",\"_length\":\"4\"}\n{\"name\":\"🇩🇰\",\"_length\":\"4\"}\n{\"name\":\"\",\"_length\":\"0\"}\n" +
			"{\"other\":\"1\"}",
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			return strconv.Itoa(utf16Length(s)), true
		}), nil
	},
}

// utf16Length is the length of s in UTF-16. A byte that is no UTF-8 counts one.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x10000 {
			n++
		}
	}
	return n
}
