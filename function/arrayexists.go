package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayExistsFunc = &Function{
	Name:     "array:exists",
	Category: "array",
	Summary:  "Keeps events in which an element of an array passes a condition.",
	Doc: "The condition is run for every element: a pipeline without aggregates, which the element passes when anything is left of it, or a single call. " +
		"A call that gives a value, such as `if(...)`, is passed when the value is true. Within the condition `var` names the element, other names are fields " +
		"of the event, and text without a field is searched for in the element. What it writes is forgotten.\n\n" +
		"The array ends before the first element that is absent or an object; for arrays of objects there is objectArray:exists(), and for plain equality " +
		"array:contains() is faster. An event without the array does not pass, and passes when the call is negated.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "condition", Kind: Subpipeline, Required: true, Decides: true, Doc: "The condition."},
		{Name: "var", Kind: Text, Doc: "What the element is called within the condition; the name of the array when not given."},
	},
	Filters: true,
	Examples: []Example{{
		Query: `array:exists("port[]", var=p, condition={p > 1024 | test(p != self)})`,
		In:    "{\"port[0]\":\"22\",\"port[1]\":\"8080\"}\n{\"port[0]\":\"22\",\"port[1]\":\"8080\",\"self\":\"8080\"}\n{\"port[0]\":\"8080\",\"self\":\"9000\"}",
		Out:   `{"port[0]":"8080","self":"9000"}`,
	}, {
		Query: `!array:exists("addr[]", condition=cidr(addr, subnet="198.51.100.0/24"))`,
		In:    "{\"addr[0]\":\"192.0.2.1\",\"addr[1]\":\"198.51.100.7\"}\n{\"addr[0]\":\"192.0.2.1\"}\n{\"addr\":\"198.51.100.7\"}",
		Out:   "{\"addr[0]\":\"192.0.2.1\"}\n{\"addr\":\"198.51.100.7\"}",
	}},
	Effect: readsAll,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		if len(problems) > 0 {
			return nil, problems
		}
		return newArrayExists(c, arrayElements{array: array, name: c.variable(array), flat: true}), nil
	},
}

// readsAll is the effect of a filter that may look at any field.
func readsAll(*Call) plan.Effect { return plan.Effect{ReadsAll: true} }

// newArrayExists makes the mapper of array:exists() and objectArray:exists().
func newArrayExists(c *Call, elements arrayElements) MapperFactory {
	pipe := c.Pipe("condition")
	objects := objectWarner{array: elements.array, name: c.Function.Name, instead: "objectArray:exists", at: c.At}
	return func(rt *plan.Runtime) plan.Mapper {
		return &arrayExists{rt: rt, elementPipe: newElementPipe(rt, elements, pipe), objects: objects}
	}
}

// arrayExists is array:exists() and objectArray:exists() at work.
type arrayExists struct {
	rt *plan.Runtime
	*elementPipe
	objects objectWarner
}

var _ plan.Mapper = (*arrayExists)(nil)

// Map implements plan.Mapper. The elements of all rows make one batch.
func (m *arrayExists) Map(b *event.Batch) error {
	if m.flat {
		m.objects.look(m.rt, b)
	}
	found := event.NewBits(b.Len())
	if e := m.find(b); e != nil {
		if err := m.run(b, e, func(element int, _ *event.Batch, _ int) { found.Set(int(e.rows[element])) }); err != nil {
			return err
		}
	}
	b.Narrow(found.Get)
	return nil
}
