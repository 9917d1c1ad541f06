package function

import (
	"math"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var concatArrayFunc = &Function{
	Name:     "concatArray",
	Category: "string",
	Summary:  "Writes the elements of an array one behind the other.",
	Doc: "The elements are taken from the index `from` up to the index `to`, or up to the first that is absent. An event that lacks the element at `from` " +
		"gets nothing. Elements that are objects are absent here.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: ArrayName, Required: true, Doc: "The array, without its brackets or with them."},
		{Name: "as", Kind: NewField, Default: "_concatArray", Doc: "The field to write."},
		{Name: "from", Kind: Int, Default: "0", Max: math.MaxInt32, Doc: "The index of the first element."},
		{Name: "to", Kind: Int, Max: math.MaxInt32, Doc: "The index of the last element; all that there are when not given."},
		{Name: "separator", Kind: Text, Doc: "What stands between elements."},
		{Name: "prefix", Kind: Text, Doc: "What stands in front."},
		{Name: "suffix", Kind: Text, Doc: "What stands behind."},
	},
	Examples: []Example{{
		Query: `all := concatArray(ports, separator=", ", prefix="<", suffix=">") | concatArray("ports[]", from=1, to=2)`,
		In:    "{\"ports[0]\":\"22\",\"ports[1]\":\"80\",\"ports[2]\":\"443\",\"ports[3]\":\"8080\"}\n{\"ports[0]\":\"22\",\"ports[2]\":\"443\"}",
		Out: "{\"ports[0]\":\"22\",\"ports[1]\":\"80\",\"ports[2]\":\"443\",\"ports[3]\":\"8080\",\"all\":\"<22, 80, 443, 8080>\",\"_concatArray\":\"80443\"}\n" +
			"{\"ports[0]\":\"22\",\"ports[2]\":\"443\",\"all\":\"<22>\"}",
	}, {
		Query: `concatArray(answer.ip, as=ips, separator=" ")`,
		In:    "{\"answer\":{\"ip\":[\"10.0.0.1\",\"10.0.0.2\"]}}\n{\"answer\":\"none\"}",
		Out: "{\"answer.ip[0]\":\"10.0.0.1\",\"answer.ip[1]\":\"10.0.0.2\",\"ips\":\"10.0.0.1 10.0.0.2\"}\n" +
			"{\"answer\":\"none\"}",
	}},
	Effect:    mayWrite,
	NewMapper: newConcatArray,
}

func newConcatArray(c *Call) (MapperFactory, diag.List) {
	array, problems := c.arrayName("field")
	if len(problems) > 0 {
		return nil, problems
	}
	from, to := c.Int("from"), math.MaxInt32
	if c.Has("to") {
		if to = c.Int("to"); to < from {
			return nil, c.Errorf("bad-value", "to", "the last element, %d, stands before the first, %d", to, from)
		}
	}
	as, separator, prefix, suffix := c.Field("as"), c.Text("separator"), c.Text("prefix"), c.Text("suffix")
	return func(*plan.Runtime) plan.Mapper {
		var buf []byte
		return plan.MapperFunc(func(b *event.Batch) error {
			var columns []*event.Column
			for i := from; i <= to; i++ {
				col := b.Column(elementName(array, i, ""))
				if col == nil {
					break
				}
				columns = append(columns, col)
			}
			if len(columns) == 0 {
				return nil
			}
			setWhere(b, as, func(row int) (string, bool) {
				if !columns[0].Present(row) {
					return "", false
				}
				buf = append(buf[:0], prefix...)
				for i, col := range columns {
					s, ok := col.Text(row)
					if !ok {
						break
					}
					if i > 0 {
						buf = append(buf, separator...)
					}
					buf = append(buf, s...)
				}
				buf = append(buf, suffix...)
				return string(buf), true
			})
			return nil
		})
	}, nil
}
