package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var selectFunc = &Function{
	Name:     "select",
	Category: "event",
	Summary:  "Keeps the listed fields of each event and removes all others.",
	Doc: "The fields come in the listed order; `@timestamp` and `@rawstring` go too unless they are listed. Names stand for themselves, `*` " +
		"included. An event that has none of the fields stays, without any.\n\n" +
		"This is no aggregate: it works on any number of events and does not order them. A query that ends with it still shows 200 events " +
		"unless `tail()` says otherwise; these are the newest ones even when `@timestamp` is not listed.",
	Unnamed: "fields",
	Params: []Param{
		{Name: "fields", Kind: Fields, Required: true, Doc: "The fields to keep, in order."},
	},
	Examples: []Example{{
		Query: `select([code, path])`,
		In:    "{\"@timestamp\":\"1750000001000\",\"path\":\"/\",\"code\":\"200\"}\n{\"@timestamp\":\"1750000002000\",\"path\":\"/x\"}",
		Out:   "{\"code\":\"200\",\"path\":\"/\"}\n{\"path\":\"/x\"}",
	}, {
		Query: `select(user)`,
		In:    `{"user":"kim","id":"7"}`,
		Out:   `{"user":"kim"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		fields := distinct(c.Fields("fields"))
		return plan.Effect{Only: true, Keeps: fields}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		fields := distinct(c.Fields("fields"))
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "fields", "select() needs at least one field to keep")
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				keepTime(b, timestampField)
				b.Project(fields)
				return nil
			})
		}, nil
	},
}
