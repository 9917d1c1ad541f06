package function

import (
	"harrier/diag"
	"harrier/internal/num"
	"harrier/plan"
)

var sampleFunc = &Function{
	Name:     "sample",
	Category: "filter",
	Summary:  "Keeps a percentage of the events, chosen by the value of a field.",
	Doc: "The choice depends on nothing but the text of the field, so it is the same in every run, on every machine and in every query: events with the " +
		"same value are kept or dropped together, and what is kept at one percentage is kept at every larger one. The share that is kept comes close to the " +
		"percentage only when there are many different values. Events without the field are dropped.\n\n" +
		"LogScale does not tell how it chooses, so its sample holds other events. It cannot be negated.",
	Unnamed: "percentage",
	Params: []Param{
		{Name: "percentage", Kind: Num, Default: "1", Min: 0, Max: 100, Doc: "How much is kept, from 0 to 100; fractions such as 0.1 are allowed."},
		{Name: "field", Kind: Field, Default: "@timestamp", Doc: "The field that decides."},
	},
	Examples: []Example{{
		Query: `sample(50, field=user)`,
		In:    "{\"user\":\"kim\",\"n\":\"1\"}\n{\"user\":\"bo\",\"n\":\"2\"}\n{\"user\":\"kim\",\"n\":\"3\"}\n{\"user\":\"ada\",\"n\":\"4\"}\n{\"n\":\"5\"}",
		Out:   "{\"user\":\"kim\",\"n\":\"1\"}\n{\"user\":\"bo\",\"n\":\"2\"}\n{\"user\":\"kim\",\"n\":\"3\"}",
	}, {
		Doc:   "Events without the field are dropped at any percentage.",
		Query: `sample(percentage=100, field=id)`,
		In:    "{\"id\":\"a\"}\n{\"x\":\"b\"}",
		Out:   `{"id":"a"}`,
	}},
	NotNegatable: true,
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		percentage := c.Number("percentage")
		return &plan.Test{
			Field: c.Field("field"),
			Match: func(value string) (bool, error) { return lot(value)*100 < percentage, nil },
			Shown: "is in a sample of " + num.Format(percentage) + " percent",
		}, nil
	},
}

// lot draws a number from 0 up to 1 for a text, always the same.
func lot(s string) float64 { return float64(textHash(0, s)>>11) / (1 << 53) }
