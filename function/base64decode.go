package function

import (
	"encoding/base64"

	"harrier/diag"
)

var base64DecodeFunc = &Function{
	Name:     "base64Decode",
	Category: "parsing",
	Summary:  "Decodes Base64.",
	Doc: "Characters that are not of the Base64 alphabet - letters, digits, `+`, `/` - are passed over, so that line breaks do no harm; the `-` and `_` of " +
		"the alphabet for URLs are passed over too, and are best replaced first. Padding may be missing. When the rest is no Base64 - a single character " +
		"is left over, padding is too long, or something stands behind it - nothing is written, and neither for an absent field.\n\n" +
		"The bytes are read in `charset`; what it does not allow becomes U+FFFD, the replacement character. Commands that were given to PowerShell's " +
		"`-EncodedCommand` are UTF-16LE.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with Base64."},
		{Name: "as", Kind: NewField, Default: "_base64Decode", Doc: "The field to write."},
		{Name: "charset", Kind: Enum, Default: "UTF-8", Enum: charsets, Doc: "The character set of the bytes."},
	},
	Examples: []Example{{
		Query: `base64Decode(token)`,
		In:    "{\"token\":\"YWRhOnMzY3JldA==\"}\n{\"token\":\"YWRh\\nOnMz\"}\n{\"token\":\"A\"}\n{\"other\":\"1\"}",
		Out: "{\"token\":\"YWRhOnMzY3JldA==\",\"_base64Decode\":\"ada:s3cret\"}\n{\"token\":\"YWRh\\nOnMz\",\"_base64Decode\":\"ada:s3\"}\n" +
			"{\"token\":\"A\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "The argument of `powershell -enc`.",
		Query: `command := base64Decode(arg, charset="UTF-16LE")`,
		In:    `{"arg":"dwBoAG8AYQBtAGkA"}`,
		Out:   `{"arg":"dwBoAG8AYQBtAGkA","command":"whoami"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		charset := c.Text("charset")
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			data, ok := decodeBase64(s)
			if !ok {
				return "", false
			}
			return decodeCharset(data, charset), true
		}), nil
	},
}

// decodeBase64 decodes s as Java's decoder for MIME does.
func decodeBase64(s string) ([]byte, bool) {
	digits, padding := make([]byte, 0, len(s)), 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '=':
			padding++
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			if padding > 0 {
				return nil, false
			}
			digits = append(digits, c)
		}
	}
	if padding > (4-len(digits)%4)%4 {
		return nil, false
	}
	data, err := base64.RawStdEncoding.DecodeString(string(digits))
	return data, err == nil
}
