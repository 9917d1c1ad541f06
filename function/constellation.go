package function

import (
	"slices"
	"strings"
	"time"

	"harrier/diag"
	"harrier/event"
	"harrier/plan"
)

// correlation is a call of correlate() as it was compiled.
//
// Links and global constraints make classes of fields that all have the same text: what is linked to the same field is
// in one class with it, so that values pass on from query to query.
type correlation struct {
	at      diag.Span
	roles   []*role // one for each query, in the order of their declaration
	classes int
	root    int
	visits  []int // the roles in the order in which they are given events, the root first

	sequence bool
	by       []string // what to order by; nil for time
	within   time.Duration
	bounded  bool // by within
	jitter   time.Duration
	most     int // constellations for an event of the root
	once     bool
	values   bool // give linked fields
}

// role is a query, which an event of a constellation stands for.
type role struct {
	name    string
	stages  []plan.Stage
	effect  plan.Effect
	member  []roleField // its fields that are in classes
	include []string
	all     bool // give all fields
	// outputs are the fields that it gives, and their names in the result; with all there are others behind them.
	outputs [][2]string
	silent  []string // fields not to give with all
}

type roleField struct {
	name  string
	class int
}

// alwaysGiven are the fields that each event of a constellation gives.
var alwaysGiven = []string{idField, timestampField, ingestTimeField}

func newCorrelation(c *Call) (*correlation, diag.List) {
	s := &correlation{
		at: c.At, sequence: c.Bool("sequence"), by: distinct(c.Texts("sequenceBy")), within: c.Duration("within"), bounded: c.Has("within"),
		jitter: c.Duration("jitterTolerance"), most: c.Int("maxPerRoot"), once: c.Bool("includeMatchesOnceOnly"), values: c.Bool("includeConstraintValues"),
	}
	queries := c.Arg("query").Named
	if len(queries) < 2 {
		return s, c.Errorf("missing-argument", "", "correlate() needs at least two queries")
	}
	for _, q := range queries {
		s.roles = append(s.roles, &role{name: q.Name, stages: q.Pipe.Stages, effect: q.Pipe.Effect, include: q.Include, all: q.All})
	}
	var problems diag.List
	if name := c.Text("root"); name != "" && !c.unknown("root") {
		if s.root = s.roleNamed(name); s.root < 0 {
			return s, append(problems, noQuery(name, s.names(), c.Place("root")))
		}
	}
	switch {
	case !s.sequence && c.Has("jitterTolerance"):
		problems = append(problems, noEffect(c, "jitterTolerance"))
	case s.bounded && s.jitter > s.within:
		problems = append(problems, c.Errorf("bad-value", "jitterTolerance", "jitterTolerance is not longer than within, and %s is", c.Text("jitterTolerance"))...)
	}
	if !s.sequence && c.Has("sequenceBy") {
		problems = append(problems, noEffect(c, "sequenceBy"))
	}
	problems = append(problems, s.link(c, queries)...)
	for _, r := range s.roles {
		s.outputs(r)
	}
	s.visits = s.order()
	if u := s.unlinked(); u >= 0 {
		problems = append(problems, diag.Warningf("unlinked-query", queries[u].NameAt, "no link leads to the query %s, so that its events go together with all others", queries[u].Name).
			WithHelp("link a field with `<=>`, or name it in globalConstraints"))
	}
	return s, problems
}

func noEffect(c *Call, name string) diag.Diagnostic {
	return diag.Warningf("conflicting-parameters", c.Place(name), "%s of %s() has no effect without sequence=true", name, c.Function.Name)
}

func (s *correlation) names() []string {
	out := make([]string, len(s.roles))
	for i, r := range s.roles {
		out[i] = r.name
	}
	return out
}

func (s *correlation) roleNamed(name string) int {
	return slices.IndexFunc(s.roles, func(r *role) bool { return r.name == name })
}

func noQuery(name string, known []string, at diag.Span) diag.Diagnostic {
	d := diag.Errorf("unknown-query", at, "there is no query %s", name)
	if s := diag.Suggest(name, known); s != "" {
		d.Message += "; did you mean " + s + "?"
		return d
	}
	return d.WithHelp("there are %s", strings.Join(known, ", "))
}

// roleOfField takes Name.field apart. Of several names that fit, the longest one is meant.
func (s *correlation) roleOfField(text string) (number int, field string) {
	number = -1
	for i, r := range s.roles {
		if rest, ok := strings.CutPrefix(text, r.name+"."); ok && rest != "" && (number < 0 || len(r.name) > len(s.roles[number].name)) {
			number, field = i, rest
		}
	}
	return number, field
}

// link reads the links and constraints and finds the classes.
func (s *correlation) link(c *Call, queries []*NamedQuery) diag.List {
	var problems diag.List
	type end struct {
		role  int
		field string
	}
	parent := map[end]end{}
	var ends []end // in the order in which they come up
	find := func(e end) end {
		for parent[e] != e {
			e = parent[e]
		}
		return e
	}
	add := func(e end) end {
		if _, ok := parent[e]; !ok {
			parent[e] = e
			ends = append(ends, e)
		}
		return find(e)
	}
	seen := map[[2]end]bool{}
	for i, q := range queries {
		for _, l := range q.Links {
			other, field := s.roleOfField(l.Other)
			if other < 0 {
				name, _, _ := strings.Cut(l.Other, ".")
				problems = append(problems, noQuery(name, s.names(), l.AtName))
				continue
			}
			if other == i {
				problems = append(problems, diag.Errorf("self-link", l.At, "the query %s is linked to itself", q.Name).
					WithHelp("to compare two fields of an event write test(%s == %s)", l.Field, field))
				continue
			}
			if !queries[other].Gives(field) {
				problems = append(problems, diag.Warningf("field-gone", l.AtName, "the query %s gives no field %s", queries[other].Name, field))
			}
			a, b := end{i, l.Field}, end{other, field}
			if seen[[2]end{a, b}] || seen[[2]end{b, a}] {
				problems = append(problems, diag.Errorf("duplicate-link", l.At, "this link is there already"))
				continue
			}
			seen[[2]end{a, b}] = true
			parent[add(b)] = add(a)
		}
	}
	for _, f := range distinct(c.Texts("globalConstraints")) {
		for i := range s.roles {
			parent[add(end{i, f})] = add(end{0, f})
			if !queries[i].Gives(f) {
				problems = append(problems, diag.Warningf("field-gone", c.Place("globalConstraints"), "the query %s gives no field %s", queries[i].Name, f))
			}
		}
	}
	number := map[end]int{}
	for _, e := range ends {
		root := find(e)
		class, ok := number[root]
		if !ok {
			class = len(number)
			number[root] = class
		}
		r := s.roles[e.role]
		r.member = append(r.member, roleField{e.field, class})
	}
	s.classes = len(number)
	return problems
}

// shares gives the classes that two roles have in common, ascending.
func (r *role) shares(o *role) []int {
	var out []int
	for _, m := range r.member {
		if !slices.Contains(out, m.class) && slices.ContainsFunc(o.member, func(n roleField) bool { return n.class == m.class }) {
			out = append(out, m.class)
		}
	}
	slices.Sort(out)
	return out
}

// order is the order in which roles are given events: as they are declared, but one that is linked to those before it
// goes first, since its events are found by their values.
func (s *correlation) order() []int {
	out := []int{s.root}
	for len(out) < len(s.roles) {
		next := -1
		for i, r := range s.roles {
			if slices.Contains(out, i) {
				continue
			}
			if slices.ContainsFunc(out, func(o int) bool { return len(r.shares(s.roles[o])) > 0 }) {
				next = i
				break
			}
			if next < 0 {
				next = i
			}
		}
		out = append(out, next)
	}
	return out
}

// unlinked finds a query that nothing links to those before it; -1 when there is none.
func (s *correlation) unlinked() int {
	for n, i := range s.visits[1:] {
		if !slices.ContainsFunc(s.visits[:n+1], func(o int) bool { return len(s.roles[i].shares(s.roles[o])) > 0 }) {
			return i
		}
	}
	return -1
}

// kept are the fields of the events of a role to keep; nil for all.
func (s *correlation) kept(r *role) []string {
	if r.all {
		return nil
	}
	out := slices.Concat(alwaysGiven, r.include, s.by)
	if s.sequence && s.by == nil {
		out = append(out, nanosField)
	}
	for _, m := range r.member {
		out = append(out, m.name)
	}
	return distinct(out)
}

// outputs works out what the events of a role give.
func (s *correlation) outputs(r *role) {
	fields := slices.Clone(alwaysGiven)
	for _, m := range r.member {
		switch {
		case s.values:
			fields = append(fields, m.name)
		case !slices.Contains(r.include, m.name):
			r.silent = append(r.silent, m.name)
		}
	}
	for _, f := range distinct(append(fields, r.include...)) {
		r.outputs = append(r.outputs, [2]string{f, r.name + "." + f})
	}
}

// lower appends the stages. The first changes nothing: it only tells the source which events no query wants.
func (s *correlation) lower(p *Pipeline) {
	var clauses []plan.Clause
	agg := &plan.Aggregate{
		Name: "correlate " + strings.Join(s.names(), ", "), Span: s.at, Ordered: true,
		New:     func(rt *plan.Runtime) plan.Aggregator { return newCorrelator(rt, s) },
		Columns: []string{timestampField},
		Effects: plan.Effect{Only: true, Writes: slices.Clone(alwaysGiven)},
	}
	known := true
	for _, r := range s.roles {
		clauses = append(clauses, plan.Clause{Stages: r.stages})
		agg.FreeText = agg.FreeText || plan.SearchesText(r.stages)
		keep := &plan.Aggregate{Effects: plan.Effect{Reads: s.kept(r), ReadsAll: r.all, Only: true}}
		read := plan.FieldsRead(append(slices.Clone(r.stages), keep))
		agg.Effects.Reads = append(agg.Effects.Reads, read.Names...)
		agg.Effects.ReadsAll = agg.Effects.ReadsAll || read.All
		for _, o := range r.outputs {
			agg.Effects.Writes = append(agg.Effects.Writes, o[1])
			// Most input has neither, so these columns stand where the rows have them.
			if o[0] != idField && o[0] != ingestTimeField {
				agg.Columns = append(agg.Columns, o[1])
			}
		}
		known = known && !r.all
	}
	if !known {
		agg.Columns, agg.Effects.WritesUnknown = nil, true
	}
	agg.Effects.Reads = distinct(agg.Effects.Reads)
	p.Add(&plan.Map{
		Name: "queries of correlate", Span: s.at, Where: plan.ClausesWhere(clauses),
		New: func(*plan.Runtime) plan.Mapper { return plan.MapperFunc(func(*event.Batch) error { return nil }) },
	})
	p.Add(agg)
}
