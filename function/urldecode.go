package function

import (
	"strings"

	"harrier/diag"
)

var urlDecodeFunc = &Function{
	Name:     "urlDecode",
	Category: "network",
	Summary:  "Decodes the percent signs of a URL.",
	Doc: "`%41` becomes `A` and `+` a blank, as in the forms that urlEncode() writes. The bytes are read as UTF-8; what is no UTF-8 becomes U+FFFD. A percent sign " +
		"without two hexadecimal digits behind it stands for itself, so that a broken URL can be looked at all the same. An absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to decode."},
		{Name: "as", Kind: NewField, Default: "_urldecode", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `urlDecode(query)`,
		In:    "{\"query\":\"q=%3Cscript%3E&n=10%\"}\n{\"query\":\"caf%C3%A9+au+lait\"}\n{\"other\":\"1\"}",
		Out: "{\"query\":\"q=%3Cscript%3E&n=10%\",\"_urldecode\":\"q=<script>&n=10%\"}\n" +
			"{\"query\":\"caf%C3%A9+au+lait\",\"_urldecode\":\"café au lait\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "Encoded twice.",
		Query: `urlDecode(path, as=path) | urlDecode(path, as=path)`,
		In:    `{"path":"%252e%252e%252fetc"}`,
		Out:   `{"path":"../etc"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) { return decodePercent(s), true }), nil
	},
}

func decodePercent(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out = append(out, ' ')
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			out = append(out, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return decodeUTF8(out)
}

// hexDigit is the value of a hexadecimal digit, -1 for other characters.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
