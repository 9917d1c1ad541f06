package function

import (
	"encoding/base64"

	"harrier/diag"
)

var base64EncodeFunc = &Function{
	Name:     "base64Encode",
	Category: "parsing",
	Summary:  "Encodes the text of a field in Base64.",
	Doc:      "What is encoded are the bytes of the text in UTF-8. The result is padded, and base64Decode() gives the text back. An absent field writes nothing.",
	Unnamed:  "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to encode."},
		{Name: "as", Kind: NewField, Default: "_base64Encode", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `base64Encode(user)`,
		In:    "{\"user\":\"Søren\"}\n{\"user\":\"\"}\n{\"other\":\"1\"}",
		Out:   "{\"user\":\"Søren\",\"_base64Encode\":\"U8O4cmVu\"}\n{\"user\":\"\",\"_base64Encode\":\"\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "There and back again.",
		Query: `base64Encode(user, as=user) | b := user | base64Decode(user, as=user)`,
		In:    `{"user":"ada"}`,
		Out:   `{"user":"ada","b":"YWRh"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			return base64.StdEncoding.EncodeToString([]byte(s)), true
		}), nil
	},
}
