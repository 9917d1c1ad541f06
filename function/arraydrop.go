package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayDropFunc = &Function{
	Name:     "array:drop",
	Category: "array",
	Summary:  "Removes an array.",
	Doc: "The array ends before the first element that is absent or an object, and what stands behind stays. LogScale's reference says so in its text; an " +
		"example there that removes an element behind a gap, too, is at odds with it. A name without brackets is an error. An event without the array stays " +
		"as it is.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
	},
	Examples: []Example{{
		Query: `array:drop("tag[]")`,
		In:    "{\"tag[0]\":\"a\",\"tag[1]\":\"b\",\"tags[0]\":\"c\",\"host\":\"db1\"}\n{\"host\":\"db2\"}",
		Out:   "{\"tags[0]\":\"c\",\"host\":\"db1\"}\n{\"host\":\"db2\"}",
	}, {
		Query: `array:drop("user.tag[]")`,
		In:    `{"user":{"tag":["a","b"],"name":"eve"},"user.tag[7]":"z"}`,
		Out:   `{"user.name":"eve","user.tag[7]":"z"}`,
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.bracketedArray("array")
		if len(problems) > 0 {
			return nil, problems
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				if v := viewFlatArray(b, array); v != nil {
					removeElements(b, array, v)
				}
				return nil
			})
		}, nil
	},
}
