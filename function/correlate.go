package function

import (
	"harrier/diag"
)

var correlateFunc = &Function{
	Name:     "correlate",
	Category: "join",
	Summary:  "Finds events that belong together: one for each of several queries, with equal values in linked fields, in time and in order if wanted.",
	Doc: "Each query has a name, filters and changes events like any pipeline without aggregates, and may end in links: `user <=> Login.user` says that the field `user` of its " +
		"event has the same text as the field `user` of the event of the query `Login`. Links may stand in either of the two queries. The result has a row for each " +
		"*constellation*, a choice of one event for each query that fits together. An event without a linked field fits nowhere, and no event " +
		"stands for two queries of one constellation, which the reference leaves open.\n\n" +
		"A row has, for each query, the fields `NAME.@id`, `NAME.@timestamp` and `NAME.@ingesttimestamp`, the linked fields, and those of its `include:`, which is a field, an array, or `*` " +
		"for all. Without a prefix it has `@timestamp`, `@id` and `@ingesttimestamp` of the event of the root query. Fields that an event lacks are absent.\n\n" +
		"For each event of the root query up to `maxPerRoot` constellations are given, earlier events first: the other queries are gone through in the order in which they are declared, but " +
		"those that are linked to one gone through before come first. Rows come in the order of the events of the root query.\n\n" +
		"With `sequence=true` the events must come in the order in which their queries are declared. Events are ordered by time, and those of the same time by their place in the " +
		"input, where LogScale looks at `@id`. Those without a time are last, and with `within` they fit nowhere.\n\n" +
		"The events of each query are kept, with the fields that matter, and are then put together by indexes of the linked values and of time, in about the time that it takes to sort " +
		"them, not by trying all combinations. All of them must fit into memory. At most 1,000,000 rows are given, with a warning when there are more.\n\n" +
		"It must not stand behind an aggregate or a function that makes events, nor inside another function, except in a query of its own such as that of `defineTable()`. " +
		"The parameter `aggregation` of the newest versions of LogScale is not known here, as its form is not documented.",
	Unnamed: "query",
	Params: []Param{
		{Name: "query", Kind: NamedQueries, Required: true, Doc: "The queries, at least two: `Name: {filter | field <=> Other.field} include: [field]`."},
		{Name: "globalConstraints", Kind: Texts, Doc: "Fields that must have the same text in all events of a constellation."},
		{Name: "sequence", Kind: Bool, Default: "false", Doc: "Whether the events must come in the order of the queries."},
		{Name: "sequenceBy", Kind: Texts, Doc: "The fields to order by, the most important one first; `@timestamp`, then `@timestamp.nanos`, when not given. Numbers come before other texts."},
		{Name: "within", Kind: Span, Doc: "The longest time from the first event of a constellation to the last."},
		{Name: "jitterTolerance", Kind: Span, Doc: "By how much an event may be too early for its place in the sequence, by the first field to order by in milliseconds. Not longer than `within`."},
		{Name: "maxPerRoot", Kind: Int, Default: "1", Min: 1, Max: unbounded, Doc: "The largest number of constellations for an event of the root query."},
		{Name: "root", Kind: Text, Doc: "The name of the root query; the first one when not given."},
		{Name: "includeMatchesOnceOnly", Kind: Bool, Default: "false", Doc: "Whether an event may be part of one constellation only: the first that is found takes it."},
		{Name: "includeConstraintValues", Kind: Bool, Default: "true", Doc: "Whether the linked fields are given."},
		{Name: "iterationLimit", Kind: Int, Default: "5", Min: 1, Max: 10, Doc: "How often LogScale goes through the data. Accepted without effect: one pass is enough."},
	},
	Examples: []Example{{
		Doc: "A file fetched by a script and started within a minute.",
		Query: `correlate(Fetch: {action=download} include: [url], Start: {action=run | file <=> Fetch.path | host <=> Fetch.host} include: user, sequence=true, within=1m)` +
			` | drop([@timestamp, Fetch.@timestamp])`,
		In: "{\"@timestamp\":\"1750000000000\",\"action\":\"download\",\"host\":\"web1\",\"path\":\"/tmp/x\",\"url\":\"http://198.51.100.7/x\"}\n" +
			"{\"@timestamp\":\"1750000001000\",\"action\":\"download\",\"host\":\"web2\",\"path\":\"/tmp/x\",\"url\":\"http://198.51.100.7/x\"}\n" +
			"{\"@timestamp\":\"1750000020000\",\"action\":\"run\",\"host\":\"web1\",\"file\":\"/tmp/x\",\"user\":\"ann\"}\n" +
			"{\"@timestamp\":\"1750000090000\",\"action\":\"run\",\"host\":\"web2\",\"file\":\"/tmp/x\",\"user\":\"ben\"}",
		Out: `{"Fetch.path":"/tmp/x","Fetch.host":"web1","Fetch.url":"http://198.51.100.7/x","Start.@timestamp":"1750000020000","Start.file":"/tmp/x","Start.host":"web1","Start.user":"ann"}`,
	}, {
		Doc:   "A constraint on all queries, and several constellations for one event.",
		Query: `correlate(In: {kind=login}, Out: {kind=logout}, globalConstraints=[user], sequence=true, maxPerRoot=2) | select([In.user, In.@timestamp, Out.@timestamp])`,
		In: "{\"@timestamp\":\"10\",\"kind\":\"login\",\"user\":\"ann\"}\n{\"@timestamp\":\"20\",\"kind\":\"logout\",\"user\":\"ben\"}\n" +
			"{\"@timestamp\":\"30\",\"kind\":\"logout\",\"user\":\"ann\"}\n{\"@timestamp\":\"40\",\"kind\":\"logout\",\"user\":\"ann\"}\n{\"@timestamp\":\"50\",\"kind\":\"logout\",\"user\":\"ann\"}",
		Out: "{\"In.user\":\"ann\",\"In.@timestamp\":\"10\",\"Out.@timestamp\":\"30\"}\n{\"In.user\":\"ann\",\"In.@timestamp\":\"10\",\"Out.@timestamp\":\"40\"}",
	}, {
		Doc:   "Each event only once.",
		Query: `correlate(Ask: {kind=ask}, Answer: {kind=answer | id <=> Ask.id}, sequence=true, includeMatchesOnceOnly=true) | select([Ask.n, Answer.n, Ask.@timestamp, Answer.@timestamp])`,
		In: "{\"@timestamp\":\"1\",\"kind\":\"ask\",\"id\":\"7\"}\n{\"@timestamp\":\"2\",\"kind\":\"ask\",\"id\":\"7\"}\n" +
			"{\"@timestamp\":\"3\",\"kind\":\"answer\",\"id\":\"7\"}",
		Out: `{"Ask.@timestamp":"1","Answer.@timestamp":"3"}`,
	}},
	Where: Search | Live | AggregateAlert | Scheduled,
	Lower: func(c *Call, p *Pipeline) diag.List {
		var why string
		switch {
		case c.Rows:
			return c.Errorf("aggregate-not-allowed", "", "correlate() looks at events and cannot stand behind an aggregate, where they are gone")
		case p.Plan != nil && p.Plan.Values != nil:
			why = "cannot stand behind a function that makes events"
		case p.Nested:
			why = "must stand in a step of the query itself"
		}
		if why != "" {
			return c.Errorf("not-allowed-here", "", "correlate() %s", why)
		}
		s, problems := newCorrelation(c)
		if !problems.HasErrors() {
			s.lower(p)
		}
		return problems
	},
}
