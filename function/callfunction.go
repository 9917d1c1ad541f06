package function

import (
	"harrier/diag"
	"harrier/plan"
)

var callFunctionFunc = &Function{
	Name:     "callFunction",
	Category: "aggregate",
	Summary:  "Runs one of a few aggregates that is chosen by its name.",
	Doc: "It serves dashboards whose user chooses what to show: `callFunction(?what, field=bytes)`. Apart from the name of the " +
		"result it is the same as calling the function itself, which may be `avg`, `count`, `max`, `min`, `range` or `sum`.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Enum, Enum: []string{"avg", "count", "max", "min", "range", "sum"}, Required: true, Doc: "The name of the aggregate."},
		{Name: "field", Kind: Field, Required: true, Doc: "The field that the aggregate looks at."},
		{Name: "as", Kind: NewField, Default: "_function", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `callFunction(?{what=max}, field=ms)`,
		In:    "{\"ms\":\"4\"}\n{\"ms\":\"11\"}",
		Out:   `{"_function":"11"}`,
	}, {
		Query:     `groupBy(host, function=callFunction("count", field=user, as=users))`,
		In:        "{\"host\":\"a\",\"user\":\"kim\"}\n{\"host\":\"a\"}\n{\"host\":\"a\",\"user\":\"kim\"}",
		Out:       `{"host":"a","users":"2"}`,
		Unordered: true,
	}},
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		switch c.Text("function") {
		case "avg":
			return avgFunc.NewAggregator(c)
		case "max":
			return maxFunc.NewAggregator(c)
		case "min":
			return minFunc.NewAggregator(c)
		case "range":
			return rangeFunc.NewAggregator(c)
		case "sum":
			return sumFunc.NewAggregator(c)
		}
		field, as := c.Field("field"), c.Field("as")
		return func(*plan.Runtime) plan.Aggregator { return &count{field: field, as: as} }, nil
	},
}
