package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var defaultFunc = &Function{
	Name:     "default",
	Category: "event",
	Summary:  "Gives fields a value in the events that lack them.",
	Doc: "A value that a field has is kept, also an empty one unless `replaceEmpty=true`. The value is a text and not an expression: " +
		"`default(value=host, field=name)` writes the word `host`; for the value of another field use `coalesce()`. It is `value`, and not `field`, " +
		"that may be given without its name.",
	Unnamed: "value",
	Params: []Param{
		{Name: "value", Kind: Text, Required: true, Doc: "The text to write."},
		{Name: "field", Kind: Fields, Required: true, MayBeGone: true, Doc: "The fields to fill."},
		{Name: "replaceEmpty", Kind: Bool, Default: "false", Doc: "Whether an empty text is replaced as well."},
	},
	Examples: []Example{{
		Query: `default(field=[read, written], 0)`,
		In:    "{\"read\":\"7\"}\n{\"written\":\"\",\"host\":\"a\"}",
		Out:   "{\"read\":\"7\",\"written\":\"0\"}\n{\"read\":\"0\",\"written\":\"\",\"host\":\"a\"}",
	}, {
		Query: `default("unknown", field=owner, replaceEmpty=true)`,
		In:    "{\"owner\":\"\"}\n{\"owner\":\"kim\"}\n{\"id\":\"3\"}",
		Out:   "{\"owner\":\"unknown\"}\n{\"owner\":\"kim\"}\n{\"id\":\"3\",\"owner\":\"unknown\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		e := c.DefaultEffect()
		e.Writes = append(e.Writes, c.Fields("field")...) // behind it every event has them
		return e
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		fields, value, replaceEmpty := distinct(c.Fields("field")), c.Text("value"), c.Bool("replaceEmpty")
		if len(fields) == 0 {
			return nil, c.Errorf("missing-argument", "field", "default() needs at least one field to fill")
		}
		return func(*plan.Runtime) plan.Mapper {
			choose := make([]chooser, len(fields))
			return plan.MapperFunc(func(b *event.Batch) error {
				for i, f := range fields {
					fillField(b, f, value, replaceEmpty, &choose[i])
				}
				return nil
			})
		}, nil
	},
}

// fillField gives a field a value in the rows that have none.
func fillField(b *event.Batch, field, value string, replaceEmpty bool, choose *chooser) {
	old := b.Field(field)
	from := make([]int32, b.Len())
	any := false
	for _, r := range b.Selected() {
		if !hasValue(old, int(r), replaceEmpty) {
			from[r], any = 1, true
		}
	}
	if any {
		b.Set(field, choose.column(b, []*event.Column{old, event.NewConstant(b.Len(), value)}, from))
	}
}
