package function

import (
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// mapValues lifts a function on the texts of several expressions to a mapper. Where one of them has no value, or f gives
// none, field out is left as it is. f must not keep texts.
func mapValues(exprs []*Expr, out string, f func(texts []string) (string, bool)) MapperFactory {
	texts := make([]string, len(exprs))
	varying := -1
	for i, x := range exprs {
		switch {
		case x.Const != nil:
			texts[i] = *x.Const
		case varying < 0:
			varying = i
		default:
			return mapExprs(exprs, out, f)
		}
	}
	if varying < 0 {
		return mapExprs(exprs, out, f)
	}
	field, ok := fieldOf(exprs[varying])
	if !ok {
		return mapExprs(exprs, out, f)
	}
	// Fast path: all but one field is known, so it is done once per distinct value.
	return func(rt *plan.Runtime) plan.Mapper {
		own := append([]string(nil), texts...)
		return mapText(field, out, func(s string) (string, bool) {
			own[varying] = s
			return f(own)
		})(rt)
	}
}

func mapExprs(exprs []*Expr, out string, f func(texts []string) (string, bool)) MapperFactory {
	return func(rt *plan.Runtime) plan.Mapper {
		live := newExprs(rt, exprs)
		return plan.MapperFunc(func(b *event.Batch) error {
			if err := live.eval(b); err != nil {
				return err
			}
			setWhere(b, out, func(row int) (string, bool) {
				if !live.read(row) {
					return "", false
				}
				return f(live.texts)
			})
			return nil
		})
	}
}

// liveExprs are the expressions of a call at work, those of one worker.
type liveExprs struct {
	exprs  []plan.Expr
	values []*event.Column
	texts  []string
}

func newExprs(rt *plan.Runtime, exprs []*Expr) *liveExprs {
	l := &liveExprs{values: make([]*event.Column, len(exprs)), texts: make([]string, len(exprs))}
	for _, x := range exprs {
		l.exprs = append(l.exprs, x.New(rt))
	}
	return l
}

func (l *liveExprs) eval(b *event.Batch) (err error) {
	for i, x := range l.exprs {
		if l.values[i], err = x.Eval(b); err != nil {
			return err
		}
	}
	return nil
}

// read puts the values of a row in texts; false when one is absent.
func (l *liveExprs) read(row int) bool {
	for i, c := range l.values {
		var ok bool
		if l.texts[i], ok = c.Text(row); !ok {
			return false
		}
	}
	return true
}

// placeNumber reads a text as a whole number from least up. What is larger than any text is long becomes one that still
// is.
func placeNumber(s string, least int) (int, bool) {
	f, ok := num.Parse(s)
	if !ok || f < float64(least) || f != float64(int64(min(f, 1<<53))) && f < 1<<53 {
		return 0, false
	}
	return int(min(f, 1<<30)), true
}
