package function

import "harrier/diag"

var unitConvertFunc = &Function{
	Name:     "unit:convert",
	Category: "math",
	Summary:  "Converts a number with a unit to a plain number, or to another unit.",
	Doc: "A value is a number and a unit, with or without a blank between them; a unit is a prefix, a name of any kind, and a time behind a slash when it is a rate: " +
		"`5 MB`, `514us`, `1.2 khits/min`. Prefixes are `Y Z E P T G M k` (also `K`), `h da d c m u n p f a z y`, and `Yi` to `Ki` for powers of 1024, which the " +
		"large ones stand for as well with `binary=true`. Times are `s sec m min h hour d day w week`. The result is the number without prefix, per second " +
		"for a rate: 5 MB are 5000000.\n\n" +
		"A name that begins with a prefix is taken for one: `120 hits/min` are 200, as `h` is a hundred `its`, and `3 min` are 0.003 `in`. With `unit=hits` " +
		"the name is known, values must end with it, and 120 hits/min are 2.\n\n" +
		"`from` is the unit of values that have none. `to` is the unit wanted: a prefix, a name or both, and a time for a rate. When it " +
		"has no name, that of the value stays; a value with another name, or one that is no rate when `to` is, cannot be converted. Where the " +
		"manual's examples show 1048576 B as 1.0 MB we follow its table of prefixes: it is 1.048576, and 1 with `binary=true`.\n\n" +
		"`keepUnit` writes the unit of the result behind it, after a blank. The result goes to `as`, or back to the field. Values that are no numbers with a unit, and absent fields, " +
		"write nothing. Conversion is exact and rounded once.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the field read when not given."},
		{Name: "binary", Kind: Bool, Default: "false", Doc: "Whether the prefixes from `k` up are powers of 1024."},
		{Name: "from", Kind: Text, Doc: "The unit of values without one."},
		{Name: "to", Kind: Text, Doc: "The unit to convert to."},
		{Name: "unit", Kind: Text, Doc: "The name that units end with."},
		{Name: "keepUnit", Kind: Bool, Default: "false", Doc: "Whether the unit is written as well."},
	},
	Examples: []Example{{
		Query: `unit:convert(size)`,
		In:    "{\"size\":\"3 kB\"}\n{\"size\":\"3KiB\"}\n{\"size\":\"250 us\"}\n{\"size\":\"large\"}\n{\"size\":\"1,000 B\"}\n{\"other\":\"1\"}",
		Out: "{\"size\":\"3000\"}\n{\"size\":\"3072\"}\n{\"size\":\"0.00025\"}\n{\"size\":\"large\"}\n{\"size\":\"1,000 B\"}\n" +
			"{\"other\":\"1\"}",
	}, {
		Doc:   "Bytes, for people.",
		Query: `sent := unit:convert(bytes, from=B, to=M, binary=true, keepUnit=true)`,
		In:    `{"bytes":"7340032"}`,
		Out:   `{"bytes":"7340032","sent":"7 MB"}`,
	}, {
		Query: `unit:convert(rate, unit=hits, as=persecond) | unit:convert(rate, unit=hits, to="khits/day", keepUnit=true)`,
		In:    `{"rate":"90 hits/min"}`,
		Out:   `{"rate":"129.6 khits/day","persecond":"1.5"}`,
	}},
	Effect: inPlace,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		base, _ := cutRate(c.Text("unit"))
		if c.unknown("unit") {
			base = ""
		}
		u := &unitConverter{binary: c.Bool("binary"), keepUnit: c.Bool("keepUnit"), base: base}
		for i, to := range []**measure{&u.from, &u.to} {
			name := []string{"from", "to"}[i]
			if !c.Has(name) || c.unknown(name) {
				continue
			}
			m, ok := parseMeasure(c.Text(name), base, u.binary)
			if !ok {
				// A prefix alone leaves the name to the other side.
				m, ok = parseMeasure(c.Text(name), "", u.binary)
				if !ok || m.base != "" {
					return nil, c.Errorf("bad-value", name, "%s of unit:convert() is %q, which does not end with the unit %q", name, c.Text(name), base)
				}
			}
			*to = &m
		}
		return mapText(c.Field("field"), c.inPlaceTarget(), u.convert), nil
	},
}
