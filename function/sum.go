package function

var sumFunc = &Function{
	Name:     "sum",
	Category: "aggregate",
	Summary:  "Adds up the numbers in a field.",
	Doc: noNumbers + "Without any number the sum is 0, as the reference shows for the empty buckets of a `timeChart()`.\n\n" +
		"The sum is exact and rounded once to a 64-bit float when it is shown, so it does not depend on the order of the " +
		"events; whole numbers stay exact up to 2^63.",
	Unnamed: "field",
	Params:  numericParams("_sum", "added"),
	Examples: []Example{{
		Query: `sum(bytes)`,
		In:    "{\"bytes\":\"1500\"}\n{\"bytes\":\"0.25\"}\n{\"bytes\":\"n/a\"}\n{\"host\":\"a\"}",
		Out:   `{"_sum":"1500.25"}`,
	}, {
		Query:     `groupBy(host, function=sum(sent, as=total))`,
		In:        "{\"host\":\"a\",\"sent\":\"1\"}\n{\"host\":\"b\",\"sent\":\"5\"}\n{\"host\":\"a\",\"sent\":\"2\"}",
		Out:       "{\"host\":\"a\",\"total\":\"3\"}\n{\"host\":\"b\",\"total\":\"5\"}",
		Unordered: true,
	}},
	NewAggregator: newSums(false),
}
