package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayLengthFunc = &Function{
	Name:     "array:length",
	Category: "array",
	Summary:  "Counts the elements of an array.",
	Doc: "The array ends before the first element that is absent. An element that is an object, or an array of its own, counts as one. An event without " +
		"the array gets 0. A name without brackets is an error, as it is in LogScale since 1.147.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "as", Kind: NewField, Default: "_length", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `array:length("port[]")`,
		In:    "{\"port[0]\":\"22\",\"port[1]\":\"80\",\"port[3]\":\"443\"}\n{\"port\":\"none\"}",
		Out:   "{\"port[0]\":\"22\",\"port[1]\":\"80\",\"port[3]\":\"443\",\"_length\":\"2\"}\n{\"port\":\"none\",\"_length\":\"0\"}",
	}, {
		Query: `test(array:length("hit[]") > 1)`,
		In:    "{\"hit\":[{\"rule\":\"r1\"},{\"rule\":\"r2\"}]}\n{\"hit\":[{\"rule\":\"r1\"}]}",
		Out:   `{"hit[0].rule":"r1","hit[1].rule":"r2"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.bracketedArray("array")
		if len(problems) > 0 {
			return nil, problems
		}
		as := c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				n := make([]int64, b.Len())
				if v := viewArray(b, array); v != nil {
					for _, r := range b.Selected() {
						n[r] = int64(v.lengths[r])
					}
				}
				b.Set(as, event.NewInteger(n, nil))
				return nil
			})
		}, nil
	},
}
