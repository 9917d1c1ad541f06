package function

import "harrier/diag"

var betaRepeatingFunc = &Function{
	Name:     "beta:repeating",
	Category: "experimental",
	Summary:  "Asks LogScale to answer a live query by running it again and again; the result of a search is not touched.",
	Doc: "It is written for functions that a live query does not have, such as `selfJoin()`. Harrier accepts it, so that queries which have it can be checked and run, " +
		"and lets all events and rows through. In LogScale it is experimental and may be switched off, which makes queries with it fail.",
	Unnamed: "interval",
	Params: []Param{
		{Name: "interval", Kind: Span, Doc: "The time from one run to the next; LogScale chooses it when it is not given."},
		{Name: "as", Kind: Text, Doc: "Accepted and without effect: the reference lists it and does not say what it is for."},
	},
	Examples: []Example{{
		Query: `groupBy(user) | beta:repeating(10m)`,
		In:    "{\"user\":\"ann\"}\n{\"user\":\"ann\"}",
		Out:   `{"user":"ann","_count":"2"}`,
	}, {
		Query:   `user=ann | beta:repeating()`,
		In:      "{\"user\":\"ann\"}\n{\"user\":\"ben\"}",
		Out:     `{"user":"ann"}`,
		Context: Live,
	}},
	Where: Everywhere &^ Parser,
	Lower: func(c *Call, _ *Pipeline) diag.List {
		if c.Has("interval") && !c.unknown("interval") && c.Duration("interval") <= 0 {
			return c.Errorf("bad-value", "interval", "interval of beta:repeating() is longer than nothing")
		}
		return nil
	},
}
