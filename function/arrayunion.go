package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayUnionFunc = &Function{
	Name:     "array:union",
	Category: "array",
	Summary:  "Gives one event with the distinct elements that an array has in all events.",
	Doc: "Elements are equal when their texts are, capitals and small letters being different. They stand in the order in which they first appear; LogScale " +
		"promises no order. The array ends in each event before the first element that is absent or an object. Where no event has the array there is no " +
		"result.\n\n" +
		"The result has 8,000 elements at most, which is how many fields an event may have in LogScale, and a warning tells when there are more. In LogScale " +
		"the function is experimental, and there if the feature flag ArrayFunctions is set.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, without its brackets or with them."},
		{Name: "as", Kind: ArrayName, Default: "_union", Doc: "The array to write."},
	},
	Examples: []Example{{
		Query: `array:union("ip[]")`,
		In:    "{\"ip[0]\":\"192.0.2.1\",\"ip[1]\":\"192.0.2.7\"}\n{\"ip\":\"none\"}\n{\"ip[0]\":\"192.0.2.7\",\"ip[1]\":\"192.0.2.3\"}",
		Out:   `{"_union[0]":"192.0.2.1","_union[1]":"192.0.2.7","_union[2]":"192.0.2.3"}`,
	}, {
		Query:     `groupBy(host, function=array:union(port, as=ports))`,
		In:        "{\"host\":\"a\",\"port[0]\":\"22\"}\n{\"host\":\"b\",\"port[0]\":\"80\"}\n{\"host\":\"a\",\"port[0]\":\"22\",\"port[1]\":\"53\"}",
		Out:       "{\"host\":\"a\",\"ports[0]\":\"22\",\"ports[1]\":\"53\"}\n{\"host\":\"b\",\"ports[0]\":\"80\"}",
		Unordered: true,
	}},
	Outputs: unknownOutputs,
	NewAggregator: func(c *Call) (AggregatorFactory, diag.List) {
		array, as, problems := c.arrayToArray()
		if len(problems) > 0 {
			return nil, problems
		}
		at := c.At
		return func(rt *plan.Runtime) plan.Aggregator {
			return &arrayUnion{
				arrayElements: arrayElements{array: array, name: array, flat: true}, as: as, rt: rt, at: at,
				texts: newValueSets(maxPieces, math.MaxInt),
			}
		}, nil
	},
}

// unknownOutputs are the outputs of an aggregate whose fields the data tell.
func unknownOutputs(*Call) []string { return nil }

// arrayToArray reads the parameters of an aggregate that makes one array of many.
func (c *Call) arrayToArray() (array, as string, problems diag.List) {
	array, problems = c.arrayName("array")
	as, more := c.arrayName("as")
	return array, as, append(problems, more...)
}

// arrayUnion is array:union() at work.
type arrayUnion struct {
	arrayElements
	as    string
	rt    *plan.Runtime
	at    diag.Span
	texts *valueSets
	group []uint32 // by element of the batch in hand
}

var _ plan.Aggregator = (*arrayUnion)(nil)

// Grow implements plan.Aggregator.
func (a *arrayUnion) Grow(groups int) { a.texts.grow(groups) }

// Add implements plan.Aggregator.
func (a *arrayUnion) Add(b *event.Batch, group []uint32) error {
	e := a.find(b)
	if e == nil {
		return nil
	}
	elements := a.batch(b, e)
	a.group = e.groups(a.group, group)
	a.texts.addColumn(elements, elements.Column(a.name), a.group)
	return nil
}

// groups gives the group of each element, that of its event.
func (e *elementRows) groups(to, group []uint32) []uint32 {
	to = grow(to, len(e.rows))
	for i, r := range e.rows {
		to[i] = group[r]
	}
	return to[:len(e.rows)]
}

// Merge implements plan.Aggregator.
func (a *arrayUnion) Merge(other plan.Aggregator, group []uint32) error {
	a.texts.merge(other.(*arrayUnion).texts, group)
	return nil
}

// Result implements plan.Aggregator.
func (a *arrayUnion) Result(group uint32, w *event.Builder) error {
	texts, complete := a.texts.values(group)
	for i, s := range texts {
		w.AddText(elementName(a.as, i, ""), s)
	}
	if !complete {
		a.rt.Warn(diag.Warningf("too-many-elements", a.at, "array:union() met more than %d distinct elements, and only the first are kept", maxPieces))
	}
	return nil
}

// Bytes implements plan.Aggregator.
func (a *arrayUnion) Bytes() int { return a.texts.bytes() + 4*cap(a.group) }
