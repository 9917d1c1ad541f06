package function

import (
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var hashRewriteFunc = &Function{
	Name:     "hashRewrite",
	Category: "security",
	Summary:  "Replaces a value by a salted hash, also where it stands in @rawstring.",
	Doc: "The same value always becomes the same hash, so that events of one person can be told from those of others without naming anybody; hashMatch() " +
		"finds the events of a value that is known. With `as` the hash goes to another field and the value stays, but not in `@rawstring`, in which " +
		"each place that holds the value gets the hash, unless `replaceInRawstring=false`. An event without the field is left alone.\n\n" + saltedHashDoc,
	Unnamed: "field",
	Params: append(append([]Param{
		{Name: "field", Kind: Field, Required: true, Doc: "The field to hash."},
		{Name: "as", Kind: NewField, Doc: "The field to write; the field read when not given."},
	}, saltedHashParams()...),
		Param{Name: "replaceInRawstring", Kind: Bool, Default: "true", Doc: "Whether `@rawstring` is rewritten too."}),
	Examples: []Example{{
		Query: `hashRewrite(patient, salt="ward", bits=64) | select([patient, @rawstring])`,
		In:    "{\"patient\":\"Ida Berg\",\"@rawstring\":\"admit: Ida Berg (Ida Berg)\"}\n{\"@rawstring\":\"idle\"}",
		Out:   "{\"patient\":\"uceLDWrE82E\",\"@rawstring\":\"admit: uceLDWrE82E (uceLDWrE82E)\"}\n{\"@rawstring\":\"idle\"}",
	}, {
		Query: `token := hashRewrite(user, salt="desk", hash=sha512, bits=32, replaceInRawstring=false)`,
		In:    `{"user":"ada"}`,
		Out:   `{"user":"ada","token":"N/x5vg"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := inPlace(c)
		if c.Bool("replaceInRawstring") {
			e.Reads, e.MayWrite = append(e.Reads, rawstringField), append(e.MayWrite, rawstringField)
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		h, problems := c.saltedHash()
		if h == nil {
			return nil, problems
		}
		field, as, inRaw := c.Field("field"), c.inPlaceTarget(), c.Bool("replaceInRawstring")
		return func(rt *plan.Runtime) plan.Mapper {
			hash := h.maker()
			m := mapText(field, as, func(s string) (string, bool) { return hash(s), true })(rt)
			return plan.MapperFunc(func(b *event.Batch) error {
				values, raw := b.Column(field), b.Column(rawstringField)
				if err := m.Map(b); err != nil {
					return err
				}
				if !inRaw || values == nil || raw == nil || as == rawstringField {
					return nil
				}
				setWhere(b, rawstringField, func(row int) (string, bool) {
					value, ok := values.Text(row)
					if !ok || value == "" {
						return "", false
					}
					text, ok := raw.Text(row)
					if !ok || !strings.Contains(text, value) {
						return "", false
					}
					return strings.ReplaceAll(text, value, hash(value)), true
				})
				return nil
			})
		}, problems
	},
}
