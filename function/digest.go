package function

import (
	"encoding/hex"
	"hash"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// digestFunc makes a function of the crypto family.
func digestFunc(name, algorithm, as string, newHash func() hash.Hash, examples ...Example) *Function {
	return &Function{
		Name:     name,
		Category: "hash",
		Summary:  "Writes the " + algorithm + " digest of one or several fields.",
		Doc: "The digest is that of the UTF-8 text, in hexadecimal with small letters. The texts of several fields are put one behind the other with nothing " +
			"between them, in the order given, so that `a` and `bc` have the digest of `ab` and `c`. An absent field counts as the empty text: a digest is " +
			"always written.",
		Unnamed: "field",
		Params: []Param{
			{Name: "field", Kind: Fields, Required: true, Doc: "The field, or fields."},
			{Name: "as", Kind: NewField, Default: as, Doc: "The field to write."},
		},
		Examples: examples,
		NewMapper: func(c *Call) (MapperFactory, diag.List) {
			fields, as := c.Fields("field"), c.Field("as")
			if len(fields) == 0 {
				return nil, c.Errorf("bad-value", "field", "%s() needs the name of a field", name)
			}
			return mapTogether(fields, as, func() func(texts []string) string {
				h := newHash()
				var sum, buf []byte
				return func(texts []string) string {
					h.Reset()
					for _, s := range texts {
						buf = append(buf[:0], s...)
						h.Write(buf)
					}
					sum = h.Sum(sum[:0])
					return hex.EncodeToString(sum)
				}
			}), nil
		},
	}
}

// mapTogether lifts a function on the texts of several fields, of which absent ones are empty, to a mapper that always
// writes. Each worker gets a function of its own.
func mapTogether(fields []string, out string, newFunc func() func(texts []string) string) MapperFactory {
	return func(rt *plan.Runtime) plan.Mapper {
		f, texts, columns := newFunc(), make([]string, len(fields)), make([]*event.Column, len(fields))
		single := mapText(fields[0], out, func(s string) (string, bool) {
			texts[0] = s
			return f(texts[:1]), true
		})(rt)
		return plan.MapperFunc(func(b *event.Batch) error {
			some := false
			for i, name := range fields {
				columns[i] = b.Column(name)
				some = some || columns[i] != nil
			}
			whole := columns[0] != nil
			if whole && len(fields) == 1 {
				for _, r := range b.Selected() {
					whole = whole && columns[0].Present(int(r))
				}
				if whole {
					return single.Map(b) // Fast path: once per distinct value.
				}
			}
			if !some {
				for i := range texts {
					texts[i] = ""
				}
				b.Set(out, event.NewConstant(b.Len(), f(texts)))
				return nil
			}
			setWhere(b, out, func(row int) (string, bool) {
				for i, c := range columns {
					texts[i] = ""
					if c != nil {
						texts[i], _ = c.Text(row)
					}
				}
				return f(texts), true
			})
			return nil
		})
	}
}
