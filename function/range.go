package function

var rangeFunc = &Function{
	Name:     "range",
	Category: "aggregate",
	Summary:  "Gives the difference between the largest and the smallest of the numbers in a field.",
	Doc:      noNumbers + "Without any number there is no result; with one it is 0. Of `@timestamp` it gives milliseconds.",
	Unnamed:  "field",
	Params:   numericParams("_range", "compared"),
	Examples: []Example{{
		Query:     `groupBy(host, function=range(cpu))`,
		In:        "{\"host\":\"a\",\"cpu\":\"50\"}\n{\"host\":\"a\",\"cpu\":\"95\"}\n{\"host\":\"b\",\"cpu\":\"7.5\"}\n{\"host\":\"a\",\"cpu\":\"65\"}",
		Out:       "{\"host\":\"a\",\"_range\":\"45\"}\n{\"host\":\"b\",\"_range\":\"0\"}",
		Unordered: true,
	}},
	NewAggregator: newExtremes(func(low, high float64) float64 { return high - low }),
}
