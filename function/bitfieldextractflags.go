package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var bitfieldExtractFlagsFunc = &Function{
	Name:     "bitfield:extractFlags",
	Category: "data-manipulation",
	Summary:  "Writes bits of a number as fields that are true or false.",
	Doc: "Bit 0 is the lowest. Of a number beyond 64 bits the lowest 64 count; a negative one is taken in two's complement. Where the field is absent or " +
		"no whole number, nothing is written.\n\n" +
		"With `onlyTrue=true` a bit that is not set writes nothing: an example in LogScale's reference shows `false` all the same, against the text beside it.",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "output", Kind: TextPairs, Required: true, Doc: "The bits, from 0 to 63, each with the field to write: `[[0, read], [1, write]]`."},
		{Name: "onlyTrue", Kind: Bool, Default: "false", Doc: "Whether only bits that are set are written."},
	},
	Examples: []Example{{
		Query: `bitfield:extractFlags(field=mode, output=[[2, read], [1, write], [0, run]])`,
		In:    "{\"mode\":\"5\"}\n{\"mode\":\"rwx\"}",
		Out:   "{\"mode\":\"5\",\"read\":\"true\",\"write\":\"false\",\"run\":\"true\"}\n{\"mode\":\"rwx\"}",
	}, {
		Query: `mode =~ bitfield:extractFlags(output=[[2, read], [1, write]], onlyTrue=true)`,
		In:    "{\"mode\":\"4\"}\n{\"mode\":\"2\"}\n{\"mode\":\"-1\"}",
		Out:   "{\"mode\":\"4\",\"read\":\"true\"}\n{\"mode\":\"2\",\"write\":\"true\"}\n{\"mode\":\"-1\",\"read\":\"true\",\"write\":\"true\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		for _, p := range c.Arg("output").Pairs {
			e.MayWrite = append(e.MayWrite, p[1])
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		flags, problems := c.flags("output")
		if len(problems) > 0 {
			return nil, problems
		}
		field, onlyTrue := c.Field("field"), c.Bool("onlyTrue")
		return func(*plan.Runtime) plan.Mapper {
			m := &flagFields{field: field, flags: flags, onlyTrue: onlyTrue, words: event.NewDict()}
			m.no, m.yes = m.words.Code("false"), m.words.Code("true")
			return m
		}, nil
	},
}

// flagFields is bitfield:extractFlags() at work.
type flagFields struct {
	field    string
	flags    []flag
	onlyTrue bool
	reader   bitReader
	words    *event.Dict
	no, yes  uint32
}

var _ plan.Mapper = (*flagFields)(nil)

// Map implements plan.Mapper.
func (m *flagFields) Map(b *event.Batch) error {
	col := b.Column(m.field)
	if col == nil {
		return nil
	}
	read := m.reader.read(col)
	for _, f := range m.flags {
		codes, any := make([]uint32, b.Len()), false
		for i := range codes {
			codes[i] = event.NoCode
		}
		for _, r := range b.Selected() {
			bits, ok := read(int(r))
			switch {
			case ok && bits>>f.bit&1 == 1:
				codes[r], any = m.yes, true
			case ok && !m.onlyTrue:
				codes[r], any = m.no, true
			}
		}
		if any {
			setCodes(b, f.name, codes, m.words)
		}
	}
	return nil
}
