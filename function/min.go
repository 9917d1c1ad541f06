package function

var minFunc = &Function{
	Name:     "min",
	Category: "aggregate",
	Summary:  "Gives the smallest of the numbers in a field.",
	Doc:      noNumbers + "Without any number there is no result. The result is shown as a number, not as the text it was read from.",
	Unnamed:  "field",
	Params:   append(numericParams("_min", "compared"), extremeType),
	Examples: []Example{{
		Query: `min(ms)`,
		In:    "{\"ms\":\"180\"}\n{\"ms\":\"95\"}\n{\"ms\":\"-\"}\n{\"ms\":\"1275\"}",
		Out:   `{"_min":"95"}`,
	}},
	NewAggregator: newExtremes(func(low, _ float64) float64 { return low }),
}
