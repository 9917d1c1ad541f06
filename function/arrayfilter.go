package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayFilterFunc = &Function{
	Name:     "array:filter",
	Category: "array",
	Summary:  "Keeps the elements of an array that fulfil a condition.",
	Doc: "The condition is run for every element up to the first that is absent. Within it `var` names the element, and other names are fields of the " +
		"event; text without a field is searched for in the element. What is kept stands in the old order and without gaps.\n\n" +
		"The result takes the place of the array `asArray`, of which nothing else is left, also when no element is kept. An event without the array " +
		"stays as it is; no event is ever dropped. Elements that are objects are kept or left out with all of their members, which the condition knows as " +
		"`var.member`.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "function", Kind: Condition, Required: true, Doc: "The condition: filters in braces."},
		{Name: "var", Kind: Text, Doc: "What the element is called within the condition; the name of the array when not given."},
		{Name: "asArray", Kind: ArrayName, Doc: "The array to write; the one that is read when not given."},
	},
	Examples: []Example{{
		Query: `array:filter("mail[]", var=m, function={m=*@example.org}, asArray="own[]")`,
		In:    "{\"mail[0]\":\"kim@example.org\",\"mail[1]\":\"ole@example.net\",\"mail[2]\":\"ann@example.org\"}\n{\"mail\":\"none\"}",
		Out: "{\"mail[0]\":\"kim@example.org\",\"mail[1]\":\"ole@example.net\",\"mail[2]\":\"ann@example.org\",\"own[0]\":\"kim@example.org\"," +
			"\"own[1]\":\"ann@example.org\"}\n{\"mail\":\"none\"}",
	}, {
		Doc:   "In place, comparing with a field of the event.",
		Query: `array:filter("port[]", function={port >= 1024 | test(port != self)})`,
		In:    `{"self":"8080","port[0]":"22","port[1]":"8080","port[2]":"9000"}`,
		Out:   `{"self":"8080","port[0]":"9000"}`,
	}},
	Effect:    arrayEffect, // what the condition writes stays within it
	NewMapper: newArrayFilter,
}

func newArrayFilter(c *Call) (MapperFactory, diag.List) {
	array, problems := c.arrayName("array")
	to, more := c.target(array)
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, problems
	}
	name, pipe := c.variable(array), c.Pipe("function")
	return func(rt *plan.Runtime) plan.Mapper {
		return &arrayFilter{to: to, elementPipe: newElementPipe(rt, arrayElements{array: array, name: name}, pipe)}
	}, nil
}

// arrayFilter is array:filter() at work.
type arrayFilter struct {
	to string
	*elementPipe
}

var _ plan.Mapper = (*arrayFilter)(nil)

// Map implements plan.Mapper. The elements of all rows make one batch.
func (m *arrayFilter) Map(b *event.Batch) error {
	e := m.find(b)
	if e == nil {
		return nil
	}
	passed := event.NewBits(len(e.rows))
	if err := m.run(b, e, func(element int, _ *event.Batch, _ int) { passed.Set(element) }); err != nil {
		return err
	}
	chosen := make([][]int32, b.Len()) // by row: indexes of the elements to keep
	length := 0
	for i, r := range e.rows {
		if passed.Get(i) {
			chosen[r] = append(chosen[r], e.index[i])
			length = max(length, len(chosen[r]))
		}
	}
	setArray(b, m.to, e.has, length, e.view.members, func(row, i, member int) (string, bool) {
		if i >= len(chosen[row]) {
			return "", false
		}
		return e.view.text(row, int(chosen[row][i]), member)
	})
	return nil
}
