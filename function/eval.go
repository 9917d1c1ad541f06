package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var evalFunc = &Function{
	Name:     "eval",
	Category: "data-manipulation",
	Summary:  "Assigns the values of expressions to fields.",
	Doc: "`eval(a = x, b = y)` is `a := x | b := y`: from left to right, so that a later expression sees what an earlier one has written. The " +
		"name before `=` is the field; behind it a bare word is a field and quoted text stands for itself.\n\n" +
		"Where an expression is null - a field is absent, or not a number where one is needed - nothing is written, and a field of that name keeps " +
		"its value. The event stays: some pages of the reference say that it would be discarded, but those of `eval()` and of expressions do not.",
	Rest: true,
	Examples: []Example{{
		Query: `eval(kb = bytes / 1024, mb = kb / 1024)`,
		In:    "{\"bytes\":\"3145728\"}\n{\"bytes\":\"many\"}",
		Out:   "{\"bytes\":\"3145728\",\"kb\":\"3072\",\"mb\":\"3\"}\n{\"bytes\":\"many\"}",
	}, {
		Query: `eval(n = n + step, note = "moved")`,
		In:    "{\"n\":\"1\",\"step\":\"2\"}\n{\"n\":\"1\"}",
		Out:   "{\"n\":\"3\",\"step\":\"2\",\"note\":\"moved\"}\n{\"n\":\"1\",\"note\":\"moved\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Writes = nil
		for _, a := range c.Others {
			if a.Expr.Const != nil {
				e.Writes = append(e.Writes, a.Name)
			} else {
				e.MayWrite = append(e.MayWrite, a.Name)
			}
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		others := c.Others
		if len(others) == 0 {
			return nil, c.Errorf("missing-argument", "", "eval() needs something to assign, such as eval(y = 2 * x)")
		}
		return func(rt *plan.Runtime) plan.Mapper {
			exprs := make([]plan.Expr, len(others))
			for i, a := range others {
				exprs[i] = a.Expr.New(rt)
			}
			return plan.MapperFunc(func(b *event.Batch) error {
				for i, x := range exprs {
					v, err := x.Eval(b)
					if err != nil {
						return err
					}
					assign(b, others[i].Name, v)
				}
				return nil
			})
		}, nil
	},
}
