package function

import (
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var betaParamFunc = &Function{
	Name:     "beta:param",
	Category: "experimental",
	Summary:  "Writes the value of a parameter of the query into a field of every event.",
	Doc: "The value is what `?name` would stand for: what the query is given when it is run, or the argument of the saved query that the call stands in, or else the " +
		"default that some `?{name=default}` of the query names. A parameter without a value is an error. Several values are joined by commas, the way in which they " +
		"are typed; the reference does not say.\n\n" +
		"In LogScale it is experimental. Where `?name` itself can stand, as in `x := ?name`, that is the better way.",
	Unnamed: "parameter",
	Params: []Param{
		{Name: "parameter", Kind: ParameterName, Required: true, Doc: "The name of the parameter, without the question mark."},
		{Name: "as", Kind: NewField, Required: true, Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `?{site="north"} | beta:param("site", as=place)`,
		In:    `{"note":"north gate"}`,
		Out:   `{"note":"north gate","place":"north"}`,
	}, {
		Query: `level >= ?{least=3} | limit := beta:param(least)`,
		In:    "{\"level\":\"2\"}\n{\"level\":\"5\"}",
		Out:   `{"level":"5","limit":"3"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		value, as := strings.Join(c.Texts("parameter"), ","), c.Field("as")
		return func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				b.Set(as, event.NewConstant(b.Len(), value))
				return nil
			})
		}, nil
	},
}
