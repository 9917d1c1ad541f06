package function

import (
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var lowercaseFunc = &Function{
	Name:     "lowercase",
	Category: "string",
	Summary:  "Writes the values of fields, their names or both in lower case.",
	Doc: "Fields are found whatever the case of their names. `include=values` changes the values where they are. With `fields` and `both` there is a field " +
		"with the name in lower case, and what was written otherwise stays beside it; when several fields have the same name but for case, the one " +
		"already in lower case counts, or else the first in the order of characters that the event has.\n\n" +
		"`field=*` means all fields of the event, and then only those with names in lower case are left. The `locale` matters for values alone, as for " +
		"lower().",
	Deprecated: "lower()",
	Unnamed:    "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, MayBeGone: true, Doc: "The fields, or `*` for all."},
		{Name: "include", Kind: Enum, Default: "values", Enum: []string{"both", "fields", "values"}, Doc: "What is written in lower case."},
		{Name: "locale", Kind: Text, Doc: "Language, with or without a country: `tr`, `en_US`."},
	},
	Examples: []Example{{
		Query: `lowercase(Host)`,
		In:    "{\"Host\":\"DB7\",\"Site\":\"CPH\"}\n{\"HOST\":\"DB8\"}",
		Out:   "{\"Host\":\"db7\",\"Site\":\"CPH\"}\n{\"HOST\":\"db8\"}",
	}, {
		Query: `lowercase([host, site], include=both)`,
		In:    `{"Host":"DB7","site":"CPH"}`,
		Out:   `{"Host":"DB7","host":"db7","site":"cph"}`,
	}, {
		Query: `lowercase("*", include=fields)`,
		In:    `{"Host":"DB7","Site":"CPH"}`,
		Out:   `{"host":"DB7","site":"CPH"}`,
	}},
	// Which fields it finds is only known when it sees them.
	Effect: func(c *Call) plan.Effect { return plan.Effect{ReadsAll: true, WritesUnknown: true} },
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		lower, problems := c.localCase("locale", lowerText, lowerTurkish)
		if len(problems) > 0 {
			return nil, problems
		}
		if c.Arg("field").NoValues {
			return nil, c.Errorf("bad-value", "field", "lowercase() needs the name of a field")
		}
		l := lowercaser{
			lower: lower, all: slices.Contains(c.Fields("field"), "*"), fields: map[string]bool{},
			names: c.Text("include") != "values", values: c.Text("include") != "fields",
		}
		for _, f := range c.Fields("field") {
			l.fields[strings.ToLower(f)] = true
		}
		return func(rt *plan.Runtime) plan.Mapper {
			m := l
			m.rt, m.mappers = rt, map[string]plan.Mapper{}
			return &m
		}, nil
	},
}

// lowercaser is lowercase() at work.
type lowercaser struct {
	lower         func(string) string
	all           bool
	fields        map[string]bool // by name in lower case
	names, values bool

	rt      *plan.Runtime
	mappers map[string]plan.Mapper // write a field of that name in lower case
}

var _ plan.Mapper = (*lowercaser)(nil)

// Map implements plan.Mapper.
func (m *lowercaser) Map(b *event.Batch) error {
	variants := map[string][]string{} // the names that are the same in lower case
	var order []string
	for _, name := range b.Names() {
		low := strings.ToLower(name)
		if event.Hidden(name) || !m.all && !m.fields[low] {
			continue
		}
		if variants[low] == nil {
			order = append(order, low)
		}
		variants[low] = append(variants[low], name)
	}
	for _, low := range order {
		names := variants[low]
		if m.names {
			m.name(b, low, names)
			names = []string{low}
		}
		for _, name := range names {
			if !m.values {
				break
			}
			if err := m.value(b, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// name gives field low the values of the variants of its name.
func (m *lowercaser) name(b *event.Batch, low string, names []string) {
	// The order of the batch would not do, as it is another one when the input is cut differently.
	slices.SortFunc(names, func(x, y string) int {
		if (x == low) != (y == low) {
			if x == low {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
	if len(names) == 1 && m.all {
		renameField(b, names[0], low)
		return
	}
	columns := make([]*event.Column, len(names))
	for i, name := range names {
		columns[i] = b.Column(name)
	}
	setWhere(b, low, func(row int) (string, bool) {
		for _, c := range columns {
			if s, ok := c.Text(row); ok {
				return s, true
			}
		}
		return "", false
	})
	for _, name := range names {
		if name != low && m.all {
			b.Drop(name)
		}
	}
}

// value writes a field in lower case.
func (m *lowercaser) value(b *event.Batch, name string) error {
	w := m.mappers[name]
	if w == nil {
		w = mapText(name, name, func(s string) (string, bool) { return m.lower(s), true })(m.rt)
		m.mappers[name] = w
	}
	return w.Map(b)
}
