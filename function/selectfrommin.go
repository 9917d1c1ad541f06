package function

var selectFromMinFunc = &Function{
	Name:     "selectFromMin",
	Category: "aggregate",
	Summary:  "Gives fields of the event in which a field is smallest.",
	Doc:      selectFromDoc + "\n\nOf several events with the smallest number it is the first one in the input; the reference leaves it to chance.",
	Unnamed:  "field",
	Params:   selectFromParams("smallest"),
	Examples: []Example{{
		Query: `selectFromMin(ms, include=[host, ms])`,
		In:    "{\"ms\":\"40\",\"host\":\"web1\"}\n{\"ms\":\"7\",\"host\":\"web2\"}\n{\"ms\":\"7\",\"host\":\"web3\"}\n{\"ms\":\"-\",\"host\":\"web4\"}",
		Out:   `{"host":"web2","ms":"7"}`,
	}, {
		Doc:   "The first user of each host: events without a user do not count.",
		Query: `groupBy(host, function=selectFromMin(@timestamp, include=[user, @timestamp]))`,
		In: "{\"@timestamp\":\"1000\",\"host\":\"web1\"}\n{\"@timestamp\":\"3000\",\"host\":\"web1\",\"user\":\"ann\"}\n" +
			"{\"@timestamp\":\"2000\",\"host\":\"web1\",\"user\":\"ben\"}",
		Out: `{"host":"web1","user":"ben","@timestamp":"2000"}`,
	}},
	Outputs:       includeOutputs,
	NewAggregator: newSelectFrom(func(f, g float64) bool { return f < g }, false),
}
