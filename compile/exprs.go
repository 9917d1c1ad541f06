package compile

import (
	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/plan"
)

// expr compiles an expression; nil when it was reported as wrong.
func (c *compiler) expr(e cql.Expr, sc *scope) *function.Expr {
	x := c.operand(e, sc)
	if x != nil {
		x.At, x.Source = e.Span(), c.textOf(e)
	}
	return x
}

func (c *compiler) operand(e cql.Expr, sc *scope) *function.Expr {
	switch e := e.(type) {
	case *cql.ParenExpr:
		return c.expr(e.X, sc)
	case *cql.FieldRef:
		c.readField(sc, e.Name, e.Span())
		return &function.Expr{Reads: []string{e.Name}, New: func(*plan.Runtime) plan.Expr { return plan.FieldValue(e.Name) }}
	case *cql.String:
		return constant(e.Value)
	case *cql.Number:
		return constant(e.Text)
	case *cql.Bool:
		if e.Value {
			return constant("true")
		}
		return constant("false")
	case *cql.Parameter:
		return constant(c.parameter(e)[0])
	case *cql.Call:
		return c.callExpr(e, sc)
	case *cql.Word:
		if e.Expr != nil {
			return c.expr(e.Expr, sc)
		}
		c.report(diag.Errorf("not-an-expression", e.Span(), "%s is no expression", e.Text).
			WithHelp("put it in quotes if it is meant as text"))
		return nil
	case *cql.Unary:
		x := c.expr(e.X, sc)
		if x == nil {
			return nil
		}
		op := e.Op
		return derived(func(rt *plan.Runtime) plan.Expr { return plan.NewUnary(op, x.New(rt)) }, x)
	case *cql.Binary:
		return c.binary(e, sc)
	case *cql.BadExpr:
		return nil
	case *cql.ArrayExpr:
		c.errorf("not-an-expression", e.Span(), "an array is no value; it can only be the argument of a function")
	case *cql.Subquery:
		c.errorf("not-an-expression", e.Span(), "a subquery is no value; it can only be the argument of a function")
	}
	return nil
}

var binaryOps = map[cql.BinaryOp]plan.Op{
	cql.Add: plan.OpAdd, cql.Sub: plan.OpSub, cql.Mul: plan.OpMul, cql.Div: plan.OpDiv, cql.Mod: plan.OpMod,
	cql.EqualTo: plan.OpEq, cql.NotEqual: plan.OpNe, cql.Less: plan.OpLt, cql.LessEqual: plan.OpLe,
	cql.Greater: plan.OpGt, cql.GreaterEqual: plan.OpGe,
}

func (c *compiler) binary(e *cql.Binary, sc *scope) *function.Expr {
	if e.Op == cql.LinkTo {
		c.errorf("link-outside-correlate", e.OpSpan, "`<=>` links the queries of correlate() and stands nowhere else")
		return nil
	}
	x, y := c.expr(e.X, sc), c.expr(e.Y, sc)
	if x == nil || y == nil {
		return nil
	}
	op, at := binaryOps[e.Op], e.OpSpan
	return derived(func(rt *plan.Runtime) plan.Expr { return plan.NewBinary(rt, op, x.New(rt), y.New(rt), at) }, x, y)
}

func constant(s string) *function.Expr {
	return &function.Expr{Const: &s, New: func(*plan.Runtime) plan.Expr {
		return plan.ExprFunc(func(b *event.Batch) (*event.Column, error) { return event.NewConstant(b.Len(), s), nil })
	}}
}

func derived(make func(rt *plan.Runtime) plan.Expr, from ...*function.Expr) *function.Expr {
	out := &function.Expr{New: make}
	for _, x := range from {
		out.Reads = append(out.Reads, x.Reads...)
		out.All = out.All || x.All
	}
	return out
}
