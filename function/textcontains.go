package function

import (
	"strings"

	"harrier/diag"
	"harrier/plan"
)

var textContainsFunc = &Function{
	Name:     "text:contains",
	Category: "string",
	Summary:  "Keeps events in which one text contains another.",
	Doc: "Both texts are expressions: the name of a field, a text in quotes, a call. Case counts. When either has no value the event is not kept. The empty " +
		"text is contained in every text, and an asterisk is an ordinary character.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text to search in."},
		{Name: "substring", Kind: Expression, Required: true, Doc: "The text to search for."},
	},
	Examples: []Example{{
		Query: `text:contains(command, substring="-enc")`,
		In:    "{\"command\":\"pwsh -enc AAA\"}\n{\"command\":\"pwsh -ENC AAA\"}\n{\"other\":\"-enc\"}",
		Out:   `{"command":"pwsh -enc AAA"}`,
	}, {
		Doc:   "Two fields, case aside.",
		Query: `text:contains(lower(path), substring=lower(user))`,
		In:    "{\"path\":\"/home/Ada/x\",\"user\":\"ADA\"}\n{\"path\":\"/home/bob\",\"user\":\"ADA\"}\n{\"path\":\"/home/ada\"}",
		Out:   `{"path":"/home/Ada/x","user":"ADA"}`,
	}, {
		Query: `!text:contains(thread, substring="idle")`,
		In:    "{\"thread\":\"pool-idle-3\"}\n{\"thread\":\"pool-busy-1\"}\n{\"n\":\"1\"}",
		Out:   "{\"thread\":\"pool-busy-1\"}\n{\"n\":\"1\"}",
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		return textPair(c.Function.Name, c.Expr("string"), c.Expr("substring"), strings.Contains), nil
	},
}
