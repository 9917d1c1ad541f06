package function

import (
	"cmp"
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var bitfieldExtractFlagsAsArrayFunc = &Function{
	Name:     "bitfield:extractFlagsAsArray",
	Category: "data-manipulation",
	Summary:  "Writes the names of the bits that are set in a number as an array.",
	Doc: "The names stand in the order of the bits, from the lowest. Bit 0 is the lowest. Of a number beyond 64 bits the lowest 64 count; a negative one is " +
		"taken in two's complement. The result takes the place of an array of that name, also when none of the bits is set. Where the field is absent or no " +
		"whole number, nothing happens.",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "flagNames", Kind: TextPairs, Required: true, Doc: "The bits, from 0 to 63, each with its name: `[[0, read], [1, write]]`."},
		{Name: "asArray", Kind: ArrayName, Default: "_flags", Doc: "The array to write."},
	},
	Examples: []Example{{
		Query: `bitfield:extractFlagsAsArray(field=mode, flagNames=[[2, read], [1, write], [0, run]], asArray="may[]")`,
		In:    "{\"mode\":\"6\"}\n{\"mode\":\"8\",\"may[0]\":\"old\"}\n{\"mode\":\"rw\",\"may[0]\":\"old\"}",
		Out:   "{\"mode\":\"6\",\"may[0]\":\"write\",\"may[1]\":\"read\"}\n{\"mode\":\"8\"}\n{\"mode\":\"rw\",\"may[0]\":\"old\"}",
	}, {
		Query: `bitfield:extractFlagsAsArray(field=mode, flagNames=[[0, run], [63, top]]) | array:length("_flags[]")`,
		In:    "{\"mode\":\"-1\"}\n{\"mode\":\"18446744073709551617\"}",
		Out:   "{\"mode\":\"-1\",\"_flags[0]\":\"run\",\"_flags[1]\":\"top\",\"_length\":\"2\"}\n{\"mode\":\"18446744073709551617\",\"_flags[0]\":\"run\",\"_length\":\"1\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		return plan.Effect{Reads: []string{c.Field("field")}, WritesUnknown: true}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		flags, problems := c.sortedFlags()
		as, more := c.arrayName("asArray")
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		field := c.Field("field")
		return func(*plan.Runtime) plan.Mapper {
			var reader bitReader
			return plan.MapperFunc(func(b *event.Batch) error {
				col := b.Column(field)
				if col == nil {
					return nil
				}
				read, has, names := reader.read(col), event.NewBits(b.Len()), make([][]string, b.Len())
				for _, r := range b.Selected() {
					if bits, ok := read(int(r)); ok {
						has.Set(int(r))
						names[r] = setFlags(flags, bits)
					}
				}
				setTexts(b, as, has, names)
				return nil
			})
		}, nil
	},
}

// sortedFlags reads the argument flagNames, from the lowest bit to the highest.
func (c *Call) sortedFlags() ([]flag, diag.List) {
	flags, problems := c.flags("flagNames")
	slices.SortFunc(flags, func(a, b flag) int { return cmp.Compare(a.bit, b.bit) })
	return flags, problems
}
