package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var ifFunc = &Function{
	Name:     "if",
	Category: "conditional",
	Summary:  "Writes one of two values, as a condition tells.",
	Doc: "`if(c, then=t, else=e, as=y)` does what `case { test(c) | y := t; y := e }` does: a condition that is false, a number, or " +
		"null because a field in it is absent takes `else`. A value that is null writes nothing.\n\n" +
		"Only the value that is taken is worked out, so `if(n == 0, then=0, else=sum / n)` divides by no zero. There are no `and` and `or` in " +
		"expressions: put one `if()` into another, or use `case`.\n\n" +
		"The condition may be a filter function, as in `if(in(status, values=[401, 403]), ...)`; named groups of a `regex()` there become no fields.",
	Unnamed: "condition",
	Params: []Param{
		{Name: "condition", Kind: Expression, Required: true, Doc: "What decides."},
		{Name: "then", Kind: Expression, Required: true, Doc: "The value where the condition holds. Text is written in quotes; a bare word is a field."},
		{Name: "else", Kind: Expression, Required: true, Doc: "The value where it does not hold."},
		{Name: "as", Kind: NewField, Default: "_if", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `size := if(bytes >= 1000, then="large", else="small")`,
		In:    "{\"bytes\":\"1500\"}\n{\"bytes\":\"20\"}\n{\"host\":\"a\"}",
		Out:   "{\"bytes\":\"1500\",\"size\":\"large\"}\n{\"bytes\":\"20\",\"size\":\"small\"}\n{\"host\":\"a\",\"size\":\"small\"}",
	}, {
		Doc:   "Several cases, and part of a larger expression.",
		Query: `score := 10 * if(kind == "disk", then=3, else=if(kind == "net", then=2, else=1))`,
		In:    "{\"kind\":\"net\"}\n{\"kind\":\"disk\"}\n{\"kind\":\"gpu\"}",
		Out:   "{\"kind\":\"net\",\"score\":\"20\"}\n{\"kind\":\"disk\",\"score\":\"30\"}\n{\"kind\":\"gpu\",\"score\":\"10\"}",
	}, {
		Doc:   "What is null writes nothing, and an earlier value stays.",
		Query: `if(n == 0, then=rate, else=total / n, as=rate)`,
		In:    "{\"total\":\"12\",\"n\":\"4\",\"rate\":\"-\"}\n{\"total\":\"12\",\"n\":\"0\",\"rate\":\"-\"}\n{\"total\":\"12\",\"rate\":\"-\"}",
		Out:   "{\"total\":\"12\",\"n\":\"4\",\"rate\":\"3\"}\n{\"total\":\"12\",\"n\":\"0\",\"rate\":\"-\"}\n{\"total\":\"12\",\"rate\":\"-\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		if c.Expr("then").Const != nil && c.Expr("else").Const != nil {
			return c.DefaultEffect()
		}
		return mayWrite(c)
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		condition, then, otherwise, as := c.Expr("condition"), c.Expr("then"), c.Expr("else"), c.Field("as")
		return func(rt *plan.Runtime) plan.Mapper {
			return &conditional{condition: condition.New(rt), then: then.New(rt), otherwise: otherwise.New(rt), as: as}
		}, nil
	},
}

// conditional is if() at work.
type conditional struct {
	condition, then, otherwise plan.Expr
	as                         string
	choose                     chooser
}

var _ plan.Mapper = (*conditional)(nil)

// Map implements plan.Mapper.
func (m *conditional) Map(b *event.Batch) error {
	c, err := m.condition.Eval(b)
	if err != nil {
		return err
	}
	holds := truth(c)
	from := make([]int32, b.Len())
	var yes, no []int32
	for _, r := range b.Selected() {
		if holds(int(r)) {
			yes = append(yes, r)
		} else {
			no = append(no, r)
			from[r] = 1
		}
	}
	then, err := evalOn(m.then, b, yes)
	if err != nil {
		return err
	}
	otherwise, err := evalOn(m.otherwise, b, no)
	if err != nil {
		return err
	}
	assign(b, m.as, m.choose.column(b, []*event.Column{then, otherwise}, from))
	return nil
}
