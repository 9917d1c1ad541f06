package function

import (
	"strings"

	"harrier/diag"
	"harrier/plan"
)

var textEndsWithFunc = &Function{
	Name:     "text:endsWith",
	Category: "string",
	Summary:  "Keeps events in which one text ends with another.",
	Doc: "Both texts are expressions: the name of a field, a text in quotes, a call. Case counts; lower() on both sides takes it away. When either has no value the " +
		"event is not kept. Every text ends with the empty one, and an asterisk is an ordinary character.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text to look at."},
		{Name: "substring", Kind: Expression, Required: true, Doc: "How it should end."},
	},
	Examples: []Example{{
		Query: `text:endsWith(file, substring=".ps1")`,
		In:    "{\"file\":\"setup.ps1\"}\n{\"file\":\"setup.ps1.txt\"}\n{\"file\":\"SETUP.PS1\"}\n{\"other\":\".ps1\"}",
		Out:   `{"file":"setup.ps1"}`,
	}, {
		Query: `!text:endsWith("www.shop.example", substring=domain)`,
		In:    "{\"domain\":\"shop.example\"}\n{\"domain\":\"bank.example\"}",
		Out:   `{"domain":"bank.example"}`,
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		return textPair(c.Function.Name, c.Expr("string"), c.Expr("substring"), strings.HasSuffix), nil
	},
}
