package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var eventFieldCountFunc = &Function{
	Name:     "eventFieldCount",
	Category: "event",
	Summary:  "Writes how many fields the event has as it is stored.",
	Doc: "Fields that are empty count, and so do `@timestamp` and the other fields of the engine that the event came with. Tags, whose names start with `#`, " +
		"do not. What the query does to the event makes no difference, as the count is that of the event as it was read.\n\n" +
		"Behind an aggregate there are no events any more, and nothing is written.",
	Params: []Param{
		{Name: "as", Kind: NewField, Default: "_eventFieldCount", Doc: "The field to write."},
	},
	Stored: true,
	Effect: mayWrite,
	Examples: []Example{{
		Query: `eventFieldCount()`,
		In:    "{\"host\":\"db7\",\"user\":\"\"}\n{\"host\":\"db7\",\"#kind\":\"logon\"}",
		Out:   "{\"host\":\"db7\",\"user\":\"\",\"_eventFieldCount\":\"2\"}\n{\"host\":\"db7\",\"#kind\":\"logon\",\"_eventFieldCount\":\"1\"}",
	}, {
		Doc:   "Fields that the query makes or removes do not matter.",
		Query: `drop(user) | day := "mon" | n := eventFieldCount()`,
		In:    `{"host":"db7","user":"kim","port":"22"}`,
		Out:   `{"host":"db7","port":"22","day":"mon","n":"3"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		as := c.Field("as")
		if c.Rows {
			return noMapper, nil
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				counts := make([]int64, b.Len())
				for _, col := range storedFields(b) {
					addPerRow(counts, b.Selected(), col, func(string) int64 { return 1 })
				}
				b.Set(as, event.NewInteger(counts, nil))
				return nil
			})
		}, nil
	},
}

// noMapper is what a function that needs events makes of the rows of a result.
func noMapper(*plan.Runtime) plan.Mapper {
	return plan.MapperFunc(func(*event.Batch) error { return nil })
}
