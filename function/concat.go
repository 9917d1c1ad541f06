package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var concatFunc = &Function{
	Name:     "concat",
	Category: "string",
	Summary:  "Writes the texts of several fields one behind the other.",
	Doc: "Every element of `field` is the name of a field, also when it is written in quotes; to put other text between values use format(). An absent " +
		"field adds nothing, so that the result is empty when all of them are absent.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The fields, in order."},
		{Name: "as", Kind: NewField, Default: "_concat", Doc: "The field to write."},
	},
	Examples: []Example{{
		Query: `concat([drive, path])`,
		In:    "{\"drive\":\"C:\",\"path\":\"\\\\Temp\"}\n{\"path\":\"/tmp\"}\n{\"other\":\"1\"}",
		Out: "{\"drive\":\"C:\",\"path\":\"\\\\Temp\",\"_concat\":\"C:\\\\Temp\"}\n{\"path\":\"/tmp\",\"_concat\":\"/tmp\"}\n" +
			"{\"other\":\"1\",\"_concat\":\"\"}",
	}, {
		Query: `id := concat(["host.name", "tags[1]"])`,
		In:    `{"host.name":"db7","tags[0]":"a","tags[1]":"b"}`,
		Out:   `{"host.name":"db7","tags[0]":"a","tags[1]":"b","id":"db7b"}`,
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		fields, as := c.Fields("field"), c.Field("as")
		if len(fields) == 0 {
			return nil, c.Errorf("bad-value", "field", "concat() needs the name of a field")
		}
		return func(*plan.Runtime) plan.Mapper {
			var buf []byte
			return plan.MapperFunc(func(b *event.Batch) error {
				var columns []*event.Column
				for _, f := range fields {
					if col := b.Column(f); col != nil {
						columns = append(columns, col)
					}
				}
				setWhere(b, as, func(row int) (string, bool) {
					buf = buf[:0]
					for _, col := range columns {
						s, _ := col.Text(row)
						buf = append(buf, s...)
					}
					return string(buf), true
				})
				return nil
			})
		}, nil
	},
}
