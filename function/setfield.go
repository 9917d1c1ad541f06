package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var setFieldFunc = &Function{
	Name:     "setField",
	Category: "data-manipulation",
	Summary:  "Writes the field whose name is the value of an expression.",
	Doc: "It is assignment to a name that the data or a parameter tells. Where the name is null or empty, or the value is null, nothing is " +
		"written. Both expressions are worked out before anything is written.\n\n" +
		"The reference calls `target` required and gives it a default too; here it is required.",
	Params: []Param{
		{Name: "target", Kind: Expression, Required: true, Doc: "The name. Written in quotes it is the field itself, as a bare word the field that holds the name."},
		{Name: "value", Kind: Expression, Required: true, Doc: "The value to write."},
	},
	Examples: []Example{{
		Query: `setField(target=key, value=n * 2)`,
		In:    "{\"key\":\"cats\",\"n\":\"3\"}\n{\"key\":\"dogs\",\"n\":\"4\",\"dogs\":\"1\"}\n{\"n\":\"5\"}\n{\"key\":\"cats\"}",
		Out: "{\"key\":\"cats\",\"n\":\"3\",\"cats\":\"6\"}\n{\"key\":\"dogs\",\"n\":\"4\",\"dogs\":\"8\"}\n{\"n\":\"5\"}\n" +
			"{\"key\":\"cats\"}",
	}, {
		Query: `setField(target="is-big", value=if(n > 9, then="yes", else="no"))`,
		In:    `{"n":"12"}`,
		Out:   `{"n":"12","is-big":"yes"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		if name, ok := c.constantName("target"); ok {
			e.MayWrite = append(e.MayWrite, name)
		} else {
			e.WritesUnknown = true
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		target, value := c.Expr("target"), c.Expr("value")
		return func(rt *plan.Runtime) plan.Mapper {
			target, value := target.New(rt), value.New(rt)
			return plan.MapperFunc(func(b *event.Batch) error {
				names, err := target.Eval(b)
				if err != nil {
					return err
				}
				values, err := value.Eval(b)
				if err != nil {
					return err
				}
				SetFields(b, names, values)
				return nil
			})
		}, nil
	},
}

// SetFields writes to each row's field what the row has in values. New fields come in the order of the rows.
func SetFields(b *event.Batch, names, values *event.Column) {
	if name, ok := names.ConstantText(); ok {
		if name != "" && !event.Hidden(name) {
			assign(b, name, values)
		}
		return
	}
	rows := map[string][]int32{}
	var order []string
	for _, r := range b.Selected() {
		name, ok := names.Text(int(r))
		if !ok || name == "" || event.Hidden(name) || !values.Present(int(r)) {
			continue
		}
		if rows[name] == nil {
			order = append(order, name)
		}
		rows[name] = append(rows[name], r)
	}
	for _, name := range order {
		strs, valid := make([]string, b.Len()), event.NewBits(b.Len())
		for _, r := range rows[name] {
			strs[r], _ = values.Text(int(r))
			valid.Set(int(r))
		}
		SetColumn(b, name, event.NewText(strs, valid))
	}
}
