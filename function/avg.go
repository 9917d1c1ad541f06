package function

var avgFunc = &Function{
	Name:     "avg",
	Category: "aggregate",
	Summary:  "Gives the mean of the numbers in a field.",
	Doc: noNumbers + "Without any number there is no result.\n\n" +
		"The mean is the 64-bit float nearest to the exact one and does not depend on the order of the events.",
	Unnamed: "field",
	Params:  numericParams("_avg", "averaged"),
	Examples: []Example{{
		Query: `avg(x)`,
		In:    "{\"x\":\"2\"}\n{\"x\":\"9\"}\n{\"x\":\"\"}\n{\"y\":\"1\"}",
		Out:   `{"_avg":"5.5"}`,
	}},
	NewAggregator: newSums(true),
}
