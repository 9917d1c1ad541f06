package compile

import (
	"slices"
	"strings"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/internal/rx"
	"harrier/plan"
)

// scopeKind says what a pipeline may contain.
type scopeKind uint8

const (
	topLevel  scopeKind = iota // a query: anything
	clause                     // of case or match: no aggregates
	composite                  // function={...}: ends in an aggregate
	subPipe                    // argument of array:eval and the like: no aggregates
	condition                  // filters only
)

// scope is the pipeline being compiled.
type scope struct {
	kind       scopeKind
	out        *function.Pipeline
	flow       *flow
	aggs       map[plan.Stage]*function.Agg
	aggregated bool // an aggregate stands before
	rows       bool // an aggregate stands before here, or before the query around: the events are gone
	uncertain  bool // a saved query that could not be found stands before
	begun      bool // something other than the preamble stands before
	// links are those at the end of a query of correlate(); nil elsewhere.
	links *[]*function.QueryLink
}

// inner is a scope for a pipeline nested in sc.
func (c *compiler) inner(sc *scope, kind scopeKind) *scope {
	out := function.NewPipeline(sc.out.Plan, &c.subs)
	out.Nested = true
	return &scope{
		kind: kind, out: out, flow: sc.flow.clone(), aggs: map[plan.Stage]*function.Agg{},
		aggregated: sc.aggregated, rows: sc.rows, uncertain: sc.uncertain, begun: true,
	}
}

// add appends a stage and follows its effect on fields.
func (sc *scope) add(s plan.Stage, name string, at diag.Span) {
	sc.out.Add(s)
	sc.flow.apply(s.Effect(), name, at)
	if isAggregate(s) {
		sc.aggregated, sc.rows = true, true
	}
}

func (c *compiler) pipeline(p *cql.Pipeline, sc *scope) {
	for _, s := range p.Steps {
		c.step(s, sc)
	}
}

func (c *compiler) step(s cql.Step, sc *scope) {
	c.afterLink(s, sc)
	before := c.errors
	defer func() {
		if c.errors > before { // which fields it would have written is not known
			sc.flow = newFlow()
		}
	}()
	if fs, ok := s.(*cql.FilterStep); ok {
		c.filterStep(fs.Filter, sc)
		return
	}
	sc.begun = true
	switch s := s.(type) {
	case *cql.AssignStep:
		c.assign(s, sc)
	case *cql.CaseStep:
		c.caseStep(s, sc)
	case *cql.MatchStep:
		c.matchStep(s, sc)
	case *cql.StatsStep:
		c.statsStep(s, sc)
	case *cql.SavedQueryStep:
		c.savedQuery(s, sc)
	case *cql.LinkStep:
		if sc.links != nil {
			c.link(s, sc)
			return
		}
		c.report(diag.Errorf("link-outside-correlate", s.Span(), "`<=>` links the queries of correlate() and stands nowhere else").
			WithHelp("to compare two fields of an event write test(%s == %s)", s.Left.Text, s.Right.Text))
	}
}

// filterStep appends the stages of a filter: terms of an AND stand one after the
// other, as F1 and F2 means F1 | F2.
func (c *compiler) filterStep(f cql.Filter, sc *scope) {
	switch f := f.(type) {
	case *cql.AndFilter:
		for _, t := range f.Terms {
			c.filterStep(t, sc)
		}
		return
	case *cql.ParenFilter:
		c.filterStep(f.X, sc)
		return
	case *cql.CallFilter:
		c.callStep(f.Call, nil, sc)
		return
	case *cql.FieldCall:
		if !f.Not {
			sc.begun = true
			c.callStep(f.Call, presets{"field": preset{f.Field.Text, f.Field.Span()}}, sc)
			return
		}
	case *cql.Comparison:
		if f.Value.Kind == cql.RegexText && (f.Op == cql.Eq || f.Op == cql.Like) {
			sc.begun = true
			c.regexStep(f.Field, f.Value, f.Span(), sc)
			return
		}
	case *cql.FreeText:
		if f.Pattern.Kind == cql.RegexText {
			sc.begun = true
			c.freeTextRegexStep(f, sc)
			return
		}
	}
	sc.begun = true
	if p := c.pred(f, sc); p != nil {
		sc.add(&plan.Filter{Pred: p, Span: f.Span()}, "the filter", f.Span())
	}
}

// regexStep is `field = /re/` as a step of its own, where named groups become
// fields.
func (c *compiler) regexStep(field cql.FieldName, p *cql.Pattern, at diag.Span, sc *scope) {
	c.readField(sc, field.Text, field.Span())
	re, flags := c.regex(p)
	if re == nil {
		return
	}
	if !re.HasNamedGroups() && !flags.Repeat {
		sc.add(&plan.Filter{Pred: regexTest(field.Text, re), Span: at}, "the filter", at)
		return
	}
	sc.add(&plan.Map{
		Name: "regex " + field.Text, Span: at, Multiplies: flags.Repeat,
		New:     plan_(function.RegexMapper(field.Text, re, flags.Repeat, regexRepeatLimit, true)),
		Effects: plan.Effect{Reads: []string{field.Text}, MayWrite: groupNames(re)},
		Where:   regexTest(field.Text, re).Where(),
	}, "the regex", at)
}

// regexRepeatLimit is the default of regex(limit=).
const regexRepeatLimit = 100

func plan_(f function.MapperFactory) func(*plan.Runtime) plan.Mapper { return f }

func groupNames(re *rx.Regexp) []string {
	var out []string
	for _, g := range re.Groups() {
		if g != "" && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

func (c *compiler) freeTextRegexStep(f *cql.FreeText, sc *scope) {
	if !c.freeTextAllowed(f, sc) {
		return
	}
	re, flags := c.regex(f.Pattern)
	if re == nil {
		return
	}
	search := &plan.Search{Match: re.Match, Skip: function.NotSearched, Needles: function.RegexNeedles(re), Shown: "= /" + re.String() + "/" + re.Flags().String()}
	if !re.HasNamedGroups() && !flags.Repeat {
		sc.add(&plan.Filter{Pred: search, Span: f.Span()}, "the filter", f.Span())
		return
	}
	sc.add(&plan.Map{
		Name: "free text regex", Span: f.Span(), Multiplies: flags.Repeat,
		New:     plan_(function.FreeTextRegexMapper(re, flags.Repeat, regexRepeatLimit)),
		Effects: plan.Effect{ReadsAll: true, MayWrite: groupNames(re)},
		Where:   search.Where(), FreeText: true,
	}, "the regex", f.Span())
}

// regex compiles a literal.
func (c *compiler) regex(p *cql.Pattern) (*rx.Regexp, rx.Flags) {
	flags, err := rx.ParseFlags(p.Flags)
	if err != nil {
		c.report(diag.Errorf("bad-regex", p.Span(), "the regular expression has a flag that is not one of d, g, i, m and F: %s", err))
		return nil, flags
	}
	re, err := rx.Compile(p.Text, flags)
	if err != nil {
		c.report(diag.Errorf("bad-regex", p.Span(), "the regular expression cannot be used: %s", err))
		return nil, flags
	}
	c.reportAll(function.UnportableRegex(re, c.env.Dialect, p.Span()))
	return re, flags
}

func (c *compiler) assign(s *cql.AssignStep, sc *scope) {
	if s.Field.Style == cql.Backtick {
		c.assignByValue(s, sc)
		return
	}
	if call, ok := s.Value.(*cql.Call); ok {
		fn := c.resolve(call)
		if fn == nil {
			return
		}
		if fn.Param("as") != nil {
			c.callStep(call, presets{"as": preset{s.Field.Text, s.Field.Span()}}, sc)
			return
		}
		if !fn.IsFilter() {
			c.report(diag.Errorf("no-as-parameter", call.NameSpan, "%s() gives no value that could be assigned: it has no parameter `as`", fn.Name))
			return
		}
	}
	e := c.expr(s.Value, sc)
	if e == nil {
		return
	}
	sc.add(assignStage(s.Field.Text, e, s.Span()), "the assignment", s.Span())
}

func assignStage(field string, e *function.Expr, at diag.Span) *plan.Map {
	return &plan.Map{
		Name: field + " := " + e.Source, Span: at,
		New: func(rt *plan.Runtime) plan.Mapper {
			x := e.New(rt)
			return plan.MapperFunc(func(b *event.Batch) error {
				col, err := x.Eval(b)
				if err != nil {
					return err
				}
				if col.Kind() != event.Missing {
					function.SetColumn(b, field, col)
				}
				return nil
			})
		},
		// Null assigns nothing, so an earlier field of the name may live on.
		Effects: plan.Effect{Reads: e.Reads, ReadsAll: e.All, MayWrite: []string{field}},
	}
}

// assignByValue is `key` := expression, of the language before 2020: the field
// named by the value of key is written.
func (c *compiler) assignByValue(s *cql.AssignStep, sc *scope) {
	c.report(diag.Warningf("deprecated-assignment", s.Field.Span(), "a name in backticks assigns to the field that the value of %s names, which LogScale no longer documents", s.Field.Text).
		WithHelp("write setField(target=%s, value=...)", s.Field.Text))
	c.readField(sc, s.Field.Text, s.Field.Span())
	e := c.expr(s.Value, sc)
	if e == nil {
		return
	}
	field := s.Field.Text
	sc.add(&plan.Map{
		Name: "assign by value of " + field, Span: s.Span(),
		New: func(rt *plan.Runtime) plan.Mapper {
			x := e.New(rt)
			return plan.MapperFunc(func(b *event.Batch) error {
				col, err := x.Eval(b)
				if err != nil {
					return err
				}
				function.SetFields(b, b.Field(field), col)
				return nil
			})
		},
		Effects: plan.Effect{Reads: append(e.Reads, field), ReadsAll: e.All, WritesUnknown: true},
	}, "the assignment", s.Span())
}

func (c *compiler) caseStep(s *cql.CaseStep, sc *scope) {
	var clauses []plan.Clause
	var after *flow
	var all plan.Effect
	for _, p := range s.Clauses {
		in := c.inner(sc, clause)
		c.pipeline(p, in)
		clauses = append(clauses, plan.Clause{Stages: plan.MergeFilters(in.out.Stages)})
		all = unionEffect(all, in.out.Stages)
		if !dropsAll(in.out.Stages) {
			after = joinFlows(after, in.flow)
		}
	}
	c.addCase("case", s.Span(), clauses, all, after, sc)
}

// addCase appends the mapper of a case or match statement.
func (c *compiler) addCase(name string, at diag.Span, clauses []plan.Clause, e plan.Effect, after *flow, sc *scope) {
	// What one clause writes another may not.
	e.MayWrite = append(e.MayWrite, e.Writes...)
	e.Writes = nil
	e.Only, e.Keeps = false, nil
	free, multiplies := false, false
	for _, cl := range clauses {
		free = free || plan.SearchesText(cl.Stages)
		for _, st := range cl.Stages {
			if m, ok := st.(*plan.Map); ok && m.Multiplies {
				multiplies = true
			}
		}
	}
	sc.out.Add(&plan.Map{
		Name: name, Span: at, Effects: e, FreeText: free, Multiplies: multiplies,
		Clauses: clauses,
		New:     func(rt *plan.Runtime) plan.Mapper { return plan.NewCase(rt, clauses) },
		Where:   plan.ClausesWhere(clauses),
	})
	if after != nil {
		sc.flow = after
	}
}

// dropsAll tells whether nothing gets out of a clause.
func dropsAll(stages []plan.Stage) bool {
	return slices.ContainsFunc(stages, func(s plan.Stage) bool {
		m, ok := s.(*plan.Map)
		return ok && m.Final
	})
}

func joinFlows(a, b *flow) *flow {
	if a == nil {
		return b
	}
	a.join(b)
	return a
}

func unionEffect(e plan.Effect, stages []plan.Stage) plan.Effect {
	for _, s := range stages {
		x := s.Effect()
		if x.Only {
			// A projection inside a clause removes fields that cannot be listed.
			x.Only, x.Keeps = false, nil
		}
		e = e.Union(x)
	}
	return e
}

func (c *compiler) matchStep(s *cql.MatchStep, sc *scope) {
	c.readField(sc, s.Field.Text, s.Field.Span())
	var clauses []plan.Clause
	var after *flow
	all := plan.Effect{Reads: []string{s.Field.Text}}
	for _, cl := range s.Clauses {
		in := c.inner(sc, clause)
		c.guard(s.Field, cl, in)
		c.pipeline(cl.Pipeline, in)
		clauses = append(clauses, plan.Clause{Stages: plan.MergeFilters(in.out.Stages)})
		all = unionEffect(all, in.out.Stages)
		if !dropsAll(in.out.Stages) {
			after = joinFlows(after, in.flow)
		}
	}
	c.addCase("match "+s.Field.Text, s.Span(), clauses, all, after, sc)
}

// guard appends the condition of a match clause (language reference 9.2).
func (c *compiler) guard(field cql.FieldName, cl *cql.MatchClause, sc *scope) {
	if cl.Call != nil {
		fn := c.resolve(cl.Call)
		if fn == nil {
			return
		}
		if !fn.IsFilter() || fn.Param("field") == nil {
			c.report(diag.Errorf("not-a-guard", cl.Call.NameSpan, "%s() cannot be a guard: a guard is a pattern or a filter function with a parameter `field`", fn.Name))
			return
		}
		c.callStep(cl.Call, presets{"field": preset{field.Text, field.Span()}}, sc)
		return
	}
	p := cl.Pattern
	if p == nil {
		return
	}
	at := p.Span()
	switch {
	case p.Kind == cql.BareText && (p.Text == "*" || p.Text == "true"):
		return
	case p.Kind == cql.RegexText:
		c.regexStep(field, p, at, sc)
	default:
		sc.add(&plan.Filter{Pred: c.patternTest(field.Text, p, false), Span: at}, "the guard", at)
	}
}

func (c *compiler) statsStep(s *cql.StatsStep, sc *scope) {
	if !c.aggregateAllowed("[...]", s.Span(), sc) {
		return
	}
	aggs, ok := c.aggregates(s.Array, sc)
	if !ok {
		return
	}
	agg := function.Combine(aggs)
	agg.Name, agg.At = "stats()", s.Span()
	c.addAggregate(agg, sc)
}

func (c *compiler) addAggregate(agg *function.Agg, sc *scope) {
	st := aggregateStage(agg)
	sc.aggs[st] = agg
	sc.add(st, agg.Name, agg.At)
}

func (c *compiler) aggregateAllowed(what string, at diag.Span, sc *scope) bool {
	var where string
	switch sc.kind {
	case clause:
		where = "in a clause of case or match"
	case subPipe:
		where = "in this subquery, which looks at one event at a time"
	case condition:
		where = "in a condition"
	default:
		return true
	}
	c.errorf("aggregate-not-allowed", at, "%s is an aggregate and cannot stand %s", what, where)
	return false
}

// savedQuery splices in the pipeline of a saved query.
func (c *compiler) savedQuery(s *cql.SavedQueryStep, sc *scope) {
	name := s.Name
	if slices.Contains(c.saved, name) {
		c.errorf("recursive-saved-query", s.Span(), "the saved query %s calls itself: %s", name, strings.Join(append(c.saved, name), " -> "))
		return
	}
	var text string
	found := false
	if c.env.Saved != nil {
		text, found = c.env.Saved(name)
	}
	if !found {
		sc.uncertain = true
		sc.flow = newFlow()
		d := diag.Errorf("unknown-saved-query", s.Span(), "there is no saved query %s", name).
			WithHelp("put its text into a file %s.cql in the folder given with --saved", name)
		if c.env.Check && c.env.Saved == nil {
			d.Severity = diag.Info
			d.Message = "the saved query " + name + " is not at hand, so the rest is checked without it"
		}
		c.report(d)
		return
	}
	q, problems := cql.Parse(text, c.env.Dialect)
	args := map[string][]string{}
	for _, a := range s.Args {
		if a.Name == nil {
			c.errorf("missing-argument", a.Span(), "the arguments of a saved query have names: $%s(name=value)", name)
			continue
		}
		args[a.Name.Text] = c.texts(a.Value)
	}
	outer := *c
	c.saved = append(slices.Clone(c.saved), name)
	if c.inSaved == nil {
		at := s.Span()
		c.inSaved = &at
	}
	c.source, c.args, c.defaults = text, args, map[string]string{}
	c.declare(q)
	c.reportAll(problems)
	c.pipeline(q.Pipeline, sc)
	if sc.kind == condition {
		c.onlyFilters(q.Pipeline)
	}
	c.saved, c.inSaved, c.source, c.args, c.defaults = outer.saved, outer.inSaved, outer.source, outer.args, outer.defaults
}
