package function

import (
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var matchAsArrayFunc = &Function{
	Name:     "matchAsArray",
	Category: "join",
	Summary:  "Looks events up in a lookup file or a table, and adds all rows that are found as an array of objects.",
	Doc: "The values of the fields are compared with the cells of the columns, in order, and all of them must be equal. An event that lacks one of the " +
		"fields is not found. With `strict=false` events that are not found stay as they are; `!matchAsArray(...)` keeps only those. Where match() with " +
		"`nrows` makes several events of one, this leaves one event: the rows become `asArray[0].column`, `asArray[1].column` and so on, the last row of the " +
		"table first, as with match().\n\n" +
		"Added are all columns but those compared, or those of `include`. A cell that the row lacks is absent. The array takes the place of one of that name, " +
		"of which nothing else is left.\n\n" +
		"The function is newer than the rest of LogScale's reference that Harrier follows. What is not known of it is decided as for match(): `strict`, and " +
		"that at most 500 rows are added, which here is the default as well. The reference prints `_now` as the default of `asArray`, surely a slip, so " +
		"that a query which is to run in both gives one. On files, tables and columns that are not there see match().",
	Unnamed: "file",
	Params: []Param{
		{Name: "file", Kind: Text, Doc: "The lookup file, by its name with the ending, or the table."},
		{Name: "table", Kind: Text, Doc: "Another name of `file`."},
		{Name: "field", Kind: Fields, Required: true, Doc: "The field, or fields, to look up."},
		{Name: "column", Kind: Texts, Doc: "The columns to compare with; the names of the fields when not given."},
		{Name: "include", Kind: Texts, Doc: "The columns to add."},
		{Name: "asArray", Kind: ArrayName, Default: "_match", Doc: "The array to write."},
		{Name: "ignoreCase", Kind: Bool, Default: "false", Doc: "Whether case makes no difference."},
		{Name: "strict", Kind: Bool, Default: "true", Doc: "Whether events that are not found are dropped."},
		{Name: "nrows", Kind: Int, Default: "500", Min: 1, Max: 500, Doc: "How many rows are added at most; `max` is 500."},
	},
	Examples: []Example{{
		Query: `defineTable(query={createEvents(["login=ada host=db1", "login=eve host=web1", "login=ada host=db2"]) | kvParse()}, ` +
			`name="sessions", include=[login, host]) | matchAsArray("sessions", field=user, column=login, asArray="session[]")`,
		In:  "{\"user\":\"ada\"}\n{\"user\":\"bob\"}\n{\"user\":\"eve\"}",
		Out: "{\"user\":\"ada\",\"session[0].host\":\"db2\",\"session[1].host\":\"db1\"}\n{\"user\":\"eve\",\"session[0].host\":\"web1\"}",
	}, {
		Query: `defineTable(query={createEvents(["port=22 name=ssh os=any", "port=22 name=sftp os=any", "port=53 name=dns os=any"]) | kvParse()}, ` +
			`name="services", include=[port, name, os]) | matchAsArray("services", field=port, include=name, strict=false)`,
		In:  "{\"port\":\"22\"}\n{\"port\":\"4711\"}",
		Out: "{\"port\":\"22\",\"_match[0].name\":\"sftp\",\"_match[1].name\":\"ssh\"}\n{\"port\":\"4711\"}",
	}},
	Filters: true,
	Effect: func(c *Call) plan.Effect {
		return plan.Effect{Reads: c.Fields("field"), WritesUnknown: true}
	},
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		as, problems := c.arrayName("asArray")
		if len(problems) > 0 {
			return nil, problems
		}
		s, problems := newMatchAsArraySpec(c)
		if problems.HasErrors() {
			return nil, problems
		}
		s.asArray = as
		f, more := s.factory(c)
		return f, append(problems, more...)
	},
}

func newMatchAsArraySpec(c *Call) (*matchSpec, diag.List) {
	s := &matchSpec{
		fields: c.Fields("field"), columns: c.Texts("column"), include: c.Texts("include"), mode: "string",
		ignoreCase: c.Bool("ignoreCase"), strict: c.Bool("strict"), limit: c.Int("nrows"), some: c.Has("include"), source: &lookup{},
	}
	name, given, problems := c.eitherText("file", "table")
	if len(problems) > 0 {
		return s, problems
	}
	if name == "" {
		return s, c.Errorf("missing-argument", given, "matchAsArray() needs a lookup file or table: file")
	}
	return s, s.locate(c, name, c.Place(given))
}

// writeArray adds the rows that were found as an array of objects.
func (m *matcher) writeArray(b *event.Batch) {
	has, length := event.NewBits(b.Len()), 0
	for _, r := range b.Selected() {
		if n := len(m.found[r]); n > 0 {
			has.Set(int(r))
			length = max(length, n)
		}
	}
	if length == 0 {
		return
	}
	members := make([]string, len(m.out))
	for i := range m.out {
		members[i] = "." + m.out[i].name
	}
	setArray(b, m.spec.asArray, has, length, members, func(row, index, member int) (string, bool) {
		if index >= len(m.found[row]) {
			return "", false
		}
		cell := m.table.Rows[m.found[row][index]][m.out[member].column]
		return cell.Text, cell.Present
	})
}
