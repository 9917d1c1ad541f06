package function

import (
	"strings"

	"harrier/diag"
	"harrier/plan"
)

var textStartsWithFunc = &Function{
	Name:     "text:startsWith",
	Category: "string",
	Summary:  "Keeps events in which one text begins with another.",
	Doc: "Both texts are expressions: the name of a field, a text in quotes, a call. Case counts; lower() on both sides takes it away. When either has no value the " +
		"event is not kept. Every text begins with the empty one, and an asterisk is an ordinary character.",
	Unnamed: "string",
	Params: []Param{
		{Name: "string", Kind: Expression, Required: true, Doc: "The text to look at."},
		{Name: "substring", Kind: Expression, Required: true, Doc: "How it should begin."},
	},
	Examples: []Example{{
		Query: `text:startsWith(path, substring="/opt/")`,
		In:    "{\"path\":\"/opt/kite\"}\n{\"path\":\"/OPT/kite\"}\n{\"path\":\"/home/opt/\"}\n{\"other\":\"/opt/\"}",
		Out:   `{"path":"/opt/kite"}`,
	}, {
		Query: `!text:startsWith(lower(host), substring=lower(site))`,
		In:    "{\"host\":\"CPH-db7\",\"site\":\"cph\"}\n{\"host\":\"osl-db1\",\"site\":\"cph\"}",
		Out:   `{"host":"osl-db1","site":"cph"}`,
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		return textPair(c.Function.Name, c.Expr("string"), c.Expr("substring"), strings.HasPrefix), nil
	},
}
