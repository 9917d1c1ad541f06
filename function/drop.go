package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var dropFunc = &Function{
	Name:     "drop",
	Category: "event",
	Summary:  "Removes fields from every event.",
	Doc: "A field that an event does not have is no problem. Names stand for themselves, `*` included. What is dropped cannot be used " +
		"later in the query, but events whose `@timestamp` is dropped stay in order for `head()` and `tail()`.",
	Unnamed: "fields",
	Params: []Param{
		{Name: "fields", Kind: Fields, Required: true, MayBeGone: true, Doc: "The fields to remove."},
	},
	Examples: []Example{{
		Query: `drop(secret)`,
		In:    `{"user":"kim","secret":"hunter2"}`,
		Out:   `{"user":"kim"}`,
	}, {
		Query: `drop([a, c])`,
		In:    "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}\n{\"b\":\"4\"}",
		Out:   "{\"b\":\"2\"}\n{\"b\":\"4\"}",
	}},
	Effect: func(c *Call) plan.Effect { return plan.Effect{Drops: distinct(c.Fields("fields"))} },
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		fields := c.Fields("fields")
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "fields", "drop() needs at least one field to remove")
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				for _, f := range fields {
					keepTime(b, f)
					b.Drop(f)
				}
				return nil
			})
		}, nil
	},
}
