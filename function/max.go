package function

var maxFunc = &Function{
	Name:     "max",
	Category: "aggregate",
	Summary:  "Gives the largest of the numbers in a field.",
	Doc:      noNumbers + "Without any number there is no result. The result is shown as a number, not as the text it was read from.",
	Unnamed:  "field",
	Params:   append(numericParams("_max", "compared"), extremeType),
	Examples: []Example{{
		Query: `slowest := max(ms)`,
		In:    "{\"ms\":\"180\"}\n{\"ms\":\"95\"}\n{\"ms\":\"1275.50\"}\n{\"ms\":\"many\"}",
		Out:   `{"slowest":"1275.5"}`,
	}},
	NewAggregator: newExtremes(func(_, high float64) float64 { return high }),
}
