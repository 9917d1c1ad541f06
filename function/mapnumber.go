package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// mapNumber lifts a function on one number to a mapper. Where the field is absent or no number, or the result is none
// or infinite, field out is left as it is.
func mapNumber(in, out string, f func(x float64) float64) MapperFactory {
	return mapNumbers([]string{in}, out, func(x []float64) float64 { return f(x[0]) })
}

// mapNumbers is mapNumber for a function of several fields.
func mapNumbers(in []string, out string, f func(x []float64) float64) MapperFactory {
	return func(*plan.Runtime) plan.Mapper {
		x, cols := make([]float64, len(in)), make([]*event.Column, len(in))
		return plan.MapperFunc(func(b *event.Batch) error {
			constant := b.Len() > 0
			for i, name := range in {
				if cols[i] = b.Column(name); cols[i] == nil {
					return nil
				}
				constant = constant && cols[i].Kind() == event.Constant
			}
			at := func(row int) (float64, bool) {
				for i, c := range cols {
					var ok bool
					if x[i], ok = c.Number(row); !ok {
						return 0, false
					}
				}
				return finite(f(x))
			}
			if constant {
				// Fast path: the same in every row.
				if v, ok := at(0); ok {
					b.Set(out, event.NewConstant(b.Len(), num.Format(v)))
				}
				return nil
			}
			nums, valid := make([]float64, b.Len()), event.NewBits(b.Len())
			any := false
			for _, r := range b.Selected() {
				if v, ok := at(int(r)); ok {
					nums[r], any = v, true
					valid.Set(int(r))
				}
			}
			if any {
				SetColumn(b, out, event.NewNumber(nums, valid))
			}
			return nil
		})
	}
}

// finite tells whether v is a value that a field can have, and turns negative zero into zero.
func finite(v float64) (float64, bool) {
	if v == 0 {
		v = 0
	}
	return v, v-v == 0
}

// mathFunc makes a function of the math family that works on one number.
func mathFunc(name, summary, doc string, f func(x float64) float64, examples ...Example) *Function {
	if doc != "" {
		doc += " "
	}
	return &Function{
		Name:     name,
		Category: "math",
		Summary:  summary,
		Doc:      doc + nothingWritten,
		Unnamed:  "field",
		Params: []Param{
			{Name: "field", Kind: Field, Required: true, Doc: "The field to read."},
			{Name: "as", Kind: NewField, Default: "_" + name[len("math:"):], Doc: "The field to write."},
		},
		Examples: examples,
		Effect:   mayWrite,
		NewMapper: func(c *Call) (MapperFactory, diag.List) {
			return mapNumber(c.Field("field"), c.Field("as"), f), nil
		},
	}
}

// nothingWritten is what the functions of the math family have in common. The reference calls some arguments an error
// without saying what becomes of the event; null is what arithmetic gives in such cases.
const nothingWritten = "Where the field is absent or not a number, or where there is no finite result, nothing is written. " +
	"Arithmetic is that of 64-bit floating point numbers."
