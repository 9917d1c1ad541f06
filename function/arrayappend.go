package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayAppendFunc = &Function{
	Name:     "array:append",
	Category: "array",
	Summary:  "Puts values behind the last element of an array.",
	Doc: "The values are expressions: text is written in quotes, and a bare word is a field. One that is null, such as a field that is absent, is left " +
		"out. An array that does not exist is made.\n\n" +
		"The array ends before the first element that is absent, so that an element behind a gap may be written over. An element that is an object counts " +
		"as one.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`."},
		{Name: "values", Kind: Expressions, Required: true, Doc: "The values, in order."},
	},
	Examples: []Example{{
		Query: `array:append("seen[]", values=[src, lower(dst), "end"])`,
		In:    "{\"src\":\"A\",\"dst\":\"B\",\"seen[0]\":\"z\"}\n{\"dst\":\"C\"}",
		Out:   "{\"src\":\"A\",\"dst\":\"B\",\"seen[0]\":\"z\",\"seen[1]\":\"A\",\"seen[2]\":\"b\",\"seen[3]\":\"end\"}\n{\"dst\":\"C\",\"seen[0]\":\"c\",\"seen[1]\":\"end\"}",
	}, {
		Doc:   "What stands behind a gap is no part of the array.",
		Query: `array:append("port[]", values=[443])`,
		In:    `{"port[0]":"22","port[1]":"80","port[3]":"8080"}`,
		Out:   `{"port[0]":"22","port[1]":"80","port[2]":"443","port[3]":"8080"}`,
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.WritesUnknown = true
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		if len(problems) > 0 {
			return nil, problems
		}
		exprs := c.Exprs("values")
		return func(rt *plan.Runtime) plan.Mapper {
			m := &arrayAppend{array: array}
			for _, x := range exprs {
				m.values = append(m.values, x.New(rt))
			}
			return m
		}, nil
	},
}

// arrayAppend is array:append() at work.
type arrayAppend struct {
	array  string
	values []plan.Expr
}

var _ plan.Mapper = (*arrayAppend)(nil)

// Map implements plan.Mapper.
func (m *arrayAppend) Map(b *event.Batch) error {
	texts := make([][]string, b.Len())
	for _, x := range m.values {
		col, err := x.Eval(b)
		if err != nil {
			return err
		}
		for _, r := range b.Selected() {
			if s, ok := col.Text(int(r)); ok {
				texts[r] = append(texts[r], s)
			}
		}
	}
	end := make([]int32, b.Len())
	if v := viewArray(b, m.array); v != nil {
		end = v.lengths
	}
	writeTexts(b, m.array, end, texts)
	return nil
}
