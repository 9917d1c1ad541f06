package function

import (
	"strconv"

	"harrier/diag"
)

var parseIntFunc = &Function{
	Name:     "parseInt",
	Category: "parsing",
	Summary:  "Reads a whole number with another base than ten.",
	Doc: "The number has no sign and at most 64 bits, which are all kept. Hexadecimal digits may have `0x` or `16#` in front. With `endian=little` they are read in pairs, the " +
		"lowest first: `8001` is 384. A digit is put in front of an odd number of them.\n\n" +
		"The result goes to `as`, or back to the field. Text that is no such number and an absent field write nothing.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the field read when not given."},
		{Name: "radix", Kind: Int, Default: "16", Min: 2, Max: 36, Doc: "The base."},
		{Name: "endian", Kind: Enum, Default: "big", Enum: []string{"big", "little"}, Doc: "Which pair of hexadecimal digits comes first."},
	},
	Examples: []Example{{
		Query: `pid := parseInt(hex)`,
		In:    "{\"hex\":\"0x1f90\"}\n{\"hex\":\"FFFFFFFFFFFFFFFF\"}\n{\"hex\":\"-1\"}\n{\"other\":\"1\"}",
		Out:   "{\"hex\":\"0x1f90\",\"pid\":\"8080\"}\n{\"hex\":\"FFFFFFFFFFFFFFFF\",\"pid\":\"18446744073709551615\"}\n{\"hex\":\"-1\"}\n{\"other\":\"1\"}",
	}, {
		Query: `parseInt(mode, radix=8) | parseInt(port, endian=little)`,
		In:    `{"mode":"0644","port":"BB01"}`,
		Out:   `{"mode":"420","port":"443"}`,
	}},
	Effect: inPlace,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		radix, little := c.Int("radix"), c.Text("endian") == "little"
		var problems diag.List
		if little && radix != 16 {
			problems = diag.List{diag.Warningf("conflicting-parameters", c.Place("endian"), "endian of parseInt() has no effect with radix=%d: only hexadecimal digits stand for bytes", radix)}
			little = false
		}
		return mapText(c.Field("field"), c.inPlaceTarget(), func(s string) (string, bool) {
			if radix == 16 {
				s = s[hexPrefix(s):]
			}
			if little {
				s = swapPairs(s)
			}
			n, err := strconv.ParseUint(s, radix, 64)
			return strconv.FormatUint(n, 10), err == nil
		}), problems
	},
}

// hexPrefix is the length of what may stand in front of hexadecimal digits.
func hexPrefix(s string) int {
	switch {
	case len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x':
		return 2
	case len(s) >= 3 && s[:3] == "16#":
		return 3
	}
	return 0
}

// swapPairs turns the order of the pairs of digits round.
func swapPairs(s string) string {
	if len(s)%2 != 0 {
		s = "0" + s
	}
	out := make([]byte, 0, len(s))
	for i := len(s) - 2; i >= 0; i -= 2 {
		out = append(out, s[i], s[i+1])
	}
	return string(out)
}
