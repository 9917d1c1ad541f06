package function

import (
	"harrier/diag"
	"harrier/plan"
)

var lookupFunc = &Function{
	Name:     "lookup",
	Category: "filter",
	Summary:  "Adds columns of a lookup file to events, and keeps events that are not found.",
	Doc: "The predecessor of match(), gone from LogScale since 1.30, and kept so that old queries can be read and rewritten: it does what " +
		"`match(strict=false)` does. Old texts name the file `from` and the field `on`; here `file` and `field` are understood as well, and as with match() " +
		"it is the file that may be given without its name. What there is about its parameters is only a mention, so that the other parameters of " +
		"match() are not offered.",
	Deprecated: "match(file=..., field=..., strict=false)",
	Unnamed:    "file",
	Params: []Param{
		{Name: "from", Kind: Text, Doc: "The lookup file or table."},
		{Name: "file", Kind: Text, Doc: "Another name of `from`."},
		{Name: "on", Kind: Fields, Doc: "The field, or fields, to look up."},
		{Name: "field", Kind: Fields, Doc: "Another name of `on`."},
		{Name: "column", Kind: Texts, Doc: "The columns to compare with; the names of the fields when not given."},
		{Name: "include", Kind: Texts, Doc: "The columns to add; all others when not given."},
	},
	Examples: []Example{{
		Query: `defineTable(query={createEvents(["port=22 service=ssh", "port=53 service=dns"]) | kvParse()}, name="services", include=[port, service])` +
			` | lookup(from="services", on=port)`,
		In:  "{\"port\":\"22\"}\n{\"port\":\"4711\"}",
		Out: "{\"port\":\"22\",\"service\":\"ssh\"}\n{\"port\":\"4711\"}",
	}, {
		Query: `defineTable(query={createEvents(["port=53 service=dns owner=net"]) | kvParse()}, name="services", include=[port, service, owner])` +
			` | lookup("services", on=dst, column=port, include=[owner])`,
		In:  "{\"dst\":\"53\"}\n{\"src\":\"53\"}",
		Out: "{\"dst\":\"53\",\"owner\":\"net\"}\n{\"src\":\"53\"}",
	}},
	Effect: func(c *Call) plan.Effect {
		s, _ := newLookupSpec(c)
		return s.effect()
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		s, problems := newLookupSpec(c)
		if problems.HasErrors() {
			return nil, problems
		}
		f, more := s.factory(c)
		return f, append(problems, more...)
	},
}

func newLookupSpec(c *Call) (*matchSpec, diag.List) {
	s := &matchSpec{columns: c.Texts("column"), include: c.Texts("include"), some: c.Has("include"), mode: "string", limit: 1, source: &lookup{}}
	if c.Has("on") && c.Has("field") {
		return s, c.Errorf("duplicate-parameter", "field", "lookup() is given both on and field, which mean the same")
	}
	s.fields = append(c.Fields("on"), c.Fields("field")...)
	name, given, problems := c.eitherText("from", "file")
	if len(problems) > 0 {
		return s, problems
	}
	if name == "" {
		return s, c.Errorf("missing-argument", given, "lookup() needs a lookup file: from")
	}
	return s, s.locate(c, name, c.Place(given))
}
