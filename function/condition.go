package function

import (
	"strconv"

	"harrier/event"
	"harrier/plan"
)

// fieldOf gives the field that an expression is, when it is nothing more.
func fieldOf(x *Expr) (string, bool) {
	// Source is the text of the expression: that of a call or an operation has more
	// in it than the name of the only field it reads.
	if x.Const == nil && !x.All && len(x.Reads) == 1 && x.Source == x.Reads[0] {
		return x.Reads[0], true
	}
	return "", false
}

// textPair is the condition that both expressions have values and test holds for
// them. A text must only pass the test if it contains the second.
func textPair(name string, text, sub *Expr, test func(text, sub string) bool) plan.Pred {
	if sub.Const != nil {
		want := *sub.Const
		if text.Const != nil {
			return plan.Always(test(*text.Const, want))
		}
		if field, ok := fieldOf(text); ok {
			return &plan.Test{
				Field: field, Match: noError(func(s string) bool { return test(s, want) }),
				Needles: []event.Needle{{Text: want}}, Shown: name + " " + strconv.Quote(want),
			}
		}
	}
	return rowCondition(name+"("+text.Source+", "+sub.Source+")", []*Expr{text, sub}, func(v []*event.Column, row int) bool {
		s, ok := v[0].Text(row)
		if !ok {
			return false
		}
		t, ok := v[1].Text(row)
		return ok && test(s, t)
	})
}

// rowCondition is the condition that holds for the values of expressions in a
// row.
func rowCondition(shown string, exprs []*Expr, holds func(values []*event.Column, row int) bool) *plan.Mapped {
	p := &plan.Mapped{Name: shown}
	for _, x := range exprs {
		p.Effects.Reads = append(p.Effects.Reads, x.Reads...)
		p.Effects.ReadsAll = p.Effects.ReadsAll || x.All
	}
	// Expressions keep state, so each worker has its own.
	p.New = func(rt *plan.Runtime) plan.Mapper {
		live := make([]plan.Expr, len(exprs))
		for i, x := range exprs {
			live[i] = x.New(rt)
		}
		values := make([]*event.Column, len(exprs))
		return plan.MapperFunc(func(b *event.Batch) (err error) {
			for i, x := range live {
				if values[i], err = x.Eval(b); err != nil {
					return err
				}
			}
			b.Narrow(func(row int) bool { return holds(values, row) })
			return nil
		})
	}
	return p
}
