package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayRenameFunc = &Function{
	Name:     "array:rename",
	Category: "array",
	Summary:  "Gives an array another name.",
	Doc: "The array ends before the first element that is absent or an object, and what stands behind keeps its name. It takes the place of an array that " +
		"has the new name, of which nothing else is left. An event without the array stays as it is.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "asArray", Kind: ArrayName, Required: true, Doc: "The new name."},
	},
	Examples: []Example{{
		Query: `array:rename("addr[]", asArray="host.ip[]")`,
		In:    "{\"addr[0]\":\"192.0.2.1\",\"addr[1]\":\"192.0.2.2\"}\n{\"host.ip[0]\":\"192.0.2.9\"}",
		Out:   "{\"host.ip[0]\":\"192.0.2.1\",\"host.ip[1]\":\"192.0.2.2\"}\n{\"host.ip[0]\":\"192.0.2.9\"}",
	}, {
		Query: `array:rename("a[]", asArray="b[]")`,
		In:    `{"a[0]":"x","a[2]":"z","b[0]":"1","b[1]":"2"}`,
		Out:   `{"a[2]":"z","b[0]":"x"}`,
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		to, more := c.arrayName("asArray")
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				if array != to {
					renameArray(b, array, to)
				}
				return nil
			})
		}, nil
	},
}

func renameArray(b *event.Batch, array, to string) {
	v := viewFlatArray(b, array)
	if v == nil {
		return
	}
	has := event.NewBits(b.Len())
	for _, r := range b.Selected() {
		if v.lengths[r] > 0 {
			has.Set(int(r))
		}
	}
	removeElements(b, array, v)
	setArray(b, to, has, len(v.elements), v.members, func(row, index, _ int) (string, bool) {
		if index >= int(v.lengths[row]) {
			return "", false
		}
		return v.text(row, index, 0)
	})
}
