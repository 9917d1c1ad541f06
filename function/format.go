package function

import (
	"slices"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/textfmt"
	"harrier/plan"
)

var formatFunc = &Function{
	Name:     "format",
	Category: "format",
	Summary:  "Writes fields as one text in the manner of printf.",
	Doc: "A conversion in the format is `%[index$][flags][width][.precision][h]type`:\n\n" +
		"- `d`, `i` integer; `o` octal; `x`, `X` hexadecimal. Integers have 64 bits, or 32 behind `h`; negative ones are two's complement in octal and " +
		"hexadecimal. Numbers with a fraction are rounded.\n" +
		"- `f`, `F` fixed point; `e`, `E` power of ten; `g`, `G` whichever fits. The precision is 6 when not given and at most 9; for `g` it is the " +
		"number of significant digits, at least 6.\n" +
		"- `s` text; `c`, `C` its first character; `b`, `B` false for the text `false`, true for any other.\n" +
		"- `t`, `T` and a letter: part of a time in milliseconds since 1970, with the letters of formatTime().\n" +
		"- `n` line end; `%` percent sign.\n\n" +
		"Capital letters write capitals. Flags: `-` to the left, `+` and blank sign of numbers that are not negative, `#` prefix `0` or `0x`, or a point " +
		"in any case, `0` zeros in front, `,` thousands. The index counts fields from 1; `<` is the field of the conversion before. Without an " +
		"index every conversion takes the next field.\n\n" +
		"A field that is absent, or that is no number where one is wanted, is written as `null`. Numbers round half up, by their decimal digits.",
	Unnamed: "format",
	Params: []Param{
		{Name: "format", Kind: Text, Required: true, Doc: "What to write."},
		{Name: "field", Kind: Fields, Required: true, Doc: "The fields to read, in the order of the conversions."},
		{Name: "as", Kind: NewField, Default: "_format", Doc: "The field to write."},
		{Name: "timezone", Kind: Text, Default: "UTC", Doc: "The zone of times: a name such as `Europe/Copenhagen`, an abbreviation, or an offset."},
	},
	Examples: []Example{{
		Query: `format("%s: %,d bytes, %.1f %%", field=[name, size, share])`,
		In:    "{\"name\":\"a\",\"size\":\"1234567\",\"share\":\"12.25\"}\n{\"name\":\"b\",\"size\":\"x\"}",
		Out: "{\"name\":\"a\",\"size\":\"1234567\",\"share\":\"12.25\",\"_format\":\"a: 1,234,567 bytes, 12.3 %\"}\n" +
			"{\"name\":\"b\",\"size\":\"x\",\"_format\":\"b: null bytes, null %\"}",
	}, {
		Query: `status := format("0x%08X", field=code)`,
		In:    `{"code":"3221225506"}`,
		Out:   `{"code":"3221225506","status":"0xC0000022"}`,
	}, {
		Query: `format("%1$tF %<tR", field=t, as=when, timezone="+02:00")`,
		In:    `{"t":"1686837825000"}`,
		Out:   `{"t":"1686837825000","when":"2023-06-15 16:03"}`,
	}},
	NewMapper: newFormat,
}

func newFormat(c *Call) (MapperFactory, diag.List) {
	format, err := textfmt.Compile(c.Text("format"))
	if err != nil {
		return nil, c.Errorf("bad-value", "format", "%s", err)
	}
	fields, as := c.Fields("field"), c.Field("as")
	if format.Args() > len(fields) {
		return nil, c.Errorf("bad-value", "format", "the format uses %d fields, and field= has %d", format.Args(), len(fields))
	}
	loc, problems := c.Zone("timezone")
	if len(problems) > 0 {
		return nil, problems
	}
	fields = slices.Clone(fields[:format.Args()])
	return func(*plan.Runtime) plan.Mapper {
		return &formatMapper{format: format, fields: fields, as: as, loc: loc, args: make([]textfmt.Arg, len(fields))}
	}, nil
}

type formatMapper struct {
	format *textfmt.Format
	fields []string
	as     string
	loc    *time.Location
	args   []textfmt.Arg
	buf    []byte
}

var _ plan.Mapper = (*formatMapper)(nil)

// Map implements plan.Mapper. Neighbouring rows often agree in the fields, and then share one text.
func (m *formatMapper) Map(b *event.Batch) error {
	cols := make([]*event.Column, len(m.fields))
	for i, f := range m.fields {
		cols[i] = b.Field(f)
	}
	last, changed := "", true
	setWhere(b, m.as, func(row int) (string, bool) {
		for i, col := range cols {
			s, ok := col.Text(row)
			if a := (textfmt.Arg{Text: s, Present: ok}); a != m.args[i] {
				m.args[i], changed = a, true
			}
		}
		if changed {
			m.buf = m.format.Append(m.buf[:0], m.args, m.loc)
			last, changed = string(m.buf), false
		}
		return last, true
	})
	return nil
}
