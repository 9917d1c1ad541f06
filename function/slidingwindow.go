package function

import (
	"harrier/diag"
	"harrier/plan"
)

// slidingDoc is what slidingWindow() and slidingTimeWindow() have in common.
const slidingDoc = "Every row is kept with all of its fields; where an aggregate has no result, a field of its name stays as it is. At the beginning " +
	"of the sequence the window holds the rows that there are. Each window is worked out anew, so the time taken grows with its length. "

var slidingWindowFunc = &Function{
	Name:     "slidingWindow",
	Category: "sequence",
	Summary:  "Adds to each row the results of aggregates over the last rows, up to a number of them.",
	Doc: sequenceDoc + slidingDoc +
		"With `current=exclude` the window holds as many rows, and ends with the one before.",
	Unnamed: "function",
	Params: []Param{
		{Name: "function", Kind: Aggregates, Required: true, Doc: "The aggregates, each of which gives at most one row."},
		{Name: "events", Kind: Int, Required: true, Min: 1, Max: 1000, Doc: "How many rows the window holds."},
		currentParam,
	},
	Examples: []Example{{
		Query: `head() | slidingWindow(avg(ms, as=smooth), events=2)`,
		In:    "{\"ms\":\"10\"}\n{\"ms\":\"20\"}\n{\"ms\":\"60\"}\n{\"other\":\"1\"}",
		Out:   "{\"ms\":\"10\",\"smooth\":\"10\"}\n{\"ms\":\"20\",\"smooth\":\"15\"}\n{\"ms\":\"60\",\"smooth\":\"40\"}\n{\"other\":\"1\",\"smooth\":\"60\"}",
	}, {
		Doc:   "Larger than all of the three before.",
		Query: `head() | slidingWindow(max(n, as=before), events=3, current=exclude) | test(n > before)`,
		In:    "{\"n\":\"5\"}\n{\"n\":\"3\"}\n{\"n\":\"4\"}\n{\"n\":\"2\"}\n{\"n\":\"6\"}\n{\"n\":\"5\"}",
		Out:   `{"n":"6","before":"4"}`,
	}},
	Effect: runningEffect,
	NewSequencer: func(c *Call) (SequencerFactory, diag.List) {
		agg, problems := c.oneRowEach("function")
		if agg == nil {
			return nil, problems
		}
		exclude, size := c.Text("current") == "exclude", uint64(c.Int("events"))
		return func(rt *plan.Runtime) plan.Sequencer {
			return &sliding{sequence: sequence{rt: rt}, agg: agg, exclude: exclude, first: func(_, end uint64) (uint64, error) {
				return end - min(end, size), nil
			}}
		}, problems
	},
}
