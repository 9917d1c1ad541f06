package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var arrayContainsFunc = &Function{
	Name:     "array:contains",
	Category: "array",
	Summary:  "Keeps events in which an element of an array is the given text.",
	Doc: "The whole element is compared, capitals and small letters being different; there are no wildcards, for which array:exists() is there. The array " +
		"ends before the first element that is absent. An event without the array does not pass, and passes when the call is negated.",
	Unnamed: "array",
	Params: []Param{
		{Name: "array", Kind: ArrayName, Required: true, Doc: "The array, such as `\"ips[]\"`. Members with other signs than letters, digits and `_` stand in backticks: " +
			"``\"`log:ips`[]\"``."},
		{Name: "value", Kind: Text, Required: true, Doc: "The text to find."},
	},
	Filters: true,
	Examples: []Example{{
		Query: `array:contains("roles[]", value=admin)`,
		In:    "{\"roles[0]\":\"guest\",\"roles[1]\":\"admin\"}\n{\"roles[0]\":\"Admin\",\"roles[1]\":\"administrator\"}\n{\"roles[0]\":\"guest\",\"roles[2]\":\"admin\"}",
		Out:   `{"roles[0]":"guest","roles[1]":"admin"}`,
	}, {
		Query: `!array:contains("user.roles[]", value="admin")`,
		In:    "{\"user\":{\"roles\":[\"admin\"]}}\n{\"user\":{\"roles\":[\"guest\"]}}\n{\"user\":\"none\"}",
		Out:   "{\"user.roles[0]\":\"guest\"}\n{\"user\":\"none\"}",
	}},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		array, problems := c.arrayName("array")
		if len(problems) > 0 {
			return nil, problems
		}
		value := c.Text("value")
		return func(*plan.Runtime) plan.Mapper { return &arrayContains{array: array, value: value} }, nil
	},
}

// arrayContains is array:contains() at work.
type arrayContains struct{ array, value string }

var _ plan.Mapper = (*arrayContains)(nil)

// Map implements plan.Mapper. It looks at one element of all rows after the other.
func (m *arrayContains) Map(b *event.Batch) error {
	found := event.NewBits(b.Len())
	left := slices.Clone(b.Selected())
	for i := 0; len(left) > 0; i++ {
		col := b.Column(elementName(m.array, i, ""))
		if col == nil {
			break
		}
		is := m.test(col)
		next := left[:0]
		for _, r := range left {
			switch present, equal := is(int(r)); {
			case equal:
				found.Set(int(r))
			case present:
				next = append(next, r)
			}
		}
		left = next
	}
	b.Narrow(found.Get)
	return nil
}

// test compares a column with the value, a dictionary by its codes.
func (m *arrayContains) test(col *event.Column) func(row int) (present, equal bool) {
	d, codes := col.Codes()
	if d == nil {
		return func(row int) (bool, bool) {
			s, ok := col.Text(row)
			return ok, ok && s == m.value
		}
	}
	want := uint32(event.NoCode)
	if i := slices.Index(d.Values(), m.value); i >= 0 {
		want = uint32(i)
	}
	return func(row int) (bool, bool) {
		code := codes[row]
		return code != event.NoCode, code != event.NoCode && code == want
	}
}
