package function

import (
	"slices"
	"strings"
	"time"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/internal/reltime"
	"harrier/plan"
)

// searches are the contexts in which a query may read its input twice.
const searches = Search | Live | Scheduled

// subqueryParams are the parameters that say where a subquery reads.
func subqueryParams() []Param {
	return []Param{
		{Name: "start", Kind: Text, Doc: "Where the time of the subquery begins: a length of time back from the end of the query, or milliseconds since 1970; as for the query when not given."},
		{Name: "end", Kind: Text, Doc: "Where it ends, in the same way."},
		{Name: "view", Kind: Text, Doc: "A view to run the subquery in. Harrier reads one source: the name is accepted with a warning, and the subquery reads the same source as the query."},
	}
}

// runsElsewhere warns of the parameters that name another place to read.
func runsElsewhere(c *Call, names ...string) diag.List {
	var out diag.List
	for _, name := range names {
		if c.Has(name) {
			out = append(out, diag.Warningf("one-source", c.Place(name), "%s=%s has no effect: the subquery of %s() reads the same source as the query", name, c.Text(name), c.Function.Name).
				WithHelp("give the files of all repositories as input, and tell their events apart by a filter such as #repo=%s", c.Text(name)))
		}
	}
	return out
}

// interval is the time that a subquery is about, where start= or end= say so; nil where it is that of the query.
func interval(c *Call) (func(rt *plan.Runtime) (start, end time.Time), diag.List) {
	read := func(name string, base, otherwise time.Time) (time.Time, error) {
		if !c.Has(name) {
			return otherwise, nil
		}
		return reltime.ParsePoint(c.Text(name), base, time.UTC)
	}
	given := false
	for _, name := range []string{"start", "end"} {
		given = given || c.Has(name)
		if _, err := read(name, time.UnixMilli(0), time.Time{}); err != nil && !(c.Env.Check && c.Text(name) == "*") {
			return nil, c.Errorf("bad-value", name, "%s of %s() is no point in time: %s", name, c.Function.Name, err)
		}
	}
	if !given {
		return nil, nil
	}
	return func(rt *plan.Runtime) (start, end time.Time) {
		base := rt.End
		if base.IsZero() {
			base = rt.Now
		}
		start, end = rt.Start, rt.End
		// Both were read before and are good for any base.
		start, _ = read("start", base, start)
		end, _ = read("end", base, end)
		return start, end
	}, nil
}

// keepOnly lets nothing but some fields leave a subquery, so that no others need be read. Rows without one of the keys
// are of no use and left out.
func keepOnly(sub *plan.Plan, at diag.Span, fields, keys []string) {
	if len(keys) > 0 {
		terms := make([]plan.Pred, len(keys))
		for i, k := range keys {
			terms[i] = &plan.Has{Field: k}
		}
		sub.Stages = append(sub.Stages, &plan.Filter{Pred: &plan.All{Terms: terms}, Span: at})
	}
	sub.Stages = append(sub.Stages, &plan.Map{
		Name: "keep " + strings.Join(fields, ", "), Span: at,
		Effects: plan.Effect{Only: true, Keeps: fields},
		New: func(*plan.Runtime) plan.Mapper {
			return plan.MapperFunc(func(b *event.Batch) error {
				b.Project(fields)
				return nil
			})
		},
	})
}

// lacking warns of fields that a subquery is asked for and cannot give.
func lacking(c *Call, param string, sub *plan.Plan, fields []string) diag.List {
	var out diag.List
	var columns []string // nil: any
	for _, s := range sub.Stages {
		columns = outputsAfter(columns, s.Effect())
	}
	for _, f := range fields {
		if columns != nil && !slices.Contains(columns, f) {
			out = append(out, diag.Warningf("field-gone", c.Place(param), "the subquery of %s() gives no field %s", c.Function.Name, f).
				WithHelp("it gives %s", strings.Join(columns, ", ")))
		}
	}
	return out
}

// withTables reports a join in a query that has tables, which LogScale refuses.
func withTables(c *Call, p *Pipeline) diag.List {
	if !slices.ContainsFunc(p.Plan.Subs, func(s *plan.Sub) bool { return s.Table }) {
		return nil
	}
	d := diag.Warningf("join-with-table", c.At, "LogScale takes no %s() in a query that has a defineTable()", c.Function.Name).
		WithHelp("make another table and use match()")
	if c.Env.Dialect == cql.LogScale {
		d.Severity = diag.Error
	}
	return diag.List{d}
}
