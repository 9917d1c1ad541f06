package compile

import (
	"fmt"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/plan"
)

// resolve finds the function of a call, reporting names that there are not.
func (c *compiler) resolve(call *cql.Call) *function.Function {
	fn := function.Lookup(call.Name)
	if fn != nil {
		c.timed = c.timed || fn.Timed
		if fn.Deprecated != "" {
			c.report(diag.Warningf("deprecated-function", call.NameSpan, "%s() is deprecated: use %s", fn.Name, fn.Deprecated))
		}
		return fn
	}
	if name, ok := function.Announced(call.Name); ok {
		c.errorf("function-not-available", call.NameSpan, "%s() is a CQL function that this version of Harrier does not have yet", name)
		return nil
	}
	d := diag.Errorf("unknown-function", call.NameSpan, "there is no function %s()", call.Name)
	if s := diag.Suggest(call.Name, function.Names()); s != "" {
		d.Message += fmt.Sprintf("; did you mean %s()?", s)
		d = d.WithFix(false, "call "+s+"()", diag.Edit{Span: call.NameSpan, Text: s})
	}
	c.report(d)
	return nil
}

// callStep appends the stages of a call that is a whole step.
func (c *compiler) callStep(call *cql.Call, pre presets, sc *scope) {
	fn := c.resolve(call)
	if fn == nil {
		sc.begun, sc.uncertain = true, true
		sc.flow = newFlow()
		return
	}
	if fn.Preamble && sc.begun {
		c.report(diag.Errorf("preamble-order", call.NameSpan, "%s() must stand before everything else", fn.Name))
	}
	if !fn.Preamble {
		sc.begun = true
	}
	if !c.allowedHere(fn, call, sc) {
		sc.uncertain = true
		return
	}
	b := c.bind(fn, call, pre, sc)
	if b == nil {
		sc.uncertain = true
		if fn.IsAggregate() {
			sc.aggregated, sc.flow = true, newFlow()
		}
		return
	}
	switch {
	case fn.NewPred != nil:
		p, problems := fn.NewPred(b)
		c.reportAll(problems)
		if p == nil {
			return
		}
		if plan.HasSearch(p) && !c.searchAllowed(call.Span(), "give the field", sc) {
			return
		}
		// `x := in(..)`: as is no parameter of a filter, so this is a plain filter.
		sc.add(&plan.Filter{Pred: p, Span: call.Span()}, fn.Name+"()", call.Span())
	case fn.NewMapper != nil:
		if st := c.mapStage(b); st != nil {
			sc.add(st, fn.Name+"()", call.Span())
		}
	case fn.NewAggregator != nil:
		if agg := c.aggregate(b); agg != nil {
			c.addAggregate(agg, sc)
		}
	case fn.NewSequencer != nil:
		st := c.sequenceStage(b)
		switch {
		case st == nil:
		case sc.aggregated:
			sc.add(st, fn.Name+"()", call.Span())
		default: // in braces, where it takes the place of the aggregate
			c.addAggregate(function.InOrder(fn.Name+"()", b.At, st), sc)
		}
	case fn.Lower != nil:
		n := len(sc.out.Stages)
		c.reportAll(fn.Lower(b, sc.out))
		for _, s := range sc.out.Stages[n:] {
			sc.flow.apply(s.Effect(), fn.Name+"()", call.Span())
			if isAggregate(s) {
				sc.aggregated, sc.rows = true, true
			}
		}
	}
}

// allowedHere checks what the place of a call permits.
func (c *compiler) allowedHere(fn *function.Function, call *cql.Call, sc *scope) bool {
	ctx := c.env.Context
	if ctx == 0 {
		ctx = function.Search
	}
	if fn.Where != 0 && fn.Where&ctx == 0 {
		c.errorf("not-in-context", call.NameSpan, "%s() is not allowed in %s", fn.Name, ctx)
		return false
	}
	if fn.IsAggregate() {
		return c.aggregateAllowed(fn.Name+"()", call.Span(), sc)
	}
	if fn.NewSequencer != nil {
		if sc.kind != topLevel && sc.kind != composite {
			return c.aggregateAllowed(fn.Name+"()", call.Span(), sc)
		}
		if !sc.aggregated {
			return c.inSequence(fn, call, sc, false)
		}
	}
	return true
}

// inSequence checks that an aggregate stands before a sequence function, in the query or the one around. As the
// function of an aggregate it may see events in the order of the input, as an example of the manual has it against the
// manual's own rule.
func (c *compiler) inSequence(fn *function.Function, call *cql.Call, sc *scope, argument bool) bool {
	if sc.aggregated || sc.rows || sc.uncertain {
		return true
	}
	d := diag.Errorf("sequence-before-aggregate", call.NameSpan, "%s() works on rows in order and so must stand behind an aggregate that orders them", fn.Name).
		WithHelp("put head(), sort(), groupBy() or bucket() before it")
	if argument && c.env.Dialect != cql.LogScale {
		d.Severity = diag.Warning
		d.Message += "; without one they come in the order of the input"
	}
	c.report(d)
	return d.Severity != diag.Error
}

// sequenceStage makes the stage of a call to a sequence function.
func (c *compiler) sequenceStage(b *function.Call) *plan.Sequence {
	f, problems := b.Function.NewSequencer(b)
	c.reportAll(problems)
	if f == nil || problems.HasErrors() {
		return nil
	}
	return &plan.Sequence{Name: shown(b), Span: b.At, New: f, Effects: b.FieldEffect()}
}

// mapStage makes the stage of a call to a mapper.
func (c *compiler) mapStage(b *function.Call) *plan.Map {
	fn := b.Function
	f, problems := fn.NewMapper(b)
	c.reportAll(problems)
	if f == nil || problems.HasErrors() {
		return nil
	}
	st := &plan.Map{Name: shown(b), Span: b.At, New: f, Effects: b.FieldEffect(), Final: fn.Final}
	if fn.Multiplies != nil {
		st.Multiplies = fn.Multiplies(b)
	}
	if fn.Needs != nil {
		st.Where = fn.Needs(b)
	}
	st.FreeText = searchesText(b)
	return st
}

// loweredStage makes the condition of a call to a filter that sets up the plan
// around it, such as join().
func (c *compiler) loweredStage(b *function.Call, sc *scope) *plan.Map {
	out := *sc.out
	out.Stages, out.Condition = slices.Clone(sc.out.Stages), true
	n := len(out.Stages)
	problems := b.Function.Lower(b, &out)
	c.reportAll(problems)
	if problems.HasErrors() {
		return nil
	}
	return out.Stages[n].(*plan.Map)
}

// aggregate makes the aggregate of a call.
func (c *compiler) aggregate(b *function.Call) *function.Agg {
	if in := b.Function.Within; in != nil && (c.argumentOf == nil || !slices.Contains(in, c.argumentOf.Name)) {
		c.errorf("aggregate-not-allowed", b.At, "%s() may only stand in the function= of %s()", b.Function.Name, strings.Join(in, "() or "))
		return nil
	}
	f, problems := b.Function.NewAggregator(b)
	c.reportAll(problems)
	if f == nil || problems.HasErrors() {
		return nil
	}
	return &function.Agg{
		Name: b.Function.Name + "()", Call: shown(b), At: b.At, New: f, Reads: b.FieldEffect(), Outputs: b.Outputs(),
		Rows: b.Function.GivesRows, Ordered: b.Function.Ordered, FreeText: searchesText(b), Of: b,
	}
}

// searchesText tells whether an argument of a call searches values whatever their
// field.
func searchesText(b *function.Call) bool {
	for _, a := range b.Args {
		if a.Pipe != nil && plan.SearchesText(a.Pipe.Stages) || slices.ContainsFunc(a.Aggs, func(g *function.Agg) bool { return g.FreeText }) {
			return true
		}
	}
	return false
}

// shown is a call as `explain` shows it.
func shown(b *function.Call) string {
	if b.Syntax != nil {
		return strings.Join(strings.Fields(cql.PrintNode(b.Syntax)), " ")
	}
	return b.Function.Name + "()"
}

// aggregates compiles a function= argument or a stats array.
func (c *compiler) aggregates(e cql.Expr, sc *scope) ([]*function.Agg, bool) {
	n := c.errors
	var out []*function.Agg
	c.collectAggregates(e, nil, sc, &out)
	if c.errors > n {
		return nil, false
	}
	if name, at, bad := function.OutputConflict(out); bad {
		c.errorf("field-conflict", at, "two aggregates write the field %s", name)
		return nil, false
	}
	if a, bad := function.SequenceConflict(out); bad {
		c.errorf("sequence-beside-rows", a.At, "%s gives rows in order and cannot stand next to another function that gives several rows", a.Name)
		return nil, false
	}
	return out, true
}

func (c *compiler) collectAggregates(e cql.Expr, as *cql.FieldName, sc *scope, out *[]*function.Agg) {
	switch e := e.(type) {
	case *cql.ParenExpr:
		c.collectAggregates(e.X, as, sc, out)
	case *cql.ArrayExpr:
		for _, el := range e.Elems {
			c.collectAggregates(el.Value, el.Name, sc, out)
		}
	case *cql.Call:
		fn := c.resolve(e)
		if fn == nil {
			return
		}
		if !fn.IsAggregate() && fn.NewSequencer == nil {
			c.errorf("aggregate-required", e.NameSpan, "an aggregate is wanted here, and %s() is none", fn.Name)
			return
		}
		pre := presets{}
		if as != nil {
			if fn.Param("as") == nil {
				c.errorf("no-as-parameter", as.Span(), "%s() has no parameter `as` that `:=` could set", fn.Name)
				return
			}
			pre["as"] = preset{as.Text, as.Span()}
		}
		if fn.NewSequencer != nil && !c.inSequence(fn, e, sc, true) {
			return
		}
		b := c.bind(fn, e, pre, sc)
		if b == nil {
			return
		}
		if fn.NewSequencer != nil {
			if st := c.sequenceStage(b); st != nil {
				*out = append(*out, function.InOrder(fn.Name+"()", b.At, st))
			}
		} else if a := c.aggregate(b); a != nil {
			*out = append(*out, a)
		}
	case *cql.Subquery:
		if a := c.composite(e, sc); a != nil {
			*out = append(*out, a)
		}
	case *cql.FieldRef:
		d := diag.Errorf("aggregate-required", e.Span(), "an aggregate is wanted here, and %s is a name", e.Name)
		if fn := function.Lookup(e.Name); fn != nil && fn.IsAggregate() {
			d = d.WithFix(true, "call it", diag.Edit{Span: e.Span(), Text: fn.Name + "()"})
		}
		c.report(d)
	case *cql.BadExpr:
	default:
		c.errorf("aggregate-required", e.Span(), "an aggregate is wanted here, such as count() or {... | count()}")
	}
}

// composite compiles `{ filter | transform | aggregate | ... }`.
func (c *compiler) composite(s *cql.Subquery, sc *scope) *function.Agg {
	outer := c.argumentOf
	c.argumentOf = nil
	defer func() { c.argumentOf = outer }()
	in := c.inner(sc, composite)
	in.aggregated = false
	n := c.errors
	c.pipeline(s.Pipeline, in)
	stages := in.out.Stages
	for i, st := range stages {
		if agg := in.aggs[st]; agg != nil {
			return function.Composite(s.Span(), plan.MergeFilters(stages[:i]), agg, plan.MergeFilters(stages[i+1:]))
		}
	}
	if c.errors == n && !in.uncertain {
		c.errorf("aggregate-required", s.Span(), "the subquery must contain an aggregate, such as count()")
	}
	return nil
}

// subPipeline compiles a pipeline argument without aggregates.
func (c *compiler) subPipeline(s *cql.Subquery, kind scopeKind, sc *scope) *function.Pipe {
	in := c.inner(sc, kind)
	in.flow = newFlow() // its fields are those of an array element, which flow does not follow
	c.pipeline(s.Pipeline, in)
	p := &function.Pipe{At: s.Span(), Stages: plan.MergeFilters(in.out.Stages)}
	p.Effect = unionEffect(plan.Effect{}, p.Stages)
	if kind == condition {
		c.onlyFilters(s.Pipeline)
	}
	return p
}

// onlyFilters reports the steps of a condition that do something else than let events through or not.
func (c *compiler) onlyFilters(p *cql.Pipeline) {
	check := func(call *cql.Call) bool {
		// That an aggregate stands here is reported already.
		if fn := function.Lookup(call.Name); fn != nil && !fn.IsFilter() && !fn.IsAggregate() {
			c.errorf("condition-required", call.Span(), "only filters may stand in this condition, and %s() is none", fn.Name)
		}
		return false
	}
	cql.Walk(p, func(n cql.Node) bool {
		switch n := n.(type) {
		case *cql.AssignStep:
			c.errorf("condition-required", n.Span(), "only filters may stand in this condition, and an assignment is none")
			return false
		case *cql.CallFilter:
			return check(n.Call)
		case *cql.FieldCall:
			return check(n.Call)
		}
		return true
	})
}

// hiddenField is where a call inside an expression puts its value.
const hiddenField = "\x00value"

// callExpr compiles a call as an operand of an expression.
func (c *compiler) callExpr(call *cql.Call, sc *scope) *function.Expr {
	fn := c.resolve(call)
	if fn == nil {
		return nil
	}
	if fn.NewMapper == nil && fn.NewPred == nil {
		c.errorf("not-an-expression", call.NameSpan, "%s() gives no value for one event and cannot be part of an expression", fn.Name)
		return nil
	}
	if fn.NewPred != nil || fn.Filters && fn.Param("as") == nil {
		p := c.callPred(call, nil, sc)
		if p == nil {
			return nil
		}
		return &function.Expr{
			At: call.Span(), Source: c.textOf(call), Reads: p.Fields(nil), All: plan.ReadsAnyField(p),
			New: func(rt *plan.Runtime) plan.Expr { return plan.NewCondition(rt, p) },
		}
	}
	if fn.Param("as") == nil {
		c.errorf("not-an-expression", call.NameSpan, "%s() gives no single value and cannot be part of an expression", fn.Name)
		return nil
	}
	b := c.bind(fn, call, presets{"as": preset{hiddenField, call.Span()}}, sc)
	if b == nil {
		return nil
	}
	st := c.mapStage(b)
	if st == nil {
		return nil
	}
	if st.Multiplies || !slices.Contains(st.Effects.Writes, hiddenField) && !slices.Contains(st.Effects.MayWrite, hiddenField) {
		c.report(diag.Errorf("not-an-expression", call.NameSpan, "%s() gives no single value and cannot be part of an expression", fn.Name).
			WithHelp("call it in a step of its own, and use the fields that it writes"))
		return nil
	}
	return &function.Expr{
		At: call.Span(), Source: c.textOf(call), Reads: st.Effects.Reads, All: st.Effects.ReadsAll,
		New: func(rt *plan.Runtime) plan.Expr {
			m := st.New(rt)
			return plan.ExprFunc(func(b *event.Batch) (*event.Column, error) {
				t := b.Clone()
				if err := m.Map(t); err != nil {
					return nil, err
				}
				return t.Field(hiddenField), nil
			})
		},
	}
}

func (c *compiler) textOf(n cql.Node) string {
	at := n.Span()
	if at.Start < 0 || at.End > len(c.source) || at.Start > at.End {
		return ""
	}
	return strings.Join(strings.Fields(c.source[at.Start:at.End]), " ")
}

// tables finds what defineTable() made so far in the query, and in the queries
// around it.
func (c *compiler) tables(sc *scope) func(string) (int, []string, bool) {
	return func(name string) (int, []string, bool) {
		if sc == nil || sc.out == nil || sc.out.Plan == nil {
			return 0, nil, false
		}
		for _, pl := range slices.Backward(append(slices.Clone(c.around), sc.out.Plan)) {
			for _, s := range pl.Subs {
				if s.Table && s.Name == name {
					return s.ID, s.Plan.Columns, true
				}
			}
		}
		return 0, nil, false
	}
}
