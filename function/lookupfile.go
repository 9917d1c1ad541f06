package function

import (
	"errors"
	"slices"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// lookup is what a call names as its file: a lookup file, or a table of defineTable(), whose rows exist only once the
// query runs.
type lookup struct {
	name    string
	file    *Table // nil for a table of defineTable(), and for a file that is not at hand
	isTable bool
	id      int      // of the subplan of a table
	columns []string // when known is set
	known   bool
}

// lookup finds a file or table; a table of the query hides a file of the same name. Without the file the result is
// still usable, and lookup.missing tells: a check goes on without it, and so does a parser, which must not lose events.
func (c *Call) lookup(name string, at diag.Span) (*lookup, diag.List) {
	if c.Tables != nil {
		if id, columns, ok := c.Tables(name); ok {
			return &lookup{name: name, isTable: true, id: id, columns: columns, known: columns != nil}, nil
		}
	}
	l := &lookup{name: name}
	if c.Env.Check && (name == "*" || c.Env.Lookups == nil) {
		return l, nil
	}
	files := c.Env.Lookups
	if files == nil {
		files = &Lookups{}
	}
	t, err := files.Table(name)
	if err == nil {
		l.file, l.columns, l.known = t, t.Columns, true
		return l, nil
	}
	d := diag.Errorf("bad-lookup-file", at, "%s", err)
	if errors.Is(err, ErrNoLookup) {
		if c.Env.Check {
			return l, nil
		}
		d = diag.Errorf("unknown-file", at, "there is no lookup file or table %q", name)
		if s := diag.Suggest(name, files.Names()); s != "" {
			d.Message += "; did you mean " + s + "?"
		} else {
			d = d.WithHelp("put the file into a folder given with --lookup-dir, or make the table with defineTable() in front of the query")
		}
	}
	if c.Env.Context == Parser {
		d.Severity = diag.Warning
	}
	return l, diag.List{d}
}

// missing tells whether there will be no rows to read.
func (l *lookup) missing() bool { return l.file == nil && !l.isTable }

// rows gives the rows at run time.
func (l *lookup) rows(rt *plan.Runtime) *Table {
	if l.isTable {
		return tableOfBatches(rt.Sub[l.id], l.columns)
	}
	return l.file
}

// lacks reports the column names that the lookup is known not to have.
func (l *lookup) lacks(c *Call, param string, names []string) diag.List {
	if !l.known {
		return nil
	}
	var out diag.List
	for i, n := range names {
		if !slices.Contains(l.columns, n) {
			out = append(out, noColumn(l.name, l.columns, n, c.placeOf(param, i)))
		}
	}
	return out
}

func noColumn(file string, columns []string, name string, at diag.Span) diag.Diagnostic {
	d := diag.Errorf("unknown-column", at, "%s has no column %q", file, name)
	if s := diag.Suggest(name, columns); s != "" {
		d.Message += "; did you mean " + s + "?"
		return d
	}
	switch n := len(columns); {
	case n == 0:
		return d.WithHelp("it has no columns at all")
	case n <= 12:
		return d.WithHelp("it has %s", strings.Join(columns, ", "))
	default:
		return d.WithHelp("it has %s and %d more", strings.Join(columns[:12], ", "), n-12)
	}
}

// placeOf is the place of one text of a Texts or Fields argument.
func (c *Call) placeOf(param string, i int) diag.Span {
	if a := c.Arg(param); a != nil && i < len(a.Places) {
		return a.Places[i]
	}
	return c.Place(param)
}

// eitherText reads an argument that has two names.
func (c *Call) eitherText(name, alias string) (value, given string, problems diag.List) {
	switch {
	case c.Has(name) && c.Has(alias):
		return "", "", c.Errorf("duplicate-parameter", alias, "%s() is given both %s and %s, which mean the same", c.Function.Name, name, alias)
	case c.Has(name):
		return c.Text(name), name, nil
	case c.Has(alias):
		return c.Text(alias), alias, nil
	}
	return "", name, nil
}

// tableOfBatches makes a table of the rows of a subplan. Its columns are the known ones, and behind them what else the
// rows have.
func tableOfBatches(batches []*event.Batch, columns []string) *Table {
	t := &Table{Columns: slices.Clone(columns)}
	for _, b := range batches {
		for _, n := range b.Names() {
			if !event.Hidden(n) && !slices.Contains(t.Columns, n) {
				t.Columns = append(t.Columns, n)
			}
		}
	}
	for _, b := range batches {
		cols := make([]*event.Column, len(t.Columns))
		for i, n := range t.Columns {
			cols[i] = b.Field(n)
		}
		for _, r := range b.Selected() {
			row := make([]Cell, len(cols))
			for i, col := range cols {
				row[i].Text, row[i].Present = col.Text(int(r))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
