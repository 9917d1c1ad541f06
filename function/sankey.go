package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// The fields that a Sankey diagram is drawn from.
const (
	edgeSource = "source"
	edgeTarget = "target"
	edgeWeight = "weight"
)

var sankeyFunc = &Function{
	Name:     "sankey",
	Category: "aggregate",
	Summary:  "Gives the edges of a Sankey diagram: pairs of values and a weight for each.",
	Doc: "It is `groupBy([source, target], function=weight)` with the fields named `source`, `target` and `weight`, as the diagram wants them. So an event that " +
		"lacks both fields is passed over, and where it lacks one of them, that end of the edge is the empty text. Edges come in the order in which they " +
		"first appear, and there is no limit to their number.",
	Params: []Param{
		{Name: "source", Kind: Field, Required: true, Doc: "The field whose values stand on the left."},
		{Name: "target", Kind: Field, Required: true, Doc: "The field whose values stand on the right."},
		{Name: "weight", Kind: Aggregates, Default: "count(as=_count)", Doc: "The aggregate that tells how thick an edge is."},
	},
	Examples: []Example{{
		Query: `sankey(source=parent, target=child)`,
		In:    "{\"parent\":\"explorer\",\"child\":\"cmd\"}\n{\"parent\":\"cmd\",\"child\":\"whoami\"}\n{\"parent\":\"explorer\",\"child\":\"cmd\"}",
		Out:   "{\"source\":\"explorer\",\"target\":\"cmd\",\"weight\":\"2\"}\n{\"source\":\"cmd\",\"target\":\"whoami\",\"weight\":\"1\"}",
	}, {
		Query: `sankey(source=from, target=to, weight=sum(bytes))`,
		In:    "{\"from\":\"a\",\"to\":\"b\",\"bytes\":\"10\"}\n{\"from\":\"a\",\"to\":\"b\",\"bytes\":\"7\"}\n{\"from\":\"a\",\"bytes\":\"1\"}\n{\"bytes\":\"5\"}",
		Out:   "{\"source\":\"a\",\"target\":\"b\",\"weight\":\"17\"}\n{\"source\":\"a\",\"target\":\"\",\"weight\":\"1\"}",
	}},
	GivesRows: true,
	Outputs:   func(*Call) []string { return []string{edgeSource, edgeTarget, edgeWeight} },
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		agg, problems := c.oneValue("weight")
		if agg == nil {
			return nil, problems
		}
		ends := []string{c.Field("source"), c.Field("target")}
		return func(rt *plan.Runtime) plan.Aggregator {
			return &keyedValue{
				keys: newKeyTable(ends), agg: agg.New(rt), output: agg.Outputs[0], as: edgeWeight,
				prepare: func(b *event.Batch) (*event.Batch, error) { return b, nil },
				write: func(keys *keyTable, group uint32, w *event.Builder) {
					w.AddText(edgeSource, keys.key(group, 0))
					w.AddText(edgeTarget, keys.key(group, 1))
				},
			}
		}, nil
	},
}
