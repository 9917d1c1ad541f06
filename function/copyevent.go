package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

const typeTag = "#type"

var copyEventFunc = &Function{
	Name:     "copyEvent",
	Category: "event",
	Summary:  "Makes a copy of the event that has another `#type`.",
	Doc: "Both go on through the rest of the parser, the copy behind the event, and a `case` tells them apart by `#type`. The function belongs to parsers; " +
		"queries refuse it.",
	Unnamed: "type",
	Params: []Param{
		{Name: "type", Kind: Text, Required: true, Doc: "The `#type` of the copy."},
	},
	Where:      Parser,
	Multiplies: func(*Call) bool { return true },
	Effect:     func(*Call) plan.Effect { return plan.Effect{MayWrite: []string{typeTag}} },
	Examples: []Example{{
		Query:   `copyEvent(billing)`,
		In:      "{\"#type\":\"shop\",\"order\":\"7\"}\n{\"order\":\"8\"}",
		Out:     "{\"#type\":\"shop\",\"order\":\"7\"}\n{\"#type\":\"billing\",\"order\":\"7\"}\n{\"order\":\"8\"}\n{\"#type\":\"billing\",\"order\":\"8\"}",
		Context: Parser,
	}, {
		Doc:     "The copy keeps what the event is about, and loses the rest.",
		Query:   `copyEvent("audit") | case { #type=audit | drop(body); * }`,
		In:      `{"#type":"mail","from":"kim","body":"hello"}`,
		Out:     "{\"#type\":\"mail\",\"from\":\"kim\",\"body\":\"hello\"}\n{\"#type\":\"audit\",\"from\":\"kim\"}",
		Context: Parser,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		kind := c.Text("type")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				rows := make([]int32, 0, 2*b.Count())
				for _, r := range b.Selected() {
					rows = append(rows, r, r)
				}
				b.Become(b.Gather(rows))
				setWhere(b, typeTag, func(row int) (string, bool) { return kind, row%2 == 1 })
				return nil
			})
		}, nil
	},
}
