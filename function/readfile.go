package function

import (
	"slices"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

var readFileFunc = &Function{
	Name:     "readFile",
	Category: "data-manipulation",
	Summary:  "Takes the rows of lookup files or tables as events, instead of reading any.",
	Doc: "Of several files all rows of the first come first; their columns need not be the same. A cell that a row lacks is an absent field. What stands in " +
		"front of the function is thrown away, and a warning says so; only defineTable(), whose tables can be read, has its place there.\n\n" +
		"The files are those of match(): LogScale's manual names only CSV, and JSON is read as well; of a file that is one object of rows the names of " +
		"the rows become the field `_key`. A query without an aggregate ends in tail(200), here as elsewhere.",
	Unnamed: "file",
	Params: []Param{
		{Name: "file", Kind: Texts, Doc: "The lookup files, by their names with the ending, or tables."},
		{Name: "table", Kind: Texts, Doc: "Another name of `file`."},
		{Name: "include", Kind: Texts, Doc: "The columns to read; all when not given."},
		{Name: "limit", Kind: Int, Min: 1, Max: 1 << 53, Doc: "How many rows to read, of all files together."},
	},
	Examples: []Example{{
		Query: `defineTable(query={createEvents(["pet=cat legs=4", "pet=hen legs=2"]) | kvParse()}, name="pets", include=[pet, legs])` +
			` | readFile("pets") | legs > 2`,
		Out: `{"pet":"cat","legs":"4"}`,
	}, {
		Query: `defineTable(query={createEvents(["pet=cat legs=4", "pet=hen legs=2", "pet=dog legs=4"]) | kvParse()}, name="pets", include=[pet, legs])` +
			` | readFile(table="pets", include=[legs], limit=2) | sum(legs)`,
		Out: `{"_sum":"6"}`,
	}},
	Lower: newReadFile,
}

// keyField is where the names of the rows of a JSON object go.
const keyField = "_key"

func newReadFile(c *Call, p *Pipeline) diag.List {
	param, names := "file", c.Texts("file")
	if c.Has("table") {
		if c.Has("file") {
			return c.Errorf("duplicate-parameter", "table", "readFile() is given both file and table, which mean the same")
		}
		param, names = "table", c.Texts("table")
	}
	if len(names) == 0 {
		return c.Errorf("missing-argument", "", "readFile() needs a lookup file or table: file")
	}
	r := &fileReader{include: c.Texts("include"), some: c.Has("include"), limit: c.Int("limit")}
	var problems diag.List
	for i, n := range names {
		l, more := c.lookup(n, c.placeOf(param, i))
		problems = append(problems, more...)
		r.sources = append(r.sources, l)
	}
	if problems.HasErrors() {
		return problems
	}
	columns, known := r.columns()
	if known {
		for i, n := range r.include {
			if !slices.Contains(columns, n) {
				problems = append(problems, noColumn(r.sources[0].name, columns, n, c.placeOf("include", i)))
			}
		}
	}
	switch {
	case problems.HasErrors():
		return problems
	case r.some:
		columns = r.include
	case !known:
		columns = nil
	}
	return append(problems, c.replaceEvents(p, columns, r.read)...)
}

// fileReader makes events of lookup rows.
type fileReader struct {
	sources []*lookup
	include []string
	some    bool // only include is read
	limit   int  // 0: none
}

// columns gives the columns of all files; known is false when there may be more.
func (r *fileReader) columns() (all []string, known bool) {
	known = true
	add := func(n string) {
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	for _, l := range r.sources {
		known = known && l.known
		if l.file != nil && l.file.Keys != nil {
			add(keyField)
		}
		for _, n := range l.columns {
			add(n)
		}
	}
	return all, known
}

func (r *fileReader) read(rt *plan.Runtime) ([]*event.Batch, error) {
	var out []*event.Batch
	left := r.limit
	for _, l := range r.sources {
		if l.missing() {
			continue
		}
		t := l.rows(rt)
		rows := len(t.Rows)
		if r.limit > 0 {
			rows = min(rows, left)
			left -= rows
		}
		for at := 0; at < rows; at += event.BatchRows {
			out = append(out, r.batch(t, at, min(at+event.BatchRows, rows)))
		}
	}
	return out, nil
}

// batch makes events of some rows.
func (r *fileReader) batch(t *Table, from, to int) *event.Batch {
	b := event.NewBatch(to - from)
	set := func(name string, cell func(row int) Cell) {
		if r.some && !slices.Contains(r.include, name) || event.Hidden(name) {
			return
		}
		texts, valid, any := make([]string, to-from), event.NewBits(to-from), false
		for i := range texts {
			if c := cell(from + i); c.Present {
				texts[i], any = c.Text, true
				valid.Set(i)
			}
		}
		if any {
			b.Set(name, event.NewText(texts, valid))
		}
	}
	if t.Keys != nil {
		set(keyField, func(row int) Cell { return Cell{t.Keys[row], true} })
	}
	for i, name := range t.Columns {
		set(name, func(row int) Cell { return t.Rows[row][i] })
	}
	return b
}
