package function

import (
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var hashMatchFunc = &Function{
	Name:     "hashMatch",
	Category: "security",
	Summary:  "Keeps events that hold the salted hash of a value.",
	Doc: "It finds what hashRewrite() has made of a value that is known, with the same `salt`, `bits` and `hash`. With a `field` the hash must be its whole value; " +
		"without one it is looked for anywhere in `@rawstring`.\n\n" + saltedHashDoc,
	Unnamed: "input",
	Params: append([]Param{
		{Name: "input", Kind: Text, Required: true, Doc: "The value whose hash is looked for."},
		{Name: "field", Kind: Field, Doc: "The field to compare; anywhere in `@rawstring` when not given."},
	}, saltedHashParams()...),
	Examples: []Example{{
		Query: `hashRewrite(patient, salt="ward") | patient =~ hashMatch("Ida Berg", salt="ward") | select(bed)`,
		In:    "{\"patient\":\"Ida Berg\",\"bed\":\"4\"}\n{\"patient\":\"Bo Holm\",\"bed\":\"5\"}\n{\"bed\":\"6\"}",
		Out:   `{"bed":"4"}`,
	}, {
		Query: `hashMatch("ada", salt="desk", bits=64)`,
		In:    "{\"@rawstring\":\"login of fEMlO+swdCM at 9\"}\n{\"@rawstring\":\"login of ada at 9\"}",
		Out:   `{"@rawstring":"login of fEMlO+swdCM at 9"}`,
	}},
	NewPred: func(c *Call) (plan.Pred, diag.List) {
		h, problems := c.saltedHash()
		if h == nil {
			return nil, problems
		}
		want := h.maker()(c.Text("input"))
		if c.unknown("input") || c.Env.Check {
			// Which events there are is known no sooner than the secret is.
			return &plan.Has{Field: hashMatchField(c)}, problems
		}
		test := &plan.Test{Field: hashMatchField(c), Needles: []event.Needle{{Text: want}}, Shown: "holds the hash " + want}
		if c.Has("field") {
			test.Whole, test.Shown = &want, "is the hash "+want
			test.Match = noError(func(s string) bool { return s == want })
		} else {
			test.Match = noError(func(s string) bool { return strings.Contains(s, want) })
		}
		return test, problems
	},
}

func hashMatchField(c *Call) string {
	if c.Has("field") {
		return c.Field("field")
	}
	return rawstringField
}
