package function

var headFunc = &Function{
	Name:     "head",
	Category: "aggregate",
	Summary:  "Keeps the oldest events, the oldest first.",
	Doc: eventOrderDoc + "An event without a time is kept only while there are not enough with one, and comes behind them.\n\n" +
		"The events keep all their fields. Because their order is fixed, functions that look at events in sequence, such as " +
		"`accumulate()`, may follow.",
	Unnamed: "limit",
	Params: []Param{
		{Name: "limit", Kind: Int, Default: "200", Min: 0, Max: maxStateRows, Doc: "How many events to keep, or `max`."},
	},
	Examples: []Example{{
		Query: `head(2)`,
		In:    "{\"@timestamp\":\"1750000003000\",\"step\":\"stop\"}\n{\"@timestamp\":\"1750000001000\",\"step\":\"start\"}\n{\"@timestamp\":\"1750000002000\",\"step\":\"run\"}",
		Out:   "{\"@timestamp\":\"1750000001000\",\"step\":\"start\"}\n{\"@timestamp\":\"1750000002000\",\"step\":\"run\"}",
	}, {
		Doc:       "The first event of each group.",
		Query:     `groupBy(user, function=head(1))`,
		In:        "{\"@timestamp\":\"1750000000001\",\"user\":\"ann\",\"page\":\"/in\"}\n{\"@timestamp\":\"1750000000002\",\"user\":\"bob\",\"page\":\"/in\"}\n{\"@timestamp\":\"1750000000003\",\"user\":\"ann\",\"page\":\"/out\"}",
		Out:       "{\"user\":\"ann\",\"@timestamp\":\"1750000000001\",\"page\":\"/in\"}\n{\"user\":\"bob\",\"@timestamp\":\"1750000000002\",\"page\":\"/in\"}",
		Unordered: true,
	}, {
		Doc:   "Rows of an aggregate have no time: the first of them are kept.",
		Query: `groupBy(host) | sort(_count) | head(1)`,
		In:    "{\"host\":\"a\"}\n{\"host\":\"b\"}\n{\"host\":\"b\"}",
		Out:   `{"host":"b","_count":"2"}`,
	}},
	GivesRows:     true,
	Ordered:       true,
	Effect:        eventsByTime,
	Outputs:       func(*Call) []string { return nil },
	NewAggregator: keepsByTime(false),
}
