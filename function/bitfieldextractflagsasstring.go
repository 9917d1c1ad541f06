package function

import (
	"strings"

	"harrier/diag"
)

var bitfieldExtractFlagsAsStringFunc = &Function{
	Name:     "bitfield:extractFlagsAsString",
	Category: "data-manipulation",
	Summary:  "Writes the names of the bits that are set in a number as one text.",
	Doc: "The names stand in the order of the bits, from the lowest. Bit 0 is the lowest. Of a number beyond 64 bits the lowest 64 count; a negative one is " +
		"taken in two's complement. When none of the bits is set the text is empty. Where the field is absent or no whole number, nothing is written.",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "flagNames", Kind: TextPairs, Required: true, Doc: "The bits, from 0 to 63, each with its name: `[[0, read], [1, write]]`."},
		{Name: "as", Kind: NewField, Default: "_flags", Doc: "The field to write."},
		{Name: "separator", Kind: Text, Default: " ", Doc: "What stands between names."},
	},
	Examples: []Example{{
		Query: `may := bitfield:extractFlagsAsString(field=mode, flagNames=[[2, read], [1, write], [0, run]], separator="+")`,
		In:    "{\"mode\":\"6\"}\n{\"mode\":\"8\"}\n{\"mode\":\"rw\"}",
		Out:   "{\"mode\":\"6\",\"may\":\"write+read\"}\n{\"mode\":\"8\",\"may\":\"\"}\n{\"mode\":\"rw\"}",
	}, {
		Query: `mode =~ bitfield:extractFlagsAsString(flagNames=[[1, write], [0, run]])`,
		In:    "{\"mode\":\"3\"}\n{\"mode\":\"-2\"}",
		Out:   "{\"mode\":\"3\",\"_flags\":\"run write\"}\n{\"mode\":\"-2\",\"_flags\":\"write\"}",
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		flags, problems := c.sortedFlags()
		if len(problems) > 0 {
			return nil, problems
		}
		separator := c.Text("separator")
		return mapText(c.Field("field"), c.Field("as"), func(s string) (string, bool) {
			bits, ok := lowBits(s)
			if !ok {
				return "", false
			}
			return strings.Join(setFlags(flags, bits), separator), true
		}), nil
	},
}
