package function

var tailFunc = &Function{
	Name:     "tail",
	Category: "aggregate",
	Summary:  "Keeps the newest events, the oldest of them first.",
	Doc: eventOrderDoc + "An event without a time counts as older than all that have one. LogScale refuses to run `tail()` on events " +
		"without any time; here the last ones of the input are kept, so that results of other aggregates can be cut short too.\n\n" +
		"A query without an aggregate ends in `tail(200)`, whether it is written or not. Write another to see more events.",
	Unnamed: "limit",
	Params: []Param{
		{Name: "limit", Kind: Int, Default: "200", Min: 1, Max: maxStateRows, Doc: "How many events to keep, or `max`."},
	},
	Examples: []Example{{
		Query: `tail(2)`,
		In:    "{\"@timestamp\":\"1750000003000\",\"step\":\"stop\"}\n{\"@timestamp\":\"1750000001000\",\"step\":\"start\"}\n{\"@timestamp\":\"1750000002000\",\"step\":\"run\"}",
		Out:   "{\"@timestamp\":\"1750000002000\",\"step\":\"run\"}\n{\"@timestamp\":\"1750000003000\",\"step\":\"stop\"}",
	}, {
		Doc:       "The newest event of each group: one row per host, with all that is known of it.",
		Query:     `groupBy(host, function=tail(1))`,
		In:        "{\"@timestamp\":\"1750000000001\",\"host\":\"a\",\"state\":\"up\"}\n{\"@timestamp\":\"1750000000002\",\"host\":\"b\",\"state\":\"up\"}\n{\"@timestamp\":\"1750000000003\",\"host\":\"a\",\"state\":\"down\"}",
		Out:       "{\"host\":\"a\",\"@timestamp\":\"1750000000003\",\"state\":\"down\"}\n{\"host\":\"b\",\"@timestamp\":\"1750000000002\",\"state\":\"up\"}",
		Unordered: true,
	}},
	GivesRows:     true,
	Ordered:       true,
	Effect:        eventsByTime,
	Outputs:       func(*Call) []string { return nil },
	NewAggregator: keepsByTime(true),
}

// eventOrderDoc says what head() and tail() have in common.
const eventOrderDoc = "Events are ordered by `@timestamp`, or by `@ingesttimestamp` where they lack it; those of the same time, and those " +
	"without any, by their place in the input. Dropping or renaming `@timestamp` earlier in the query does not change the order. "
