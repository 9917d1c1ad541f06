package function

import (
	"slices"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var matchFunc = &Function{
	Name:     "match",
	Category: "filter",
	Summary:  "Looks events up in a lookup file or a table, keeps those that are found, and adds columns of the row to them.",
	Doc: "The values of the fields are compared with the cells of the columns, in order, and all of them must fit. An event that lacks one of the fields " +
		"is not found. With `strict=false` events that are not found stay as they are; `!match(...)` keeps only those.\n\n" +
		"The modes:\n\n" +
		"* `string`: the texts are equal. Of several such rows the last one counts, and with `nrows` the last ones, the last first.\n" +
		"* `glob`: the cell is a pattern with an asterisk thought at both ends, so that a plain text is searched for anywhere. Patterns are tried in " +
		"lexicographic order. At most 20,000 rows.\n" +
		"* `cidr`: the cell is a subnet, or an address, of IPv4 or IPv6, and the value an address in it. The narrowest subnet counts, of equal ones the last " +
		"row. A cell that is neither matches nothing, and a warning tells of it.\n" +
		"* `regex`: the cell is a regular expression that is searched for anywhere, and the last row that matches counts. LogScale has no such mode.\n\n" +
		"Added are all columns but those compared, or those of `include`; an empty array adds none. They replace fields of the same name, but a cell that " +
		"the row lacks (a short line of CSV, a member that a JSON object does not have) leaves the field alone. With `nrows` above 1 an event becomes as many events as " +
		"there are rows, the preferred row first.\n\n" +
		"A lookup file is CSV, whose first line names the columns and whose blanks count, or JSON: an array of flat objects, one flat object per line, or " +
		"one object of flat objects, which are then found by their names, without `column`. A table is made by defineTable(). A file or column that is not " +
		"there is an error, except in a parser, where a missing file is a warning and the events pass as they are.",
	Unnamed: "file",
	Params: []Param{
		{Name: "file", Kind: Text, Doc: "The lookup file, by its name with the ending, or the table."},
		{Name: "table", Kind: Text, Doc: "Another name of `file`."},
		{Name: "field", Kind: Fields, Required: true, Doc: "The field, or fields, to look up."},
		{Name: "column", Kind: Texts, Doc: "The columns to compare with; the names of the fields when not given."},
		{Name: "include", Kind: Texts, Doc: "The columns to add."},
		{Name: "mode", Kind: Enum, Default: "string", Enum: []string{"string", "cidr", "glob", "regex"}, Doc: "How a value and a cell are compared."},
		{Name: "ignoreCase", Kind: Bool, Default: "false", Doc: "Whether case makes no difference."},
		{Name: "strict", Kind: Bool, Default: "true", Doc: "Whether events that are not found are dropped."},
		{Name: "nrows", Kind: Int, Default: "1", Min: 1, Max: 500, Doc: "How many rows an event may match; `max` is 500."},
		{Name: "glob", Kind: Bool, Default: "false", Doc: "The same as `mode=glob`.", Deprecated: "mode=glob"},
	},
	Examples: []Example{{
		Query: `defineTable(query={createEvents(["login=ada team=red", "login=eve team=blue", "login=ada team=green"]) | kvParse()}, ` +
			`name="staff", include=[login, team]) | match("staff", field=user, column=login)`,
		In:  "{\"user\":\"ada\"}\n{\"user\":\"bob\"}\n{\"user\":\"eve\"}",
		Out: "{\"user\":\"ada\",\"team\":\"green\"}\n{\"user\":\"eve\",\"team\":\"blue\"}",
	}, {
		Doc: "The narrowest subnet names the site; addresses of no subnet stay.",
		Query: `defineTable(query={createEvents(["net=10.0.0.0/8 site=office", "net=10.7.0.0/16 site=lab"]) | kvParse()}, ` +
			`name="sites", include=[net, site]) | match(table="sites", field=ip, column=net, mode=cidr, strict=false)`,
		In:  "{\"ip\":\"10.7.9.1\"}\n{\"ip\":\"10.200.0.4\"}\n{\"ip\":\"192.0.2.1\"}",
		Out: "{\"ip\":\"10.7.9.1\",\"site\":\"lab\"}\n{\"ip\":\"10.200.0.4\",\"site\":\"office\"}\n{\"ip\":\"192.0.2.1\"}",
	}, {
		Doc: "Every event that has not been allowed.",
		Query: `defineTable(query={createEvents(["tool=putty", "tool=winscp"]) | kvParse()}, name="allowed", include=[tool])` +
			` | !match("allowed", field=image, column=tool, mode=glob, ignoreCase=true)`,
		In:  "{\"image\":\"C:\\\\Tools\\\\PuTTY.exe\"}\n{\"image\":\"C:\\\\Temp\\\\nc.exe\"}",
		Out: "{\"image\":\"C:\\\\Temp\\\\nc.exe\"}",
	}},
	Filters:    true,
	Multiplies: func(c *Call) bool { return c.Int("nrows") > 1 },
	Effect: func(c *Call) plan.Effect {
		s, _ := newMatchSpec(c)
		return s.effect()
	},
	Needs: matchNeeds,
	NewMapper: func(c *Call) (MapperFactory, diag.List) {
		s, problems := newMatchSpec(c)
		if problems.HasErrors() {
			return nil, problems
		}
		if s.mode == "regex" {
			d := diag.Warningf("harrier-only", c.Place("mode"), "LogScale has no mode=regex")
			if c.Env.Dialect == cql.LogScale {
				d.Severity = diag.Error
			}
			problems = append(problems, d)
		}
		f, more := s.factory(c)
		return f, append(problems, more...)
	},
}

// newMatchSpec reads the arguments of match(). It gives a usable spec also with problems.
func newMatchSpec(c *Call) (*matchSpec, diag.List) {
	s := &matchSpec{
		fields: c.Fields("field"), columns: c.Texts("column"), include: c.Texts("include"), mode: c.Text("mode"),
		ignoreCase: c.Bool("ignoreCase"), strict: c.Bool("strict"), limit: c.Int("nrows"), some: c.Has("include"), source: &lookup{},
	}
	if c.Bool("glob") {
		if c.Has("mode") && s.mode != "glob" {
			return s, c.Errorf("bad-value", "glob", "glob=true means mode=glob, and mode is %s", s.mode)
		}
		s.mode = "glob"
	}
	name, given, problems := c.eitherText("file", "table")
	if len(problems) > 0 {
		return s, problems
	}
	if name == "" {
		return s, c.Errorf("missing-argument", given, "match() needs a lookup file or table: file")
	}
	return s, s.locate(c, name, c.Place(given))
}

// locate finds the file and the columns.
func (s *matchSpec) locate(c *Call, name string, at diag.Span) diag.List {
	var problems diag.List
	s.source, problems = c.lookup(name, at)
	if problems.HasErrors() {
		return problems
	}
	return append(problems, s.checkColumns(c)...)
}

func (s *matchSpec) checkColumns(c *Call) diag.List {
	if len(s.fields) == 0 {
		return c.Errorf("missing-argument", "field", "%s() needs a field to look up: field", c.Function.Name)
	}
	var problems diag.List
	switch {
	case len(s.columns) > 0:
		if len(s.columns) != len(s.fields) {
			return c.Errorf("bad-value", "column", "there are %d columns for %d fields, and each field needs one", len(s.columns), len(s.fields))
		}
		problems = s.source.lacks(c, "column", s.columns)
	case s.source.file != nil && s.source.file.Keys != nil:
		if len(s.fields) > 1 {
			return c.Errorf("bad-value", "field", "%s is found by one key, so that only one field can be looked up in it", s.source.name)
		}
		s.byName = true
	default:
		s.columns = s.fields
		for i, d := range s.source.lacks(c, "field", s.fields) {
			if i == 0 && d.Help == "" {
				d = d.WithHelp("name the column to compare with in column=")
			}
			problems = append(problems, d)
		}
	}
	problems = append(problems, s.source.lacks(c, "include", s.include)...)
	if t := s.source.file; t != nil && s.mode == "glob" && len(t.Rows) > maxGlobRows {
		problems = append(problems, c.Errorf("bad-value", "mode", "%s has %d rows, and mode=glob takes at most %d", s.source.name, len(t.Rows), maxGlobRows)...)
	}
	return problems
}

// maxGlobRows is the limit on a file whose rows are tried one by one.
const maxGlobRows = 20000

// effect is what the lookup does to fields. Columns may be written on some events only: without a match, and where a
// cell is absent.
func (s *matchSpec) effect() plan.Effect {
	e := plan.Effect{Reads: slices.Clone(s.fields)}
	switch {
	case s.some:
		e.MayWrite = slices.Clone(s.include)
	case s.source.known:
		e.MayWrite = slices.DeleteFunc(slices.Clone(s.source.columns), func(n string) bool { return slices.Contains(s.columns, n) })
	default:
		e.WritesUnknown = true
	}
	return e
}

// maxNeedles is how many keys a source is asked to look for.
const maxNeedles = 64

// matchNeeds tells the source which values of a field can be found, when they are few.
func matchNeeds(c *Call) event.Predicate {
	s, problems := newMatchSpec(c)
	t := s.source.file
	if problems.HasErrors() || t == nil || !s.strict || s.mode != "string" || s.ignoreCase {
		return event.Predicate{}
	}
	columns, _ := s.keyColumns(t)
	for i, field := range s.fields {
		if cl, ok := keyClause(t, columns[i], field); ok {
			return event.Predicate{Clauses: []event.Clause{cl}}
		}
	}
	return event.Predicate{}
}

func keyClause(t *Table, column int, field string) (event.Clause, bool) {
	var cl event.Clause
	seen := map[string]bool{}
	for r := range t.Rows {
		key := lookupKeys(t, r, []int{column})
		if key == nil || seen[key[0]] {
			continue
		}
		seen[key[0]] = true
		if key[0] == "" || len(seen) > maxNeedles {
			return cl, false
		}
		cl.Any = append(cl.Any, event.Needle{Field: field, Text: key[0], Whole: true})
	}
	return cl, len(cl.Any) > 0
}

// keyColumns finds the columns to compare with; missing is one that there is not, which for a table of defineTable() is
// only known now.
func (s *matchSpec) keyColumns(t *Table) (columns []int, missing string) {
	if s.byName {
		return []int{keyColumn}, ""
	}
	for _, n := range s.columns {
		i := t.Column(n)
		if i < 0 {
			return nil, n
		}
		columns = append(columns, i)
	}
	return columns, ""
}

// factory makes the mapper. The index of a file is made once, that of a table once per run.
func (s *matchSpec) factory(c *Call) (MapperFactory, diag.List) {
	if s.source.missing() {
		return func(*plan.Runtime) plan.Mapper { return plan.MapperFunc(func(*event.Batch) error { return nil }) }, nil
	}
	if t := s.source.file; t != nil {
		x, problems := s.index(t, c.Place("column"))
		return func(rt *plan.Runtime) plan.Mapper { return newMatcher(rt, s, x) }, problems
	}
	var runs perRun[*matchIndex]
	return func(rt *plan.Runtime) plan.Mapper {
		x := runs.get(rt, func() *matchIndex {
			x, problems := s.index(s.source.rows(rt), c.Place("column"))
			for _, d := range problems {
				rt.Warn(d)
			}
			return x
		})
		return newMatcher(rt, s, x)
	}, nil
}

// index prepares a table. What is wrong with its rows are warnings.
func (s *matchSpec) index(t *Table, at diag.Span) (*matchIndex, diag.List) {
	x := &matchIndex{table: t}
	columns, missing := s.keyColumns(t)
	if missing != "" {
		// A table without rows has no columns either, and nothing is found in it.
		if len(t.Rows) > 0 {
			return x, diag.List{diag.Warningf("unknown-column", at, "no row of the table %s has a column %q, so nothing is found in it", s.source.name, missing)}
		}
		return x, nil
	}
	for i, n := range t.Columns {
		if s.some && slices.Contains(s.include, n) || !s.some && !slices.Contains(columns, i) {
			x.added = append(x.added, i)
		}
	}
	var bad badKeys
	x.rows, bad = newLookupIndex(t, columns, s.mode, s.ignoreCase, s.limit)
	if bad.count > 0 {
		return x, diag.List{diag.Warningf("bad-lookup-key", at, "in %s %s", s.source.name, &bad)}
	}
	return x, nil
}
