package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayDedupFunc = &Function{
	Name:     "array:dedup",
	Category: "array",
	Summary:  "Removes the elements of an array that are in it already.",
	Doc: "Elements are equal when their texts are, capitals and small letters being different. The first of equal elements stays, and what is kept stands " +
		"in the old order and without gaps.\n\n" +
		"The array ends before the first element that is absent or an object. The result takes the place of the array `asArray`, of which nothing else is " +
		"left; LogScale does not document what becomes of the rest of a longer one. An event without the array stays as it is.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "asArray", Kind: ArrayName, Doc: "The array to write; the one that is read when not given."},
	},
	Examples: []Example{{
		Query: `array:dedup("user[]")`,
		In:    `{"user[0]":"kim","user[1]":"ole","user[2]":"kim","user[3]":"Kim"}`,
		Out:   `{"user[0]":"kim","user[1]":"ole","user[2]":"Kim"}`,
	}, {
		Query: `array:dedup("port[]", asArray="ports[]")`,
		In:    "{\"port[0]\":\"22\",\"port[1]\":\"22\",\"ports[1]\":\"old\"}\n{\"ports[0]\":\"old\"}",
		Out:   "{\"port[0]\":\"22\",\"port[1]\":\"22\",\"ports[0]\":\"22\"}\n{\"ports[0]\":\"old\"}",
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		to, more := c.target(array)
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				dedupArray(b, array, to)
				return nil
			})
		}, nil
	},
}

// manyElements is from where on a set finds a text faster than a look at all of them.
const manyElements = 16

func dedupArray(b *event.Batch, array, to string) {
	v := viewFlatArray(b, array)
	if v == nil {
		return
	}
	has, texts := event.NewBits(b.Len()), make([][]string, b.Len())
	for _, r := range b.Selected() {
		if v.lengths[r] > 0 {
			has.Set(int(r))
			texts[r] = dedup(v.texts(r))
		}
	}
	setTexts(b, to, has, texts)
}

// dedup removes texts that stand earlier in the list.
func dedup(list []string) []string {
	out := list[:0]
	var seen map[string]bool
	if len(list) > manyElements {
		seen = make(map[string]bool, len(list))
	}
	for _, s := range list {
		if seen == nil && slices.Contains(out, s) || seen[s] {
			continue
		}
		if seen != nil {
			seen[s] = true
		}
		out = append(out, s)
	}
	return out
}
