package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayEvalFunc = &Function{
	Name:     "array:eval",
	Category: "array",
	Summary:  "Runs a pipeline on every element of an array and makes an array of what it writes.",
	Doc: "Within the pipeline `var` names the element, other names are fields of the event, and text without a field is searched for in the element. The " +
		"result is the field named like the array that is written, without its brackets: `{out := x * 2}` for `asArray=\"out[]\"`. With neither `var` nor " +
		"`asArray` the element itself has that name, so that an assignment that gives null leaves it as it was. A field of that name in the event is not seen.\n\n" +
		"The results stand without gaps, in the order of the elements: one that the pipeline drops, or for which it writes nothing, is left out. They take the " +
		"place of the array that is written, of which nothing else is left. What else the pipeline writes is forgotten. An event without the array stays as " +
		"it is; no event is ever dropped.\n\n" +
		"The array ends before the first element that is absent or an object; for arrays of objects there is objectArray:eval().",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "asArray", Kind: ArrayName, Doc: "The array to write; the one that is read when not given."},
		{Name: "function", Kind: Subpipeline, Required: true, Doc: "The pipeline, without aggregates."},
		{Name: "var", Kind: Text, Doc: "What the element is called within the pipeline; the name of the array when not given."},
	},
	Examples: []Example{{
		Query: `array:eval("size[]", asArray="kb[]", var=s, function={kb := s / unit})`,
		In:    "{\"size[0]\":\"2048\",\"size[1]\":\"?\",\"size[2]\":\"512\",\"unit\":\"1024\"}\n{\"size\":\"7\",\"unit\":\"1024\"}",
		Out:   "{\"size[0]\":\"2048\",\"size[1]\":\"?\",\"size[2]\":\"512\",\"unit\":\"1024\",\"kb[0]\":\"2\",\"kb[1]\":\"0.5\"}\n{\"size\":\"7\",\"unit\":\"1024\"}",
	}, {
		Doc:   "In place, leaving some out.",
		Query: `array:eval("name[]", function={name != root | name := upper(name)})`,
		In:    `{"name[0]":"kim","name[1]":"root","name[2]":"ole"}`,
		Out:   `{"name[0]":"KIM","name[1]":"OLE"}`,
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		to, more := c.target(array)
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		return newArrayEval(c, arrayElements{array: array, name: c.variable(array), flat: true}, to)
	},
}

// newArrayEval makes the mapper of array:eval() and objectArray:eval().
func newArrayEval(c *Call, elements arrayElements, to string) (MapperFactory, diag.List) {
	pipe := c.Pipe("function")
	var problems diag.List
	if e := pipe.Effect; to != elements.name && !e.WritesUnknown && !slices.Contains(slices.Concat(e.Writes, e.MayWrite), to) && !c.unknown("asArray") && !c.unknown("array") {
		problems = diag.List{diag.Warningf("nothing-written", c.Place("function"), "the pipeline writes no field %s, so that %s[] gets no elements", to, to).
			WithHelp("write the result to the name of the array: {%s := ...}", to)}
	}
	elements.hides = to
	objects := objectWarner{array: elements.array, name: c.Function.Name, instead: "objectArray:eval", at: c.At}
	return func(rt *plan.Runtime) plan.Mapper {
		return &arrayEval{rt: rt, to: to, elementPipe: newElementPipe(rt, elements, pipe), objects: objects}
	}, problems
}

// arrayEval is array:eval() and objectArray:eval() at work.
type arrayEval struct {
	rt *plan.Runtime
	to string
	*elementPipe
	objects objectWarner
}

var _ plan.Mapper = (*arrayEval)(nil)

// Map implements plan.Mapper. The elements of all rows make one batch.
func (m *arrayEval) Map(b *event.Batch) error {
	if m.flat {
		m.objects.look(m.rt, b)
	}
	e := m.find(b)
	if e == nil {
		return nil
	}
	results := make([][]string, b.Len())
	err := m.run(b, e, func(element int, out *event.Batch, row int) {
		if s, ok := out.Text(m.to, row); ok {
			r := e.rows[element]
			results[r] = append(results[r], s)
		}
	})
	if err != nil {
		return err
	}
	setTexts(b, m.to, e.has, results)
	return nil
}
