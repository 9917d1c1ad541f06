package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var eventSizeFunc = &Function{
	Name:     "eventSize",
	Category: "event",
	Summary:  "Writes how many bytes the values of the event take as it is stored.",
	Doc: "These are the bytes of the texts of all values in UTF-8, before any compression. Neither the names of fields nor tags, whose names start with `#`, " +
		"count, since a store keeps them once for many events. What the query does to the event makes no difference, as the size is that of the event as " +
		"it was read.\n\n" +
		"Behind an aggregate there are no events any more, and the size is 0.",
	Params: []Param{
		{Name: "as", Kind: NewField, Default: "_eventSize", Doc: "The field to write."},
	},
	Stored: true,
	Examples: []Example{{
		Query: `eventSize()`,
		In:    "{\"host\":\"db7\",\"user\":\"åse\"}\n{\"host\":\"\"}",
		Out:   "{\"host\":\"db7\",\"user\":\"åse\",\"_eventSize\":\"7\"}\n{\"host\":\"\",\"_eventSize\":\"0\"}",
	}, {
		Doc:       "How much each host sends.",
		Query:     `size := eventSize() | groupBy(host, function=sum(size, as=bytes))`,
		In:        "{\"host\":\"a\",\"m\":\"four\"}\n{\"host\":\"b\",\"m\":\"\"}\n{\"host\":\"a\",\"m\":\"one\"}",
		Out:       "{\"host\":\"a\",\"bytes\":\"9\"}\n{\"host\":\"b\",\"bytes\":\"1\"}",
		Unordered: true,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		as, rows := c.Field("as"), c.Rows
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				if rows {
					b.Set(as, event.NewConstant(b.Len(), "0"))
					return nil
				}
				sizes := make([]int64, b.Len())
				for _, col := range storedFields(b) {
					addPerRow(sizes, b.Selected(), col, func(s string) int64 { return int64(len(s)) })
				}
				b.Set(as, event.NewInteger(sizes, nil))
				return nil
			})
		}, nil
	},
}
