package compile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"harrier/cql"
	"harrier/diag"
	"harrier/function"
	"harrier/internal/num"
	"harrier/internal/reltime"
	"harrier/plan"
)

// preset is an argument that stands outside the parentheses: `as` of `x := f()`
// and `field` of `x =~ f()`.
type preset struct {
	text string
	at   diag.Span
}

type presets map[string]preset

// bind reads the arguments of a call by the signature of its function; nil when
// something was reported as wrong.
func (c *compiler) bind(fn *function.Function, call *cql.Call, pre presets, sc *scope) *function.Call {
	b := &function.Call{Function: fn, Env: c.env, At: call.Span(), Args: map[string]*function.Arg{}, Syntax: call, Tables: c.tables(sc)}
	if sc != nil {
		b.Rows = sc.rows
		if fn.Stored && sc.out.Plan != nil {
			sc.out.Plan.FreeText = true
		}
	}
	before := c.errors
	unread := false // an argument could not be read, which the parser may have reported
	given := map[string]cql.Expr{}
	places := map[string]diag.Span{}
	var loose, queries []*cql.Arg
	rest := sc                    // where the next of the arguments with any name stands, behind what those before it write
	named := fn.Param(fn.Unnamed) // the parameter that takes queries with names, if the function has one
	if named != nil && named.Kind != function.NamedQueries {
		named = nil
	}
	for _, a := range call.Args {
		if named != nil && (a.Name == nil || a.Name.Text == named.Name) {
			queries = append(queries, a)
			continue
		}
		if len(a.Attrs) > 0 {
			c.errorf("unknown-attribute", a.Attrs[0].Span(), "`%s:` belongs to a query of correlate() and stands nowhere else", a.Attrs[0].Name)
		}
		if a.Name == nil {
			loose = append(loose, a)
			continue
		}
		p := fn.Param(a.Name.Text)
		switch {
		case p == nil && fn.Rest:
			x := c.expr(a.Value, rest)
			unread = unread || x == nil
			b.Others = append(b.Others, &function.Arg{Name: a.Name.Text, At: a.Span(), Given: true, Expr: x})
			rest = rest.behind(plan.Effect{MayWrite: []string{a.Name.Text}}, fn.Name+"()", a.Span())
		case p == nil:
			c.unknownParameter(fn, a.Name)
		case given[p.Name] != nil:
			c.errorf("duplicate-parameter", a.Span(), "%s() is given %s twice", fn.Name, p.Name)
		default:
			if p.Deprecated != "" {
				c.report(diag.Warningf("deprecated-parameter", a.Name.Span(), "the parameter %s of %s() is deprecated: use %s", p.Name, fn.Name, p.Deprecated))
			}
			given[p.Name], places[p.Name] = a.Value, a.Span()
		}
	}
	c.placeLoose(fn, loose, given, places)
	for name, v := range pre {
		p := fn.Param(name)
		if p == nil {
			c.errorf("unknown-parameter", v.at, "%s() has no parameter %s", fn.Name, name)
			continue
		}
		if given[name] != nil && v.text == hiddenField {
			c.report(diag.Warningf("conflicting-parameters", places[name], "%s of %s() has no effect, as the value is part of an expression", name, fn.Name))
		} else if given[name] != nil {
			what := "`:=`"
			if name == "field" {
				what = "`=~`"
			}
			c.errorf("duplicate-parameter", places[name], "%s() is given %s twice, here and by %s", fn.Name, name, what)
			continue
		}
		given[name], places[name] = &cql.String{Pos: cql.Pos{At: v.at}, Value: v.text}, v.at
	}
	for i := range fn.Params {
		p := &fn.Params[i]
		if p == named && len(queries) > 0 {
			a := &function.Arg{Name: p.Name, Given: true, At: queries[0].Span().Join(queries[len(queries)-1].Span())}
			a.Named = c.namedQueries(fn, queries, sc)
			b.Args[p.Name] = a
			continue
		}
		if e := given[p.Name]; e != nil {
			if a := c.argument(fn, p, e, sc); a != nil {
				a.Name, a.At, a.Given = p.Name, places[p.Name], true
				b.Args[p.Name] = a
			} else {
				unread = true
			}
			continue
		}
		if p.Required {
			c.errorf("missing-argument", call.Span(), "%s() needs %s", fn.Name, needed(p))
			continue
		}
		if p.Default != "" {
			b.Args[p.Name] = c.defaultArg(fn, p, call.Span(), sc)
		}
	}
	if unread || c.errors > before {
		return nil
	}
	return b
}

// bindTexts makes a call that no text asked for.
func (c *compiler) bindTexts(fn *function.Function, at diag.Span, args map[string]string) *function.Call {
	call := &cql.Call{Pos: cql.Pos{At: at}, Name: fn.Name, NameSpan: at}
	for name, v := range args {
		call.Args = append(call.Args, &cql.Arg{
			Pos: cql.Pos{At: at}, Name: &cql.FieldName{Pos: cql.Pos{At: at}, Text: name},
			Value: &cql.String{Pos: cql.Pos{At: at}, Value: v},
		})
	}
	b := c.bind(fn, call, nil, nil)
	if b != nil {
		b.Syntax = nil
	}
	return b
}

func needed(p *function.Param) string {
	switch p.Kind {
	case function.Field:
		return "a field: " + p.Name
	case function.Fields:
		return "fields: " + p.Name
	default:
		return "the argument " + p.Name
	}
}

func (c *compiler) unknownParameter(fn *function.Function, name *cql.FieldName) {
	names := make([]string, len(fn.Params))
	for i, p := range fn.Params {
		names[i] = p.Name
	}
	d := diag.Errorf("unknown-parameter", name.Span(), "%s() has no parameter %s", fn.Name, name.Text)
	if s := diag.Suggest(name.Text, names); s != "" {
		d.Message += "; did you mean " + s + "?"
		d = d.WithFix(false, "use "+s, diag.Edit{Span: name.Span(), Text: s})
	} else if len(names) > 0 {
		d = d.WithHelp("it has %s", strings.Join(names, ", "))
	}
	c.report(d)
}

// placeLoose gives the arguments without a name to their parameters (language
// reference section 8).
func (c *compiler) placeLoose(fn *function.Function, loose []*cql.Arg, given map[string]cql.Expr, places map[string]diag.Span) {
	if len(loose) == 0 {
		return
	}
	put := func(name string, a *cql.Arg) {
		if given[name] != nil {
			c.errorf("duplicate-parameter", a.Span(), "%s() is given %s twice", fn.Name, name)
			return
		}
		given[name], places[name] = a.Value, a.Span()
	}
	switch {
	case fn.Unnamed == "" && len(fn.Positional) == 0:
		c.errorf("too-many-unnamed", loose[0].Span(), "%s() takes no argument without a name", fn.Name)
	case len(loose) == 1 && fn.Unnamed != "":
		put(fn.Unnamed, loose[0])
	case len(loose) <= len(fn.Positional):
		free := slices.DeleteFunc(slices.Clone(fn.Positional), func(n string) bool { return given[n] != nil })
		for i, a := range loose {
			if i < len(free) {
				put(free[i], a)
			} else {
				put(fn.Positional[i], a)
			}
		}
	default:
		p := fn.Param(fn.Unnamed)
		if p == nil || p.Kind != function.Fields && p.Kind != function.Texts || slices.ContainsFunc(loose, func(a *cql.Arg) bool { return !isPlain(a.Value) }) {
			d := diag.Errorf("too-many-unnamed", loose[1].Span(), "%s() takes one argument without a name, and this is a second", fn.Name)
			if p != nil {
				d = d.WithHelp("the first is %s; write NAME=value for the others", fn.Unnamed)
			}
			c.report(d)
			return
		}
		// groupBy(a, b) is written, and understood as groupBy([a, b]).
		at := loose[0].Span().Join(loose[len(loose)-1].Span())
		arr := &cql.ArrayExpr{Pos: cql.Pos{At: at}}
		for _, a := range loose {
			arr.Elems = append(arr.Elems, &cql.Element{Pos: a.Pos, Value: a.Value})
		}
		d := diag.Warningf("several-unnamed", at, "%s() is given several arguments without a name, which not every version of LogScale takes", fn.Name)
		if c.env.Dialect == cql.LogScale {
			d.Code, d.Severity = "too-many-unnamed", diag.Error
		}
		if c.inSaved == nil && at.End <= len(c.source) {
			d = d.WithFix(true, "make it an array", diag.Edit{Span: diag.At(at.Start), Text: "["}, diag.Edit{Span: diag.At(at.End), Text: "]"})
		}
		c.report(d)
		put(fn.Unnamed, &cql.Arg{Pos: arr.Pos, Value: arr})
	}
}

func isPlain(e cql.Expr) bool {
	switch e.(type) {
	case *cql.FieldRef, *cql.String, *cql.Word, *cql.Number, *cql.Parameter:
		return true
	}
	return false
}

// defaultArg reads the default of a parameter.
func (c *compiler) defaultArg(fn *function.Function, p *function.Param, at diag.Span, sc *scope) *function.Arg {
	pos := cql.Pos{At: at}
	var e cql.Expr = &cql.String{Pos: pos, Value: p.Default}
	if p.Kind == function.Aggregates {
		q, problems := cql.Parse(p.Default, cql.LogScale)
		step, ok := q.Pipeline.Steps[0].(*cql.FilterStep)
		if !ok || problems.HasErrors() {
			panic("function: bad default of " + fn.Name + "." + p.Name)
		}
		call := step.Filter.(*cql.CallFilter).Call
		call.At, call.NameSpan = at, at
		e = call
	}
	a := c.argument(fn, p, e, nil)
	if a == nil {
		panic("function: bad default of " + fn.Name + "." + p.Name)
	}
	a.Name, a.At = p.Name, at
	return a
}

// text reads a word, a string, a number, a parameter: anything that stands for
// itself.
func (c *compiler) text(e cql.Expr) (string, bool) {
	switch e := e.(type) {
	case *cql.FieldRef:
		return e.Name, true
	case *cql.String:
		return e.Value, true
	case *cql.Number:
		return e.Text, true
	case *cql.Bool:
		return fmt.Sprint(e.Value), true
	case *cql.Word:
		return e.Text, true
	case *cql.Parameter:
		return c.parameter(e)[0], true
	case *cql.ParenExpr:
		return c.text(e.X)
	case *cql.Unary:
		if s, ok := c.text(e.X); ok && e.Op == '-' {
			return "-" + s, true
		}
	case *cql.Binary:
		// `span=1 hour`-like or a-b spellings that the parser read as an expression.
		if at := e.Span(); at.End <= len(c.source) && !strings.ContainsAny(c.source[at.Start:at.End], " \n\t(") {
			return c.source[at.Start:at.End], true
		}
	case *cql.ArrayExpr:
		if len(e.Elems) == 1 && e.Elems[0].Name == nil {
			return c.text(e.Elems[0].Value)
		}
	}
	return "", false
}

// texts reads an array of texts, or a single one.
func (c *compiler) texts(e cql.Expr) []string {
	out, _, _ := c.textList(e)
	return out
}

func (c *compiler) textList(e cql.Expr) (out []string, at []diag.Span, bad cql.Expr) {
	switch e := e.(type) {
	case *cql.ParenExpr:
		return c.textList(e.X)
	case *cql.ArrayExpr:
		for _, el := range e.Elems {
			if p, ok := el.Value.(*cql.Parameter); ok {
				for _, v := range c.parameter(p) {
					out, at = append(out, v), append(at, p.Span())
				}
				continue
			}
			s, ok := c.text(el.Value)
			if !ok || el.Name != nil {
				return nil, nil, el.Value
			}
			out, at = append(out, s), append(at, el.Span())
		}
		return out, at, nil
	case *cql.Parameter:
		for _, v := range c.parameter(e) {
			out, at = append(out, v), append(at, e.Span())
		}
		return out, at, nil
	}
	s, ok := c.text(e)
	if !ok {
		return nil, nil, e
	}
	return []string{s}, []diag.Span{e.Span()}, nil
}

// argument reads one argument by the kind of its parameter.
func (c *compiler) argument(fn *function.Function, p *function.Param, e cql.Expr, sc *scope) *function.Arg {
	if _, bad := e.(*cql.BadExpr); bad {
		return nil
	}
	a := &function.Arg{}
	switch p.Kind {
	case function.Fields, function.Texts:
		texts, at, bad := c.textList(e)
		if bad != nil {
			c.wrongKind(fn, p, bad, "names")
			return nil
		}
		a.Texts, a.Places, a.NoValues = texts, at, len(texts) == 0
		if p.Kind == function.Fields && !p.MayBeGone {
			for i, t := range texts {
				if !strings.Contains(t, "*") {
					c.readField(sc, t, at[i])
				}
			}
		}
		return a
	case function.Pairs, function.TextPairs:
		return c.pairs(fn, p, a, e, sc)
	case function.Expression:
		if a.Expr = c.expr(e, sc); a.Expr == nil {
			return nil
		}
		return a
	case function.Expressions:
		return c.expressions(a, e, sc)
	case function.Aggregates:
		outer := c.argumentOf
		c.argumentOf = fn
		aggs, ok := c.aggregates(e, scopeOr(sc, c))
		c.argumentOf = outer
		if !ok {
			return nil
		}
		a.Aggs, a.NoValues = aggs, len(aggs) == 0
		return a
	case function.Subpipeline, function.Condition, function.Query, function.Queries:
		return c.queryArgument(fn, p, a, e, sc)
	}
	s, ok := c.text(e)
	if !ok {
		c.wrongKind(fn, p, e, kindWord(p.Kind))
		return nil
	}
	a.Text = s
	return c.scalar(fn, p, a, e, sc)
}

// pairs reads [[a, b], [c, d]], or a single name where that is of use.
func (c *compiler) pairs(fn *function.Function, p *function.Param, a *function.Arg, e cql.Expr, sc *scope) *function.Arg {
	for {
		in, ok := e.(*cql.ParenExpr)
		if !ok {
			break
		}
		e = in.X
	}
	want := "pairs of names: [[a, b], [c, d]]"
	if p.Kind == function.TextPairs {
		want = kindWord(p.Kind)
	}
	arr, ok := e.(*cql.ArrayExpr)
	single := !ok || len(arr.Elems) == 1 && isPlain(arr.Elems[0].Value)
	switch {
	case single && p.Kind == function.TextPairs:
		c.wrongKind(fn, p, e, want)
		return nil
	case single:
		s, ok := c.text(e)
		if !ok {
			c.wrongKind(fn, p, e, kindWord(p.Kind))
			return nil
		}
		a.Text = s
		c.readField(sc, s, e.Span())
		return a
	}
	made := map[string]bool{} // names that an earlier pair gives
	a.Pairs = [][2]string{}
	for _, el := range arr.Elems {
		names, at, bad := c.textList(el.Value)
		if _, isArray := el.Value.(*cql.ArrayExpr); !isArray || bad != nil || el.Name != nil || len(names) != 2 {
			c.wrongKind(fn, p, el.Value, want)
			return nil
		}
		if !made[names[0]] && p.Kind == function.Pairs {
			c.readField(sc, names[0], at[0])
		}
		made[names[1]] = true
		a.Texts, a.Places, a.Pairs = append(a.Texts, names[0]), append(a.Places, at[0]), append(a.Pairs, [2]string{names[0], names[1]})
	}
	a.NoValues = len(a.Pairs) == 0
	return a
}

// scopeOr gives default arguments, which are compiled without a scope, an empty
// one.
func scopeOr(sc *scope, c *compiler) *scope {
	if sc != nil {
		return sc
	}
	return &scope{kind: topLevel, out: function.NewPipeline(nil, &c.subs), flow: newFlow()}
}

func kindWord(k function.Kind) string {
	switch k {
	case function.Field, function.NewField:
		return "the name of a field"
	case function.Num:
		return "a number"
	case function.Int:
		return "a whole number"
	case function.Bool:
		return "true or false"
	case function.Span:
		return "a length of time such as 5m or 1h"
	case function.Regex:
		return "a regular expression in quotes"
	case function.ArrayName:
		return "the name of an array such as \"ips[]\""
	case function.Pairs:
		return "the name of a field, or pairs of names: [[a, b], [c, d]]"
	case function.TextPairs:
		return "pairs of a number and a name: [[0, a], [1, b]]"
	case function.ParameterName:
		return "the name of a parameter of the query"
	case function.NamedQueries:
		return "queries with names: NAME: {...}"
	default:
		return "text"
	}
}

func (c *compiler) wrongKind(fn *function.Function, p *function.Param, e cql.Expr, want string) {
	d := diag.Errorf("wrong-kind", e.Span(), "%s of %s() wants %s", p.Name, fn.Name, want)
	if call, ok := e.(*cql.Call); ok {
		d = d.WithHelp("a call such as %s(...) cannot stand here; assign it to a field first", call.Name)
	}
	c.report(d)
}

// scalar reads the argument whose text is known.
func (c *compiler) scalar(fn *function.Function, p *function.Param, a *function.Arg, e cql.Expr, sc *scope) *function.Arg {
	bad := func(want string) *function.Arg {
		if _, param := e.(*cql.Parameter); param && c.env.Check && a.Text == "*" {
			return c.checkedValue(p, a)
		}
		code := "bad-value"
		if p.Kind == function.Num || p.Kind == function.Int {
			code = "not-a-number"
		}
		c.errorf(code, e.Span(), "%s of %s() wants %s, and %q is none", p.Name, fn.Name, want, a.Text)
		return nil
	}
	switch p.Kind {
	case function.Field:
		c.readField(sc, a.Text, e.Span())
	case function.Num, function.Int:
		if p.Kind == function.Int && p.Max != 0 && strings.EqualFold(a.Text, "max") {
			a.Number = p.Max
			return a
		}
		f, ok := num.Parse(a.Text)
		if !ok || p.Kind == function.Int && f != math.Trunc(f) {
			return bad(kindWord(p.Kind))
		}
		if p.Min != p.Max && (f < p.Min || f > p.Max) {
			c.errorf("bad-value", e.Span(), "%s of %s() is between %s and %s, and %s is not", p.Name, fn.Name, num.Format(p.Min), num.Format(p.Max), a.Text)
			return nil
		}
		a.Number = f
	case function.Bool:
		switch strings.ToLower(a.Text) {
		case "true":
			a.Bool = true
		case "false":
		default:
			return bad("true or false")
		}
	case function.Enum:
		i := slices.IndexFunc(p.Enum, func(v string) bool { return strings.EqualFold(v, a.Text) })
		if i < 0 {
			return bad("one of " + strings.Join(p.Enum, ", "))
		}
		a.Text = p.Enum[i]
	case function.Span:
		d, err := reltime.ParseDuration(a.Text)
		if err != nil {
			if strings.EqualFold(a.Text, p.Default) { // "auto"
				return a
			}
			return bad("a length of time such as 5m or 1h")
		}
		a.Span = d
	case function.Regex:
		a.Regex = a.Text
	case function.ParameterName:
		a.Texts = c.parameter(&cql.Parameter{Pos: cql.Pos{At: e.Span()}, Name: a.Text})
	}
	return a
}

// checkedValue stands in for a parameter whose value is only known when the
// query is run.
func (c *compiler) checkedValue(p *function.Param, a *function.Arg) *function.Arg {
	switch p.Kind {
	case function.Enum:
		a.Text = p.Enum[0]
	case function.Num, function.Int:
		a.Number = max(1, p.Min)
	case function.Span:
		a.Span = 3600e9
	}
	return a
}

func (c *compiler) expressions(a *function.Arg, e cql.Expr, sc *scope) *function.Arg {
	for {
		p, ok := e.(*cql.ParenExpr)
		if !ok {
			break
		}
		e = p.X
	}
	arr, ok := e.(*cql.ArrayExpr)
	if !ok {
		arr = &cql.ArrayExpr{Elems: []*cql.Element{{Value: e}}}
	}
	for _, el := range arr.Elems {
		x := c.expr(el.Value, sc)
		if x == nil {
			return nil
		}
		a.Exprs = append(a.Exprs, x)
	}
	a.NoValues = len(a.Exprs) == 0
	return a
}

// queryArgument reads `{ ... }` arguments.
func (c *compiler) queryArgument(fn *function.Function, p *function.Param, a *function.Arg, e cql.Expr, sc *scope) *function.Arg {
	var subs []*cql.Subquery
	var collect func(e cql.Expr) bool
	collect = func(e cql.Expr) bool {
		switch e := e.(type) {
		case *cql.ParenExpr:
			return collect(e.X)
		case *cql.Subquery:
			subs = append(subs, e)
			return true
		case *cql.ArrayExpr:
			for _, el := range e.Elems {
				if !collect(el.Value) {
					return false
				}
			}
			return p.Kind == function.Queries
		case *cql.Call: // a single function instead of a pipeline
			if p.Decides {
				e = tested(e)
			}
			subs = append(subs, &cql.Subquery{Pos: e.Pos, Pipeline: &cql.Pipeline{Pos: e.Pos, Steps: []cql.Step{
				&cql.FilterStep{Pos: e.Pos, Filter: &cql.CallFilter{Pos: e.Pos, Call: e}},
			}}})
			return true
		}
		return false
	}
	if !collect(e) || len(subs) == 0 {
		c.wrongKind(fn, p, e, "a subquery in braces: {...}")
		return nil
	}
	before := c.errors
	switch p.Kind {
	case function.Subpipeline:
		a.Pipe = c.subPipeline(subs[0], subPipe, sc)
	case function.Condition:
		a.Pipe = c.subPipeline(subs[0], condition, sc)
	case function.Query:
		a.Plan = c.subquery(subs[0].Pipeline, sc)
	case function.Queries:
		for _, s := range subs {
			a.Plans = append(a.Plans, c.subquery(s.Pipeline, sc))
		}
	}
	if c.errors > before {
		return nil
	}
	return a
}

// tested makes a filter of a call that gives a value.
func tested(call *cql.Call) *cql.Call {
	fn := function.Lookup(call.Name)
	if fn == nil || fn.IsFilter() || fn.NewMapper == nil || fn.Param("as") == nil {
		return call
	}
	return &cql.Call{Pos: call.Pos, Name: "test", NameSpan: call.NameSpan, Args: []*cql.Arg{{Pos: call.Pos, Value: call}}}
}
