package function

import (
	"fmt"
	"strings"

	"harrier/diag"
)

var tokenHashFunc = &Function{
	Name:     "tokenHash",
	Category: "hash",
	Summary:  "Writes a hash of the words of a field, whatever their order.",
	Doc: "The hashes of the words, which stand between blanks, are added up; the sum is written as eight hexadecimal digits. Texts with the same words the same " +
		"number of times have the same hash. LogScale does not say how it hashes a word, so its values are others. An absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Default: "_tokenHash", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `tokenHash(line) | groupBy(_tokenHash, function=count()) | drop(_tokenHash) | sort(_count)`,
		In:    "{\"line\":\"disk sda full\"}\n{\"line\":\"full disk  sda\"}\n{\"line\":\"disk sdb full\"}\n{\"other\":\"1\"}",
		Out:   "{\"_count\":\"2\"}\n{\"_count\":\"1\"}",
	}, {
		Query: `h := tokenHash(line)`,
		In:    `{"line":""}`,
		Out:   `{"line":"","h":"00000000"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			var sum uint32
			for word := range strings.FieldsSeq(s) {
				sum += uint32(textHash(0, word))
			}
			return fmt.Sprintf("%08x", sum), true
		}), nil
	},
}
