package function

var selectFromMaxFunc = &Function{
	Name:     "selectFromMax",
	Category: "aggregate",
	Summary:  "Gives fields of the event in which a field is largest.",
	Doc: selectFromDoc + "\n\nOf several events with the largest number it is the last one in the input; the reference leaves it to chance. " +
		"So `selectFromMax(@timestamp, ...)` agrees with `selectLast()` about which event is the latest.",
	Unnamed: "field",
	Params:  selectFromParams("largest"),
	Examples: []Example{{
		Query: `groupBy(host, function=selectFromMax(bytes, include=[url, bytes]))`,
		In: "{\"host\":\"web1\",\"bytes\":\"512\",\"url\":\"/a\"}\n{\"host\":\"web1\",\"bytes\":\"9000\",\"url\":\"/b\"}\n" +
			"{\"host\":\"web2\",\"bytes\":\"10\"}\n{\"host\":\"web2\",\"bytes\":\"n/a\",\"url\":\"/c\"}",
		Out: "{\"host\":\"web1\",\"url\":\"/b\",\"bytes\":\"9000\"}\n{\"host\":\"web2\"}",
	}, {
		Doc:   "A field that the event lacks is absent, even though another event has it.",
		Query: `selectFromMax(@timestamp, include=[state, user])`,
		In:    "{\"@timestamp\":\"2000\",\"state\":\"off\"}\n{\"@timestamp\":\"1000\",\"state\":\"on\",\"user\":\"ann\"}",
		Out:   `{"state":"off"}`,
	}},
	Outputs:       includeOutputs,
	NewAggregator: newSelectFrom(func(f, g float64) bool { return f > g }, true),
}
