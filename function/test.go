package function

import (
	"strconv"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

var testFunc = &Function{
	Name:     "test",
	Category: "comparison",
	Summary:  "Keeps events for which an expression is true.",
	Doc: "In the expression a name without quotes is a field and a text in quotes is itself, so `test(a == b)` compares two fields, which `a = b` does not. " +
		"`==` and `!=` compare as numbers when both sides are numbers and as texts otherwise; the order operators want numbers on both sides. A side without " +
		"a value makes the comparison neither true nor false.\n\n" +
		"Only the value `true` counts as true: an event is dropped when the expression is false, has no value, or is a number or another text. `!test(...)` " +
		"keeps exactly the events that `test(...)` drops, those without a value among them; `test(!(...))` does not keep these.",
	Unnamed: "expression",
	Params: []Param{
		{Name: "expression", Kind: Expression, Required: true, Doc: "The expression."},
	},
	Examples: []Example{{
		Query: `test(sent > 2 * received)`,
		In:    "{\"sent\":\"9\",\"received\":\"4\"}\n{\"sent\":\"8\",\"received\":\"4\"}\n{\"sent\":\"9\"}\n{\"sent\":\"many\",\"received\":\"4\"}",
		Out:   `{"sent":"9","received":"4"}`,
	}, {
		Doc:   "Numbers are equal whatever their spelling.",
		Query: `test(code == expected)`,
		In:    "{\"code\":\"200\",\"expected\":\"200.0\"}\n{\"code\":\"OK\",\"expected\":\"ok\"}\n{\"code\":\"x\",\"expected\":\"x\"}",
		Out:   "{\"code\":\"200\",\"expected\":\"200.0\"}\n{\"code\":\"x\",\"expected\":\"x\"}",
	}, {
		Doc:   "Calls are part of expressions.",
		Query: `not test(length(name) < 5)`,
		In:    "{\"name\":\"anna\"}\n{\"name\":\"annabel\"}\n{\"other\":\"1\"}",
		Out:   "{\"name\":\"annabel\"}\n{\"other\":\"1\"}",
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		x := c.Expr("expression")
		if x.Const != nil {
			return plan.Always(*x.Const == "true"), nil
		}
		if p := equalsText(c); p != nil {
			return p, nil
		}
		return rowCondition("test("+x.Source+")", []*Expr{x}, func(v []*event.Column, row int) bool {
			s, _ := v[0].Text(row)
			return s == "true"
		}), nil
	},
}

// equalsText reads `field == "text"`, a comparison that can be decided once per
// value and of which the source may know; nil for any other expression. A text
// that is a number equals other spellings of it and is left out.
func equalsText(c *Call) plan.Pred {
	if c.Syntax == nil || len(c.Syntax.Args) != 1 {
		return nil
	}
	cmp, ok := c.Syntax.Args[0].Value.(*cql.Binary)
	if !ok || cmp.Op != cql.EqualTo {
		return nil
	}
	field, ok := cmp.X.(*cql.FieldRef)
	text, isText := cmp.Y.(*cql.String)
	if !ok {
		field, ok = cmp.Y.(*cql.FieldRef)
		text, isText = cmp.X.(*cql.String)
	}
	if !ok || !isText {
		return nil
	}
	if _, number := num.Parse(text.Value); number {
		return nil
	}
	want := text.Value
	return &plan.Test{Field: field.Name, Match: noError(func(s string) bool { return s == want }), Whole: &want, Shown: "== " + strconv.Quote(want)}
}
