package plan

import (
	"math"

	"harrier/diag"
	"harrier/event"
)

// Op is an operator of expressions.
type Op uint8

// The operators.
const (
	OpAdd Op = iota
	OpSub
	OpMul
	OpDiv
	OpMod
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
)

// FieldValue is the value of a field.
func FieldValue(name string) Expr {
	return ExprFunc(func(b *event.Batch) (*event.Column, error) { return b.Field(name), nil })
}

// booleans makes columns of the texts true and false.
type booleans struct{ dict *event.Dict }

const (
	codeFalse = 0
	codeTrue  = 1
)

func newBooleans() booleans {
	d := event.NewDict()
	d.Code("false")
	d.Code("true")
	return booleans{d}
}

// column fills the selected rows: decide gives NoCode for null.
func (x booleans) column(b *event.Batch, decide func(row int) uint32) *event.Column {
	codes := make([]uint32, b.Len())
	for i := range codes {
		codes[i] = event.NoCode
	}
	for _, r := range b.Selected() {
		codes[r] = decide(int(r))
	}
	return event.NewCoded(x.dict, codes)
}

func codeOf(ok bool) uint32 {
	if ok {
		return codeTrue
	}
	return codeFalse
}

// NewCondition is an expression that tells whether a condition holds.
func NewCondition(rt *Runtime, p Pred) Expr {
	st, bools := &PredState{Runtime: rt}, newBooleans()
	return ExprFunc(func(b *event.Batch) (*event.Column, error) {
		rows, err := p.Eval(st, b, b.Selected())
		if err != nil {
			return nil, err
		}
		i := 0
		return bools.column(b, func(row int) uint32 {
			if i < len(rows) && int(rows[i]) == row {
				i++
				return codeTrue
			}
			return codeFalse
		}), nil
	})
}

// numberAt reads a column as numbers, a constant one only once.
func numberAt(c *event.Column) func(row int) (float64, bool) {
	if _, ok := c.ConstantText(); ok && c.Len() > 0 {
		f, ok := c.Number(0)
		return func(int) (float64, bool) { return f, ok }
	}
	return c.Number
}

// NewUnary is -x or !x (language reference 6.2): null unless x is a number, or
// for ! a boolean.
func NewUnary(op byte, x Expr) Expr {
	bools := newBooleans()
	return ExprFunc(func(b *event.Batch) (*event.Column, error) {
		c, err := x.Eval(b)
		if err != nil {
			return nil, err
		}
		num := numberAt(c)
		if op == '-' {
			return numbers(b, func(r int) (float64, bool) {
				f, ok := num(r)
				return -f, ok
			}), nil
		}
		return bools.column(b, func(r int) uint32 {
			switch s, _ := c.Text(r); s {
			case "true":
				return codeFalse
			case "false":
				return codeTrue
			}
			if f, ok := num(r); ok {
				return codeOf(f == 0)
			}
			return event.NoCode
		}), nil
	})
}

func numbers(b *event.Batch, f func(row int) (float64, bool)) *event.Column {
	nums := make([]float64, b.Len())
	valid := event.NewBits(b.Len())
	for _, r := range b.Selected() {
		if v, ok := f(int(r)); ok {
			if v == 0 {
				v = 0 // negative zero prints as zero
			}
			nums[r] = v
			valid.Set(int(r))
		}
	}
	return event.NewNumber(nums, valid)
}

// NewBinary is x op y (language reference 6.2). Arithmetic and order give null
// unless both sides are numbers; == and != compare as numbers when both are, and
// as texts otherwise, and give null when a side is null. Division by zero gives
// null and a warning.
func NewBinary(rt *Runtime, op Op, x, y Expr, at diag.Span) Expr {
	if op <= OpMod {
		return &arithmetic{rt: rt, op: op, x: x, y: y, at: at}
	}
	bools := newBooleans()
	return ExprFunc(func(b *event.Batch) (*event.Column, error) {
		p, q, err := both(b, x, y)
		if err != nil {
			return nil, err
		}
		pn, qn := numberAt(p), numberAt(q)
		return bools.column(b, func(r int) uint32 {
			f, fok := pn(r)
			g, gok := qn(r)
			if fok && gok {
				return codeOf(compareNumbers(op, f, g))
			}
			if op != OpEq && op != OpNe {
				return event.NoCode
			}
			s, sok := p.Text(r)
			t, tok := q.Text(r)
			if !sok || !tok {
				return event.NoCode
			}
			return codeOf((s == t) == (op == OpEq))
		}), nil
	})
}

func both(b *event.Batch, x, y Expr) (*event.Column, *event.Column, error) {
	p, err := x.Eval(b)
	if err != nil {
		return nil, nil, err
	}
	q, err := y.Eval(b)
	return p, q, err
}

func compareNumbers(op Op, a, b float64) bool {
	switch op {
	case OpEq:
		return a == b
	case OpNe:
		return a != b
	case OpLt:
		return a < b
	case OpLe:
		return a <= b
	case OpGt:
		return a > b
	default:
		return a >= b
	}
}

type arithmetic struct {
	rt   *Runtime
	op   Op
	x, y Expr
	at   diag.Span
}

// Eval implements Expr.
func (e *arithmetic) Eval(b *event.Batch) (*event.Column, error) {
	p, q, err := both(b, e.x, e.y)
	if err != nil {
		return nil, err
	}
	pn, qn := numberAt(p), numberAt(q)
	return numbers(b, func(r int) (float64, bool) {
		f, fok := pn(r)
		g, gok := qn(r)
		if !fok || !gok {
			return 0, false
		}
		return e.apply(f, g)
	}), nil
}

func (e *arithmetic) apply(f, g float64) (float64, bool) {
	switch e.op {
	case OpAdd:
		f += g
	case OpSub:
		f -= g
	case OpMul:
		f *= g
	default:
		if g == 0 {
			if e.rt != nil {
				e.rt.Warn(diag.Warningf("division-by-zero", e.at, "a division by zero gives no value"))
			}
			return 0, false
		}
		if e.op == OpDiv {
			f /= g
		} else {
			f = math.Mod(f, g)
		}
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}
