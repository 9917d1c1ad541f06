package function

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"harrier/diag"
	"harrier/event"
	"harrier/internal/fold"
	"harrier/plan"
)

// iocFile is the lookup file with the indicators.
const iocFile = "ioc.csv"

// iocColumns are the columns of the file, which are also what is added to events.
var iocColumns = []string{"indicator", "labels", "last_updated", confidenceColumn, "published_date", "type"}

const confidenceColumn = "malicious_confidence"

// confidences are the levels of confidence, the lowest first.
var confidences = []string{"unverified", "low", "medium", "high"}

var iocLookupFunc = &Function{
	Name:     "ioc:lookup",
	Category: "security",
	Summary:  "Marks the events in which an address, a domain or a URL is a known indicator of compromise.",
	Doc: "LogScale asks the threat intelligence of CrowdStrike. Harrier brings no indicators: they are those of the lookup file `" + iocFile + "`, found like any lookup file. It has a header line and the columns " +
		"`indicator` and `type` (`domain`, `ip_address` or `url`); and, as far as they are known, `malicious_confidence` (`high`, `medium`, `low` or `unverified`), `labels` (separated by commas), `published_date` " +
		"and `last_updated` (milliseconds since 1970). An empty `malicious_confidence` counts as `unverified`; in a file without that column every indicator counts, whatever the threshold. Without the file a query can be checked " +
		"but not run.\n\n" +
		"A value is an indicator when it is the same text, whatever the case; addresses are the same however they are written (`2001:db8::1`, `2001:0db8:0:0::1`). If at least one of the fields has an indicator, " +
		"`ioc.detected` becomes `true` and the columns of all that were found are written to `ioc[0].indicator`, `ioc[0].type` and so on: field by field, and those of one value in the order of the file. Empty cells write " +
		"nothing. Other events stay as they are, or are dropped with `strict=true`. `!ioc:lookup(..., strict=true)` keeps the events without indicators.",
	Unnamed: "field",
	Params: []Param{
		{Name: "field", Kind: Fields, Required: true, Doc: "The fields to look up."},
		{Name: "type", Kind: Enum, Required: true, Enum: []string{"domain", "ip_address", "url"}, Doc: "What kind of indicator the fields hold."},
		{Name: "confidenceThreshold", Kind: Enum, Default: "high", Enum: confidences, Doc: "The lowest confidence that counts."},
		{Name: "include", Kind: Texts, Doc: "The columns to add, of `indicator`, `labels`, `last_updated`, `malicious_confidence`, `published_date` and `type`; all when not given."},
		{Name: "prefix", Kind: Text, Default: "ioc", Doc: "What the names of the new fields begin with."},
		{Name: "strict", Kind: Bool, Default: "false", Doc: "Whether events without an indicator are dropped."},
	},
	Examples: []Example{{
		Query: `ioc:lookup(dst, type=ip_address, include=[indicator, malicious_confidence])`,
		In:    "{\"dst\":\"198.51.100.66\"}\n{\"dst\":\"192.0.2.1\"}\n{\"dst\":\"2001:0db8:0:0::bad\"}",
		Out: "{\"dst\":\"198.51.100.66\",\"ioc.detected\":\"true\",\"ioc[0].indicator\":\"198.51.100.66\",\"ioc[0].malicious_confidence\":\"high\"}\n" +
			"{\"dst\":\"192.0.2.1\"}\n{\"dst\":\"2001:0db8:0:0::bad\",\"ioc.detected\":\"true\",\"ioc[0].indicator\":\"2001:db8::bad\",\"ioc[0].malicious_confidence\":\"high\"}",
	}, {
		Doc:   "Only events with an indicator, whatever its confidence.",
		Query: `ioc:lookup([query, sni], type=domain, confidenceThreshold=low, include=labels, prefix=ti, strict=true)`,
		In:    "{\"query\":\"Update.Example\",\"sni\":\"cdn.example\"}\n{\"query\":\"www.example\"}",
		Out:   `{"query":"Update.Example","sni":"cdn.example","ti.detected":"true","ti[0].labels":"Malware/Sparrow"}`,
	}},
	Filters: true,
	Effect: func(c *Call) plan.Effect {
		// How many indicators an event has is in the data.
		return plan.Effect{Reads: c.Fields("field"), MayWrite: []string{c.Text("prefix") + ".detected"}, WritesUnknown: true}
	},
	NewMapper: newIOCLookup,
}

func newIOCLookup(c *Call) (MapperFactory, diag.List) {
	fields, columns, strict := distinct(c.Fields("field")), iocColumns, c.Bool("strict")
	switch {
	case len(fields) == 0:
		return nil, c.Errorf("missing-argument", "field", "ioc:lookup() needs at least one field to look up")
	case c.Condition && !strict:
		return nil, c.Errorf("bad-value", "strict", "ioc:lookup() without strict=true lets all events through and is no condition")
	}
	if c.Has("include") {
		columns = distinct(c.Texts("include"))
		for i, name := range columns {
			if !slices.Contains(iocColumns, name) && !(c.Env.Check && name == "*") {
				return nil, diag.List{diag.Errorf("bad-value", c.placeOf("include", i), "include of ioc:lookup() wants some of %s, and %q is none", strings.Join(iocColumns, ", "), name)}
			}
		}
	}
	source, problems := c.lookup(iocFile, c.At)
	for i, d := range problems {
		if d.Code == "unknown-file" {
			d.Message = "ioc:lookup() needs a lookup file " + iocFile + " with the indicators, and there is none"
			problems[i] = d.WithHelp("put one with the columns indicator, type and malicious_confidence into a folder given with --lookup-dir")
		}
	}
	if problems.HasErrors() {
		return nil, problems
	}
	if source.missing() {
		return func(*plan.Runtime) plan.Mapper { return plan.MapperFunc(func(*event.Batch) error { return nil }) }, problems
	}
	if problems = append(problems, source.lacks(c, "type", []string{"indicator", "type"})...); problems.HasErrors() {
		return nil, problems
	}
	made := func(t *Table, warn func(diag.Diagnostic)) *indicators {
		x := &indicators{table: t, rows: map[string][]int{}, kind: c.Text("type")}
		for _, name := range columns {
			x.columns = append(x.columns, t.Column(name))
		}
		if bad := x.read(slices.Index(confidences, c.Text("confidenceThreshold"))); bad != "" {
			warn(diag.Warningf("bad-indicator", c.At, "in %s %s", iocFile, bad))
		}
		return x
	}
	l := &iocLookup{fields: fields, names: columns, prefix: c.Text("prefix"), strict: strict}
	if source.file != nil {
		x := made(source.file, func(d diag.Diagnostic) { problems = append(problems, d) })
		return func(*plan.Runtime) plan.Mapper { return l.mapper(x) }, problems
	}
	var runs perRun[*indicators]
	return func(rt *plan.Runtime) plan.Mapper {
		return l.mapper(runs.get(rt, func() *indicators { return made(source.rows(rt), rt.Warn) }))
	}, problems
}

// indicators are the rows of the file that a call looks for. It is immutable once read.
type indicators struct {
	table   *Table
	kind    string
	columns []int            // to give, -1 for one that the table lacks
	rows    map[string][]int // by indicator, as normal writes it
}

// read takes in the rows of the right kind from a confidence on. It tells of rows that say nothing that could be used.
func (x *indicators) read(least int) (bad string) {
	cell := func(r int, name string) (string, bool) {
		i := x.table.Column(name)
		if i < 0 {
			return "", false
		}
		c := x.table.Rows[r][i]
		return strings.TrimSpace(c.Text), true
	}
	count, first := 0, 0
	for r := range x.table.Rows {
		text, _ := cell(r, "indicator")
		kind, _ := cell(r, "type")
		level, rated := cell(r, confidenceColumn)
		if level == "" {
			level = confidences[0]
		}
		at := indexFold(confidences, level)
		key, ok := normalIndicator(x.kind, text)
		if text == "" || indexFold([]string{"domain", "ip_address", "url"}, kind) < 0 || at < 0 || strings.EqualFold(kind, x.kind) && !ok {
			if count++; first == 0 {
				first = r + 1
			}
			continue
		}
		if strings.EqualFold(kind, x.kind) && (!rated || at >= least) {
			x.rows[key] = append(x.rows[key], r)
		}
	}
	if count == 0 {
		return ""
	}
	return strconv.Itoa(count) + " rows are no indicators and are passed over, the first of them row " + strconv.Itoa(first)
}

// normalIndicator writes an indicator, or the value of a field, in the way in which equal ones are the same text.
func normalIndicator(kind, text string) (string, bool) {
	if kind != "ip_address" {
		return fold.String(text), true
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return "", false
	}
	return a.Unmap().WithZone("").String(), true
}

// iocLookup is the call at work.
type iocLookup struct {
	fields []string
	names  []string // of the columns to add
	prefix string
	strict bool
}

func (l *iocLookup) mapper(x *indicators) plan.Mapper {
	known := map[string][]int{} // by value as it stands; the values of a field repeat
	find := func(c *event.Column, row int) []int {
		s, ok := c.Text(row)
		if !ok {
			return nil
		}
		rows, seen := known[s]
		if !seen {
			if key, ok := normalIndicator(x.kind, s); ok {
				rows = x.rows[key]
			}
			if len(known) >= 1<<16 {
				clear(known)
			}
			known[strings.Clone(s)] = rows
		}
		return rows
	}
	return plan.MapperFunc(func(b *event.Batch) error {
		found := make([][]int, b.Len())
		most := 0
		for _, f := range l.fields {
			c := b.Field(f)
			if c.Kind() == event.Missing {
				continue
			}
			for _, r := range b.Selected() {
				if rows := find(c, int(r)); rows != nil {
					found[r] = append(found[r][:len(found[r]):len(found[r])], rows...)
					most = max(most, len(found[r]))
				}
			}
		}
		if l.strict {
			b.Narrow(func(r int) bool { return len(found[r]) > 0 })
		}
		if most == 0 {
			return nil
		}
		setWhere(b, l.prefix+".detected", func(r int) (string, bool) { return "true", len(found[r]) > 0 })
		for i := range most {
			for k, name := range l.names {
				if x.columns[k] < 0 {
					continue
				}
				setWhere(b, l.prefix+"["+strconv.Itoa(i)+"]."+name, func(r int) (string, bool) {
					if i >= len(found[r]) {
						return "", false
					}
					s := x.table.Rows[found[r][i]][x.columns[k]].Text
					return s, s != ""
				})
			}
		}
		return nil
	})
}
