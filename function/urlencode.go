package function

import (
	"strings"

	"harrier/diag"
)

var urlEncodeFunc = &Function{
	Name:     "urlEncode",
	Category: "network",
	Summary:  "Encodes a text for use in a URL.",
	Doc: "Letters and digits of ASCII and `.`, `-`, `*`, `_` stay, a blank becomes `+`, and each other byte of the UTF-8 text becomes a percent sign with two hexadecimal digits, " +
		"as in a form that is sent. The manual has a parameter `type` without saying what it may be; it changes nothing here, and a warning says so. An absent field " +
		"writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to encode."},
		{Name: "as", Kind: NewField, Default: "_urlencode", Doc: "The field to write."},
		{Name: "type", Kind: Text, Doc: "Taken and ignored."},
	},
	Examples: []Example{{
		Query: `urlEncode(q)`,
		In:    "{\"q\":\"port=22 | head(5)\"}\n{\"q\":\"café/*\"}\n{\"other\":\"1\"}",
		Out: "{\"q\":\"port=22 | head(5)\",\"_urlencode\":\"port%3D22+%7C+head%285%29\"}\n" +
			"{\"q\":\"café/*\",\"_urlencode\":\"caf%C3%A9%2F*\"}\n{\"other\":\"1\"}",
	}, {
		Query: `link := urlEncode(user) | link := format("https://portal.example/?u=%s", field=link)`,
		In:    `{"user":"ada@mail.example"}`,
		Out:   `{"user":"ada@mail.example","link":"https://portal.example/?u=ada%40mail.example"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		var problems diag.List
		if c.Has("type") {
			problems = diag.List{diag.Warningf("bad-value", c.Place("type"), "type of urlEncode() changes nothing: which values LogScale takes is not documented")}
		}
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) { return encodePercent(s), true }), problems
	},
}

func encodePercent(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '*', c == '_':
			out.WriteByte(c)
		case c == ' ':
			out.WriteByte('+')
		default:
			out.WriteByte('%')
			out.WriteByte("0123456789ABCDEF"[c>>4])
			out.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return out.String()
}
