// Package compile turns a syntax tree into a plan: it resolves names, reads
// arguments by the signatures of the catalogue, checks what the language forbids
// and follows which fields exist after each stage.
//
//	*cql.Query -> steps -> filters (plan.Pred), expressions (function.Expr),
//	calls (function.Call -> stages) -> *plan.Plan
//
// All that is wrong comes back as diagnostics; a plan is only given when none of
// them is an error. The package opens no files and reads no events.
package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/plan"
)

// Result is a compiled query.
type Result struct {
	Plan *plan.Plan // nil when there are errors
	// Parameters are the ?names of the query, in order of first use.
	Parameters []Parameter
	// Aggregates is true when the query has an aggregate of its own, so that its
	// rows are results rather than events.
	Aggregates bool
	// Reads are the fields the query reads of its events, sorted; All when it
	// reads any.
	Reads event.FieldSet
}

// Parameter is a ?name of a query.
type Parameter struct {
	Name       string
	Default    string
	HasDefault bool
}

// implicitTail is the number of events a query without an aggregate gives
// (language reference section 14).
const implicitTail = "200"

// Compile makes a plan of a query. The diagnostics of parsing are not repeated.
func Compile(q *cql.Query, env *function.Env) (*Result, diag.List) {
	if env == nil {
		env = &function.Env{}
	}
	c := &compiler{env: env, defaults: map[string]string{}, source: q.Source}
	res := &Result{Parameters: c.declare(q)}
	pl := c.query(q.Pipeline, nil)
	res.Aggregates = slices.ContainsFunc(pl.Stages, isAggregate)
	if !res.Aggregates && (env.Context == 0 || env.Context == function.Search) {
		c.addTail(pl, q.Span())
	}
	c.finish(pl)
	res.Reads = pl.Fields
	c.diags.Sort()
	if !c.diags.HasErrors() {
		res.Plan = pl
	}
	return res, c.diags
}

type compiler struct {
	env      *function.Env
	source   string
	diags    diag.List
	errors   int               // among diags
	defaults map[string]string // of parameters, wherever declared
	subs     int
	// argumentOf is the function whose aggregates are being compiled.
	argumentOf *function.Function
	timed      bool         // the query calls a function whose result hangs on its interval
	around     []*plan.Plan // of the queries in whose arguments the present one stands
	saved      []string     // names of the saved queries being spliced in
	// inSaved is the place of the outermost saved-query call while its text is
	// compiled: what is wrong there is reported here.
	inSaved *diag.Span
	args    map[string][]string // parameter values given by a saved-query call
	missing map[string]bool     // parameters already reported
}

func (c *compiler) report(d diag.Diagnostic) {
	if c.inSaved != nil {
		line, col := 1, 1
		if d.Span.Start <= len(c.source) {
			line += strings.Count(c.source[:d.Span.Start], "\n")
			col = d.Span.Start - strings.LastIndexByte(c.source[:d.Span.Start], '\n')
		}
		d.Message = fmt.Sprintf("in saved query %s, %d:%d: %s", c.saved[len(c.saved)-1], line, col, d.Message)
		d.Span, d.Notes, d.Fix = *c.inSaved, nil, nil
	}
	if d.Severity == diag.Error {
		c.errors++
	}
	c.diags = append(c.diags, d)
}

func (c *compiler) errorf(code string, at diag.Span, format string, args ...any) {
	c.report(diag.Errorf(code, at, format, args...))
}

func (c *compiler) reportAll(l diag.List) {
	for _, d := range l {
		c.report(d)
	}
}

// declare collects the parameters of a query and their defaults: a default given
// in one place holds in all.
func (c *compiler) declare(q *cql.Query) []Parameter {
	var out []Parameter
	use := func(name string) int {
		i := slices.IndexFunc(out, func(x Parameter) bool { return x.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, Parameter{Name: name})
		}
		return i
	}
	cql.Walk(q, func(n cql.Node) bool {
		var p *cql.Parameter
		switch n := n.(type) {
		case *cql.Parameter:
			p = n
		case *cql.Pattern:
			p = n.Param
		case *cql.Call:
			if name, ok := c.namedParameter(n); ok {
				use(name)
			}
		}
		if p == nil {
			return true
		}
		i := use(p.Name)
		if p.HasDefault && !out[i].HasDefault {
			out[i].Default, out[i].HasDefault = p.Default, true
			c.defaults[p.Name] = p.Default
		}
		return true
	})
	return out
}

// namedParameter finds the parameter of the query that a call such as
// beta:param() names.
func (c *compiler) namedParameter(call *cql.Call) (string, bool) {
	fn := function.Lookup(call.Name)
	if fn == nil {
		return "", false
	}
	for _, a := range call.Args {
		name := fn.Unnamed
		if a.Name != nil {
			name = a.Name.Text
		}
		p := fn.Param(name)
		if p == nil || p.Kind != function.ParameterName {
			continue
		}
		switch v := a.Value.(type) { // another ?parameter that gives the name has no value yet
		case *cql.FieldRef, *cql.String, *cql.Word, *cql.Number:
			return c.text(v)
		}
	}
	return "", false
}

// parameter gives the values of ?name.
func (c *compiler) parameter(p *cql.Parameter) []string {
	if v, ok := c.args[p.Name]; ok {
		return v
	}
	if c.inSaved == nil {
		if v, ok := c.env.Parameters[p.Name]; ok {
			return v
		}
	}
	if v, ok := c.defaults[p.Name]; ok {
		return []string{v}
	}
	if c.env.Check {
		return []string{"*"}
	}
	if !c.missing[p.Name] {
		if c.missing == nil {
			c.missing = map[string]bool{}
		}
		c.missing[p.Name] = true
		c.report(diag.Errorf("missing-parameter-value", p.Span(), "the parameter ?%s has no value and no default", p.Name).
			WithHelp("give it with --param %s=VALUE, or write ?{%s=DEFAULT}", p.Name, p.Name))
	}
	return []string{""}
}

// query compiles a whole query of its own.
func (c *compiler) query(p *cql.Pipeline, before *flow) *plan.Plan {
	pl := &plan.Plan{}
	timed := c.timed
	c.timed = false
	sc := &scope{kind: topLevel, out: function.NewPipeline(pl, &c.subs), flow: newFlow(), aggs: map[plan.Stage]*function.Agg{}}
	sc.out.Subquery = len(c.around) > 0
	c.pipeline(p, sc)
	pl.Stages, pl.Timed = sc.out.Stages, c.timed
	c.timed = timed
	for i := len(pl.Stages) - 1; i >= 0; i-- {
		if a, ok := pl.Stages[i].(*plan.Aggregate); ok {
			pl.Ordered = pl.Ordered || a.Ordered
			break
		}
		if _, ok := pl.Stages[i].(*plan.Sequence); ok {
			pl.Ordered = true
		}
	}
	return pl
}

// subquery compiles a query that is an argument. It sees the tables of the one
// that it stands in.
func (c *compiler) subquery(p *cql.Pipeline, sc *scope) *plan.Plan {
	if sc == nil || sc.out.Plan == nil {
		return c.query(p, nil)
	}
	c.around = append(c.around, sc.out.Plan)
	defer func() { c.around = c.around[:len(c.around)-1] }()
	return c.query(p, nil)
}

func isAggregate(s plan.Stage) bool {
	_, ok := s.(*plan.Aggregate)
	return ok
}

// addTail appends the tail(200) of a query without an aggregate.
func (c *compiler) addTail(pl *plan.Plan, at diag.Span) {
	tail := function.Lookup("tail")
	if tail == nil {
		return
	}
	call := c.bindTexts(tail, at, map[string]string{"limit": implicitTail})
	if call == nil {
		return
	}
	if agg := c.aggregate(call); agg != nil {
		agg.Call = "tail(" + implicitTail + ")"
		pl.Stages = append(pl.Stages, aggregateStage(agg))
		pl.Ordered = true
	}
}

// finish works out what a plan needs of its source, once its stages are known.
func (c *compiler) finish(pl *plan.Plan) {
	plan.Optimize(pl)
	for _, s := range pl.Subs {
		c.finish(s.Plan)
	}
}

func aggregateStage(a *function.Agg) *plan.Aggregate {
	e := a.Reads
	if !a.Passes() {
		e.Keeps, e.Drops = nil, nil
		e.Writes = a.Outputs
		e.WritesUnknown = a.Outputs == nil
	}
	return &plan.Aggregate{Name: cmp.Or(a.Call, a.Name), Span: a.At, New: a.New, Effects: e, Columns: a.Outputs, Ordered: a.Ordered, FreeText: a.FreeText}
}
