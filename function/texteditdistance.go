package function

import "harrier/diag"

var textEditDistanceFunc = &Function{
	Name:     "text:editDistance",
	Category: "string",
	Summary:  "Writes how many edits make one text of another.",
	Doc: editDistanceDoc + " Both texts are expressions: the name of a field, a text in quotes, a call. When either has no value nothing is written. It finds names " +
		"that are made to be mistaken for a known one.",
	Params: append(editDistanceParams(
		Param{Name: "target", Kind: Expression, Required: true, Doc: "The text to compare."},
		Param{Name: "reference", Kind: Expression, Required: true, Doc: "The text to compare with."},
	), Param{Name: "as", Kind: NewField, Default: "_distance", Doc: "The field to write."}),
	Examples: []Example{{
		Query: `text:editDistance(target=domain, reference="harrier.example", maxDistance=5)`,
		In:    "{\"domain\":\"harrier.example\"}\n{\"domain\":\"harier.example\"}\n{\"domain\":\"harreir.example\"}\n{\"domain\":\"kestrel.test\"}\n{\"other\":\"1\"}",
		Out: "{\"domain\":\"harrier.example\",\"_distance\":\"0\"}\n{\"domain\":\"harier.example\",\"_distance\":\"1\"}\n" +
			"{\"domain\":\"harreir.example\",\"_distance\":\"1\"}\n{\"domain\":\"kestrel.test\",\"_distance\":\"5\"}\n{\"other\":\"1\"}",
	}, {
		Doc:   "Names of processes that are nearly those of others.",
		Query: `d := text:editDistance(target=process, reference="svchost.exe", maxDistance=3, ignoreCase=true) | d > 0 | d < 3`,
		In:    "{\"process\":\"SVCHOST.EXE\"}\n{\"process\":\"scvhost.exe\"}\n{\"process\":\"winword.exe\"}",
		Out:   `{"process":"scvhost.exe","d":"1"}`,
	}},
	Effect: mayWrite,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		d, problems := c.editDistance()
		if d == nil {
			return nil, problems
		}
		return mapValues([]*Expr{c.Expr("target"), c.Expr("reference")}, c.Field("as"), func(v []string) (string, bool) {
			return d.text(v[0], v[1]), true
		}), nil
	},
}
