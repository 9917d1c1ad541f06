package function

import (
	"harrier/diag"
	"harrier/plan"
)

var dropEventFunc = &Function{
	Name:     "dropEvent",
	Category: "event",
	Summary:  "Drops the event.",
	Doc: "It is the filter `false`. In a clause of `case` or `match` that means that the clause has not matched, and that the next one " +
		"gets the event: to be rid of some events write a plain filter, such as `level != debug`, or leave out the clause that would take them.",
	Examples: []Example{{
		Query: `case { level=error | urgent := "yes"; level=warn; dropEvent() }`,
		In:    "{\"level\":\"error\"}\n{\"level\":\"debug\"}\n{\"level\":\"warn\"}",
		Out:   "{\"level\":\"error\",\"urgent\":\"yes\"}\n{\"level\":\"warn\"}",
	}, {
		Query: `dropEvent()`,
		In:    `{"a":"1"}`,
		Out:   ``,
	}},
	NewPred: func(*Call) (plan.Pred, diag.List) { return plan.Always(false), nil },
}
