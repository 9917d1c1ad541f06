package function

import "harrier/diag"

var objectArrayExistsFunc = &Function{
	Name:     "objectArray:exists",
	Category: "array",
	Summary:  "Keeps events in which an element of an array of objects passes a condition.",
	Doc: "The condition is run for every element: a pipeline without aggregates, which the element passes when anything is left of it, or a single call. " +
		"A call that gives a value, such as `if(...)`, is passed when the value is true. Within the condition `var` names the element, whose members are " +
		"`var.member` and `var[0]`; other names are fields of the event, and text without a field is searched for in the element. What it writes is " +
		"forgotten. For an array in the element another call of array:exists() or objectArray:exists() is the condition.\n\n" +
		"The array ends before the first index of which the event has no field. An event without the array does not pass, and passes when the call is " +
		"negated. Elements may be texts, too, but array:exists() is faster for these.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"hits[]\"`."},
		{Name: "condition", Kind: Subpipeline, Required: true, Decides: true, Doc: "The condition."},
		{Name: "var", Kind: Text, Doc: "What the element is called within the condition, without dots and brackets; the name of the array when not given."},
	},
	Filters: true,
	Examples: []Example{{
		Doc:   "One element must fulfil both.",
		Query: `objectArray:exists("disk[]", var=d, condition={d.kind=ssd d.free < 10})`,
		In:    "{\"disk\":[{\"kind\":\"ssd\",\"free\":50},{\"kind\":\"ssd\",\"free\":5}]}\n{\"disk\":[{\"kind\":\"ssd\",\"free\":50},{\"kind\":\"hdd\",\"free\":5}]}",
		Out:   `{"disk[0].kind":"ssd","disk[0].free":"50","disk[1].kind":"ssd","disk[1].free":"5"}`,
	}, {
		Doc:   "An array of arrays of texts.",
		Query: `objectArray:exists("team[]", condition=array:exists("team.member[]", var=m, condition=test(m == lead)))`,
		In:    "{\"lead\":\"eve\",\"team\":[{\"member\":[\"kim\"]},{\"member\":[\"ole\",\"eve\"]}]}\n{\"lead\":\"eve\",\"team\":[{\"member\":[\"kim\"]}]}",
		Out:   `{"lead":"eve","team[0].member[0]":"kim","team[1].member[0]":"ole","team[1].member[1]":"eve"}`,
	}},
	Effect: readsAll,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		elements, problems := c.objectElements()
		if len(problems) > 0 {
			return nil, problems
		}
		return newArrayExists(c, elements), nil
	},
}
