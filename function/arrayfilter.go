package function

import (
	"slices"
	"strings"

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
	Effect: func(c *Call) plan.Effect {
		// What the condition writes stays within it.
		return plan.Effect{ReadsAll: true, WritesUnknown: true}
	},
	NewMapper: newArrayFilter,
}

func newArrayFilter(c *Call) (MapperFactory, diag.List) {
	array, problems := c.arrayName("array")
	to, more := c.arrayName("asArray")
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, problems
	}
	if to == "" {
		to = array
	}
	name := c.Text("var")
	if name == "" {
		name = array
	}
	pipe := c.Pipe("function")
	return func(rt *plan.Runtime) plan.Mapper {
		m := &arrayFilter{array: array, to: to, name: name, reads: pipe.Effect.Reads, readsAll: pipe.Effect.ReadsAll}
		m.chain = plan.NewChain(rt, pipe.Stages, func(b *event.Batch) error {
			m.kept = b
			return nil
		})
		return m
	}, nil
}

// arrayFilter is array:filter() at work.
type arrayFilter struct {
	array, to, name string
	reads           []string // fields of the event that the condition may read
	readsAll        bool
	chain           *plan.Chain
	kept            *event.Batch // what the chain let through
}

var _ plan.Mapper = (*arrayFilter)(nil)

// elementField carries the number of an element through the condition, which may make several rows of it (a regular
// expression with the flag g).
const elementField = "\x00element"

// Map implements plan.Mapper. The elements of all rows make one batch.
func (m *arrayFilter) Map(b *event.Batch) error {
	v := viewArray(b, m.array)
	if v == nil {
		return nil
	}
	var rows, index []int32 // by element
	has := event.NewBits(b.Len())
	for _, r := range b.Selected() {
		for i := range v.lengths[r] {
			rows, index = append(rows, r), append(index, i)
			has.Set(int(r))
		}
	}
	passed, err := m.run(m.batch(b, v, rows, index), len(rows))
	if err != nil {
		return err
	}
	chosen := make([][]int32, b.Len()) // by row: indexes of the elements to keep
	length := 0
	for e, r := range rows {
		if passed.Get(e) {
			chosen[r] = append(chosen[r], index[e])
			length = max(length, len(chosen[r]))
		}
	}
	setArray(b, m.to, has, length, v.members, func(row, i, member int) (string, bool) {
		if i >= len(chosen[row]) {
			return "", false
		}
		return v.text(row, int(chosen[row][i]), member)
	})
	return nil
}

// batch makes a batch of elements, with those fields of their events that the condition reads.
func (m *arrayFilter) batch(b *event.Batch, v *arrayView, rows, index []int32) *event.Batch {
	n := len(rows)
	out := event.NewBatch(n)
	for member, suffix := range v.members {
		strs, valid := make([]string, n), event.NewBits(n)
		for e, r := range rows {
			if s, ok := v.text(int(r), int(index[e]), member); ok {
				strs[e] = s
				valid.Set(e)
			}
		}
		out.Set(m.name+suffix, event.NewText(strs, valid))
	}
	out.KeepOriginal() // free text is looked for in the element only
	pos, number := make([]uint64, n), make([]int64, n)
	for e, r := range rows {
		pos[e], number[e] = b.Position(int(r)), int64(e)
	}
	for i, name := range b.Names() {
		if (m.readsAll || slices.Contains(m.reads, name)) && !event.Hidden(name) && !m.shadows(name) {
			out.Set(name, b.Columns()[i].Gather(rows))
		}
	}
	out.SetPositions(pos)
	out.Set(elementField, event.NewInteger(number, nil))
	return out
}

// shadows tells whether the condition takes a name for the element or a part of it.
func (m *arrayFilter) shadows(name string) bool {
	rest, ok := strings.CutPrefix(name, m.name)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// run gives the numbers of the elements that fulfil the condition.
func (m *arrayFilter) run(elements *event.Batch, n int) (event.Bits, error) {
	m.kept = nil
	passed := event.NewBits(n)
	if err := m.chain.Push(elements); err != nil || m.kept == nil {
		return passed, err
	}
	number, _ := m.kept.Column(elementField).Integers()
	for _, r := range m.kept.Selected() {
		passed.Set(int(number[r]))
	}
	return passed, nil
}
