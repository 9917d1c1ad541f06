package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var dropEventFunc = &Function{
	Name:     "dropEvent",
	Category: "event",
	Summary:  "Drops the event.",
	Doc: "As a step of its own it lets nothing through, as the filter `false` does. In a clause of `case` or `match` it differs from a filter: an event " +
		"that a filter stops is offered to the next clause, and one that gets to `dropEvent()` is gone for good, out of statements around this one too. " +
		"In a condition it is `false`.",
	Examples: []Example{{
		Query: `case { level=debug | dropEvent(); level=error | urgent := "yes"; * }`,
		In:    "{\"level\":\"error\"}\n{\"level\":\"debug\"}\n{\"level\":\"warn\"}",
		Out:   "{\"level\":\"error\",\"urgent\":\"yes\"}\n{\"level\":\"warn\"}",
	}, {
		Query: `dropEvent()`,
		In:    `{"a":"1"}`,
		Out:   ``,
	}},
	Filters: true,
	Final:   true,
	NewMapper: func(*Call) (MapperFactory, diag.List) {
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				b.Select([]int32{})
				return nil
			})
		}, nil
	},
}
