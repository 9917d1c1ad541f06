package function

import "harrier/diag"

var parseHexStringFunc = &Function{
	Name:     "parseHexString",
	Category: "parsing",
	Summary:  "Reads hexadecimal digits as the bytes of a text.",
	Doc: "Every two digits are a byte. What is no digit is passed over, and so is `0x` or `16#` where a word begins, so that `48 69`, `48:69`, `0x4869` and `0x48,0x69` are the " +
		"same; half a byte at the end is left out. The bytes are read in `charset`; what it does not allow becomes U+FFFD. A text without digits gives the " +
		"empty text, and an absent field writes nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field with the digits."},
		{Name: "as", Kind: NewField, Default: "_parsehexstring", Doc: "The field to write."},
		{Name: "charset", Kind: Enum, Default: "UTF-8", Enum: charsets, Doc: "The character set of the bytes."},
	},
	Examples: []Example{{
		Query: `parseHexString(raw)`,
		In:    "{\"raw\":\"0x6b697465\"}\n{\"raw\":\"6b:69:74:65:7\"}\n{\"other\":\"1\"}",
		Out:   "{\"raw\":\"0x6b697465\",\"_parsehexstring\":\"kite\"}\n{\"raw\":\"6b:69:74:65:7\",\"_parsehexstring\":\"kite\"}\n{\"other\":\"1\"}",
	}, {
		Query: `name := parseHexString(raw, charset="UTF-16LE")`,
		In:    `{"raw":"6b00f800"}`,
		Out:   `{"raw":"6b00f800","name":"kø"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		charset := c.Text("charset")
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			return decodeCharset(hexBytes(s), charset), true
		}), nil
	},
}

// hexBytes reads the hexadecimal digits of s, whatever stands between them.
func hexBytes(s string) []byte {
	out, high, begins := make([]byte, 0, len(s)/2), -1, true
	for i := 0; i < len(s); i++ {
		if begins {
			i += hexPrefix(s[i:])
			if i == len(s) {
				break
			}
		}
		c := s[i]
		d := hexDigit(c)
		begins = d < 0 && (c|0x20 < 'a' || c|0x20 > 'z') && c < 0x80
		switch {
		case d < 0:
		case high < 0:
			high = d
		default:
			out, high = append(out, byte(high<<4|d)), -1
		}
	}
	return out
}
