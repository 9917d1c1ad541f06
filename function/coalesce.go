package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var coalesceFunc = &Function{
	Name:     "coalesce",
	Category: "data-manipulation",
	Summary:  "Writes the first of several expressions that has a value.",
	Doc: "A bare word is a field, quoted text stands for itself, and calls and arithmetic are worked out. Null is passed over, and so is the " +
		"empty text unless `ignoreEmpty=false`. When no expression has a value, nothing is written. Expressions behind the one that is taken are " +
		"not worked out.",
	Unnamed: "expressions",
	Params: []Param{
		{Name: "expressions", Kind: Expressions, Required: true, Doc: "The candidates, the preferred one first."},
		{Name: "as", Kind: NewField, Default: "_coalesce", Doc: "The field to write."},
		{Name: "ignoreEmpty", Kind: Bool, Default: "true", Doc: "Whether an empty text counts as no value."},
	},
	Examples: []Example{{
		Query: `name := coalesce([login, mail, "nobody"])`,
		In:    "{\"login\":\"\",\"mail\":\"kim@example.net\"}\n{\"login\":\"kim\"}\n{\"id\":\"7\"}",
		Out: "{\"login\":\"\",\"mail\":\"kim@example.net\",\"name\":\"kim@example.net\"}\n{\"login\":\"kim\",\"name\":\"kim\"}\n" +
			"{\"id\":\"7\",\"name\":\"nobody\"}",
	}, {
		Query: `coalesce([ms, s * 1000])`,
		In:    "{\"ms\":\"1500\",\"s\":\"1\"}\n{\"s\":\"2\"}\n{\"h\":\"1\"}",
		Out:   "{\"ms\":\"1500\",\"s\":\"1\",\"_coalesce\":\"1500\"}\n{\"s\":\"2\",\"_coalesce\":\"2000\"}\n{\"h\":\"1\"}",
	}, {
		Query: `coalesce([a, b], ignoreEmpty=false, as=x)`,
		In:    `{"a":"","b":"1"}`,
		Out:   `{"a":"","b":"1","x":""}`,
	}},
	Effect: func(c *Call) plan.Effect {
		always := func(x *Expr) bool { return x.Const != nil && (*x.Const != "" || !c.Bool("ignoreEmpty")) }
		if slices.ContainsFunc(c.Exprs("expressions"), always) {
			return c.DefaultEffect()
		}
		return mayWrite(c)
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		exprs, as, ignoreEmpty := c.Exprs("expressions"), c.Field("as"), c.Bool("ignoreEmpty")
		if len(exprs) == 0 {
			return nil, c.Errorf("missing-argument", "expressions", "coalesce() needs at least one expression to take a value from")
		}
		return func(rt *plan.Runtime) plan.Mapper {
			m := &coalesced{as: as, ignoreEmpty: ignoreEmpty}
			for _, x := range exprs {
				m.exprs = append(m.exprs, x.New(rt))
			}
			return m
		}, nil
	},
}

// coalesced is coalesce() at work.
type coalesced struct {
	exprs       []plan.Expr
	as          string
	ignoreEmpty bool
	choose      chooser
}

var _ plan.Mapper = (*coalesced)(nil)

// Map implements plan.Mapper.
func (m *coalesced) Map(b *event.Batch) error {
	from := nowhere(b.Len())
	cols := make([]*event.Column, len(m.exprs))
	left := b.Selected()
	for i, x := range m.exprs {
		c, err := evalOn(x, b, left)
		if err != nil {
			return err
		}
		cols[i] = c
		var without []int32
		for _, r := range left {
			if hasValue(c, int(r), m.ignoreEmpty) {
				from[r] = int32(i)
			} else {
				without = append(without, r)
			}
		}
		left = without
	}
	assign(b, m.as, m.choose.column(b, cols, from))
	return nil
}

// hasValue tells whether a row is present and, where that matters, not empty.
func hasValue(c *event.Column, row int, notEmpty bool) bool {
	if !c.Present(row) {
		return false
	}
	if k := c.Kind(); !notEmpty || k == event.Number || k == event.Integer {
		return true
	}
	s, _ := c.Text(row)
	return s != ""
}
