package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var getFieldFunc = &Function{
	Name:     "getField",
	Category: "data-manipulation",
	Summary:  "Writes the value of the field whose name is the value of an expression.",
	Doc: "It serves names that cannot stand in an expression, `getField(\"time-in-ms\")`, and names that the data or a parameter tells, " +
		"`getField(key)` and `getField(?field)`. Where the name is null or no field of the event has it, nothing is written.\n\n" +
		"When the name is not a constant the query reads all fields of its input.",
	Unnamed: "source",
	Params: []Param{
		{Name: "source", Kind: Expression, Required: true, Doc: "The name. Written in quotes it is the field itself, as a bare word the field that holds the name."},
		{Name: "as", Kind: NewField, Default: "_getField", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `seconds := getField("took-ms") / 1000`,
		In:    "{\"took-ms\":\"2500\"}\n{\"took\":\"1\"}",
		Out:   "{\"took-ms\":\"2500\",\"seconds\":\"2.5\"}\n{\"took\":\"1\"}",
	}, {
		Query: `getField(which)`,
		In:    "{\"which\":\"red\",\"red\":\"1\",\"blue\":\"2\"}\n{\"which\":\"blue\",\"red\":\"1\",\"blue\":\"2\"}\n{\"which\":\"green\",\"red\":\"1\"}",
		Out: "{\"which\":\"red\",\"red\":\"1\",\"blue\":\"2\",\"_getField\":\"1\"}\n{\"which\":\"blue\",\"red\":\"1\",\"blue\":\"2\",\"_getField\":\"2\"}\n" +
			"{\"which\":\"green\",\"red\":\"1\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := mayWrite(c)
		if name, ok := c.constantName("source"); ok {
			e.Reads = append(e.Reads, name)
		} else {
			e.ReadsAll = true
		}
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		source, as := c.Expr("source"), c.Field("as")
		return func(rt *plan.Runtime) plan.Mapper {
			return &fieldGetter{source: source.New(rt), as: as}
		}, nil
	},
}

// constantName gives the name of a field when it is known before the query runs. In a check a parameter without a value
// reads as an asterisk.
func (c *Call) constantName(param string) (string, bool) {
	name := c.Expr(param).Const
	if name == nil || c.Env.Check && *name == "*" {
		return "", false
	}
	return *name, true
}

// fieldGetter is getField() at work.
type fieldGetter struct {
	source plan.Expr
	as     string
	choose chooser
}

var _ plan.Mapper = (*fieldGetter)(nil)

// Map implements plan.Mapper.
func (m *fieldGetter) Map(b *event.Batch) error {
	names, err := m.source.Eval(b)
	if err != nil {
		return err
	}
	from := nowhere(b.Len())
	var cols []*event.Column
	number := map[string]int32{} // of a field in cols; -1 when the batch lacks it
	for _, r := range b.Selected() {
		name, ok := names.Text(int(r))
		if !ok {
			continue
		}
		i, ok := number[name]
		if !ok {
			i = -1
			if c := b.Column(name); c != nil && !event.Hidden(name) {
				i = int32(len(cols))
				cols = append(cols, c)
			}
			number[name] = i
		}
		from[r] = i
	}
	assign(b, m.as, m.choose.column(b, cols, from))
	return nil
}
