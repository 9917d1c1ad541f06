package function

import (
	"strings"

	"harrier/diag"
)

var objectArrayEvalFunc = &Function{
	Name:     "objectArray:eval",
	Category: "array",
	Summary:  "Runs a pipeline on every element of an array of objects and makes an array of texts of what it writes.",
	Doc: "Within the pipeline `var` names the element, whose members are `var.member` and `var[0]`; other names are fields of the event, and text without a " +
		"field is searched for in the element. The result is the field named like the array that is written, without its brackets: `{out := x.id}` for " +
		"`asArray=\"out[]\"`. A field of that name in the event is not seen.\n\n" +
		"The results stand without gaps, in the order of the elements: one that the pipeline drops, or for which it writes nothing, is left out. They take the " +
		"place of the array that is written, of which nothing else is left. What else the pipeline writes is forgotten. An event without the array stays as " +
		"it is; no event is ever dropped.\n\n" +
		"The array ends before the first index of which the event has no field. An example in LogScale's reference reaches an element behind a gap, at odds " +
		"with what is said of arrays everywhere else.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"hits[]\"`."},
		{Name: "asArray", Kind: ArrayName, Required: true, Doc: "The array to write, which is another one."},
		{Name: "function", Kind: Subpipeline, Required: true, Doc: "The pipeline, without aggregates."},
		{Name: "var", Kind: Text, Doc: "What the element is called within the pipeline, without dots and brackets; the name of the array when not given."},
	},
	Examples: []Example{{
		Query: `objectArray:eval("hit[]", asArray="rule[]", var=h, function={h.score > 50 | rule := format("%s/%s", field=[host, h.id])}) | array:drop("hit[]")`,
		In:    `{"host":"db1","hit":[{"id":"r1","score":"90"},{"id":"r2","score":"10"},{"id":"r3","score":"60"}]}`,
		Out: `{"host":"db1","hit[0].id":"r1","hit[0].score":"90","hit[1].id":"r2","hit[1].score":"10","hit[2].id":"r3","hit[2].score":"60",` +
			`"rule[0]":"db1/r1","rule[1]":"db1/r3"}`,
	}, {
		Doc:   "Arrays in arrays.",
		Query: `objectArray:eval("row[]", asArray="sum[]", function={sum := row[0] + row[1]})`,
		In:    "{\"row\":[[1,2],[3,4]]}\n{\"row\":\"none\"}",
		Out:   "{\"row[0][0]\":\"1\",\"row[0][1]\":\"2\",\"row[1][0]\":\"3\",\"row[1][1]\":\"4\",\"sum[0]\":\"3\",\"sum[1]\":\"7\"}\n{\"row\":\"none\"}",
	}},
	Effect: arrayEffect,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		elements, problems := c.objectElements()
		to, more := c.arrayName("asArray")
		if problems = append(problems, more...); len(problems) > 0 {
			return nil, problems
		}
		if to == elements.array && !c.unknown("asArray") {
			return nil, c.Errorf("bad-value", "asArray", "objectArray:eval() makes another array, and cannot write %s[] over itself", to)
		}
		return newArrayEval(c, elements, to)
	},
}

// objectElements reads the parameters array and var of a function for arrays of objects.
func (c *Call) objectElements() (arrayElements, diag.List) {
	array, problems := c.arrayName("array")
	if name := c.Text("var"); strings.ContainsAny(name, ".[]") {
		problems = append(problems, c.Errorf("bad-value", "var", "%q cannot name the element, as it has a dot or a bracket in it", name)...)
	}
	return arrayElements{array: array, name: c.variable(array)}, problems
}
