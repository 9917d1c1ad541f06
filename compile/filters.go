package compile

import (
	"slices"
	"strconv"

	"harrier/cql"
	"harrier/diag"
	"harrier/event"
	"harrier/function"
	"harrier/internal/glob"
	"harrier/internal/num"
	"harrier/internal/rx"
	"harrier/plan"
)

// pred compiles a filter to a condition; nil when it was reported as wrong.
func (c *compiler) pred(f cql.Filter, sc *scope) plan.Pred {
	switch f := f.(type) {
	case *cql.AndFilter:
		return c.join(f.Terms, sc, func(t []plan.Pred) plan.Pred { return &plan.All{Terms: t} })
	case *cql.OrFilter:
		return c.join(f.Terms, sc, func(t []plan.Pred) plan.Pred { return &plan.Any{Terms: t} })
	case *cql.NotFilter:
		c.negatable(f.X)
		if x := c.pred(f.X, sc); x != nil {
			return &plan.Not{X: x}
		}
		return nil
	case *cql.ParenFilter:
		return c.pred(f.X, sc)
	case *cql.BoolFilter:
		return plan.Always(f.Value)
	case *cql.Comparison:
		return c.comparison(f, sc)
	case *cql.InList:
		return c.inList(f, sc)
	case *cql.FieldCall:
		p := c.callPred(f.Call, presets{"field": preset{f.Field.Text, f.Field.Span()}}, sc)
		if p != nil && f.Not {
			c.negatable(&cql.CallFilter{Pos: f.Pos, Call: f.Call})
			return &plan.Not{X: p}
		}
		return p
	case *cql.CallFilter:
		return c.callPred(f.Call, nil, sc)
	case *cql.FreeText:
		return c.freeText(f, sc)
	}
	return nil
}

func (c *compiler) join(terms []cql.Filter, sc *scope, make func([]plan.Pred) plan.Pred) plan.Pred {
	var out []plan.Pred
	for _, t := range terms {
		if p := c.pred(t, sc); p != nil {
			out = append(out, p)
		}
	}
	if len(out) < len(terms) {
		return nil // what is missing was reported
	}
	return make(out)
}

func (c *compiler) negatable(f cql.Filter) {
	if call, ok := f.(*cql.CallFilter); ok {
		if fn := function.Lookup(call.Call.Name); fn != nil && fn.NotNegatable {
			c.errorf("not-negatable", call.Span(), "%s() cannot be negated", fn.Name)
		}
	}
}

// comparison compiles `field op pattern` (language reference 5.2).
func (c *compiler) comparison(f *cql.Comparison, sc *scope) plan.Pred {
	field := f.Field.Text
	c.readField(sc, field, f.Field.Span())
	switch f.Op {
	case cql.Lt, cql.Le, cql.Gt, cql.Ge:
		return c.ordering(f)
	}
	var p plan.Pred
	if f.Value.Kind == cql.RegexText {
		re, _ := c.regex(f.Value)
		if re == nil {
			return nil
		}
		if f.Op != cql.Ne {
			c.noGroups(re, f.Value.Span())
		}
		p = regexTest(field, re)
	} else {
		p = c.patternTest(field, f.Value, f.Op == cql.Like)
	}
	if f.Op == cql.Ne {
		return &plan.Not{X: p}
	}
	return p
}

// noGroups reports named groups where they cannot become fields.
func (c *compiler) noGroups(re *rx.Regexp, at diag.Span) {
	if re.HasNamedGroups() {
		c.report(diag.Errorf("capture-not-top-level", at, "a named group makes a field only when its regular expression is a step of its own, not under `or` or `not`").
			WithHelp("put the expression between two bars, or make the group unnamed: (...)"))
	}
}

var orderOps = map[cql.CompareOp]string{cql.Lt: "<", cql.Le: "<=", cql.Gt: ">", cql.Ge: ">="}

func (c *compiler) ordering(f *cql.Comparison) plan.Pred {
	text := f.Value.Text
	if f.Value.Kind == cql.ParamText {
		text = c.parameter(f.Value.Param)[0]
		if c.env.Check && text == "*" {
			text = "0"
		}
	}
	n, ok := num.Parse(text)
	if !ok || f.Value.Kind == cql.RegexText {
		op := orderOps[f.Op]
		c.report(diag.Errorf("not-a-number", f.Value.Span(), "`%s` compares with a number, and %q is none", op, text).
			WithHelp("to compare two fields write test(%s %s %s)", f.Field.Text, op, text))
		return nil
	}
	return &plan.Compare{Field: f.Field.Text, Op: orderOps[f.Op], Bound: n}
}

// patternTest is the condition that a field's value fits a text pattern, a
// parameter's value, or one of its values.
func (c *compiler) patternTest(field string, p *cql.Pattern, unanchored bool) plan.Pred {
	texts := []string{p.Text}
	if p.Kind == cql.ParamText {
		texts = c.parameter(p.Param)
	}
	var out []plan.Pred
	for _, t := range texts {
		out = append(out, globTest(field, t, unanchored))
	}
	if len(out) == 1 {
		return out[0]
	}
	return &plan.Any{Terms: out}
}

func globTest(field, pattern string, unanchored bool) plan.Pred {
	g := glob.Compile(pattern, glob.Options{Unanchored: unanchored})
	if g.MatchesAll() {
		return &plan.Has{Field: field}
	}
	op := "= "
	if unanchored {
		op = "like "
	}
	t := &plan.Test{Field: field, Match: lift(g.Match), Shown: op + strconv.Quote(pattern)}
	if lit, ok := g.IsLiteral(); ok && !unanchored {
		t.Whole = &lit
		return t
	}
	for _, l := range g.Literals() {
		t.Needles = append(t.Needles, event.Needle{Text: l})
	}
	return t
}

func lift(f func(string) bool) func(string) (bool, error) {
	return func(s string) (bool, error) { return f(s), nil }
}

func regexTest(field string, re *rx.Regexp) *plan.Test {
	return &plan.Test{Field: field, Match: re.Match, Needles: function.RegexNeedles(re), Shown: "= /" + re.String() + "/" + re.Flags().String()}
}

// searchAllowed reports a search of all fields behind an aggregate.
func (c *compiler) searchAllowed(at diag.Span, advice string, sc *scope) bool {
	if sc == nil || !sc.rows || sc.uncertain {
		return true
	}
	c.report(diag.Errorf("freetext-after-aggregate", at, "free text cannot be searched behind an aggregate, where the events are gone").
		WithHelp("%s, or move the search in front of the aggregate", advice))
	return false
}

func (c *compiler) freeTextAllowed(f *cql.FreeText, sc *scope) bool {
	if p := f.Pattern; p.Kind == cql.ParamText {
		return c.searchAllowed(f.Span(), "write field=?"+p.Param.Name, sc)
	}
	return c.searchAllowed(f.Span(), "write field="+c.source[f.Pattern.At.Start:f.Pattern.At.End], sc)
}

// freeText compiles a pattern without a field.
func (c *compiler) freeText(f *cql.FreeText, sc *scope) plan.Pred {
	p := f.Pattern
	if p.Kind == cql.BareText && p.Text == "*" {
		return plan.Always(true)
	}
	if p.Kind == cql.BareText && function.Reserved(p.Text) {
		c.report(diag.Errorf("reserved-word", f.Span(), "`%s` is the name of a function and cannot be searched as it stands", p.Text).
			WithFix(false, "search for the word", diag.Edit{Span: p.At, Text: cql.QuoteString(p.Text)}).
			WithHelp("put it in quotes to search for the word, or write %s(...) to call the function", p.Text))
		return nil
	}
	if p.Kind == cql.BareText && p.Text == "case" {
		c.report(diag.Errorf("reserved-word", f.Span(), "`case` is a keyword and cannot be searched as it stands").
			WithFix(false, "search for the word", diag.Edit{Span: p.At, Text: cql.QuoteString(p.Text)}).
			WithHelp("put it in quotes to search for the word, or write case {...} to choose by conditions"))
		return nil
	}
	if p.Kind == cql.ParamText && p.Param.HasDefault && slices.Equal(c.parameter(p.Param), []string{"*"}) {
		return plan.Always(true) // a declaration such as ?{name="*"}
	}
	if !c.freeTextAllowed(f, sc) {
		return nil
	}
	if p.Kind == cql.RegexText {
		re, _ := c.regex(p)
		if re == nil {
			return nil
		}
		c.noGroups(re, p.Span())
		return &plan.Search{Match: re.Match, Skip: function.NotSearched, Needles: function.RegexNeedles(re), Shown: "= /" + re.String() + "/" + re.Flags().String()}
	}
	texts := []string{p.Text}
	if p.Kind == cql.ParamText {
		texts = c.parameter(p.Param)
	}
	var out []plan.Pred
	for _, t := range texts {
		g := glob.Compile(t, glob.Options{Unanchored: true})
		if g.MatchesAll() {
			return plan.Always(true)
		}
		s := &plan.Search{Match: lift(g.Match), Skip: function.NotSearched, Shown: "like " + strconv.Quote(t)}
		for _, l := range g.Literals() {
			s.Needles = append(s.Needles, event.Needle{Text: l})
		}
		out = append(out, s)
	}
	if len(out) == 1 {
		return out[0]
	}
	return &plan.Any{Terms: out}
}

// inList compiles `field in [..]` as the call in(field, values=[..]).
func (c *compiler) inList(f *cql.InList, sc *scope) plan.Pred {
	call := &cql.Call{Pos: f.Pos, Name: "in", NameSpan: f.OpSpan, Args: []*cql.Arg{{
		Pos:   cql.Pos{At: f.List.Span()},
		Name:  &cql.FieldName{Pos: cql.Pos{At: f.List.Span()}, Text: "values"},
		Value: f.List,
	}}}
	p := c.callPred(call, presets{"field": preset{f.Field.Text, f.Field.Span()}}, sc)
	if p != nil && f.Not {
		return &plan.Not{X: p}
	}
	return p
}

// callPred compiles a call as a condition.
func (c *compiler) callPred(call *cql.Call, pre presets, sc *scope) plan.Pred {
	fn := c.resolve(call)
	if fn == nil {
		return nil
	}
	if !fn.IsFilter() {
		if fn.IsAggregate() && !c.aggregateAllowed(fn.Name+"()", call.Span(), &scope{kind: condition}) {
			return nil
		}
		c.report(diag.Errorf("not-a-filter", call.NameSpan, "%s() is no filter and cannot be part of a condition", fn.Name).
			WithHelp("put it in a step of its own, between two bars"))
		return nil
	}
	b := c.bind(fn, call, pre, sc)
	if b == nil {
		return nil
	}
	b.Condition = true
	if fn.NewPred != nil {
		p, problems := fn.NewPred(b)
		c.reportAll(problems)
		if p == nil || problems.HasErrors() || plan.HasSearch(p) && !c.searchAllowed(call.Span(), "give the field", sc) {
			return nil
		}
		return p
	}
	var st *plan.Map
	if fn.Lower != nil {
		st = c.loweredStage(b, sc)
	} else {
		st = c.mapStage(b)
	}
	if st == nil {
		return nil
	}
	return &plan.Mapped{Name: st.Name, New: st.New, Effects: st.Effects, Needs: st.Where, Free: st.FreeText, Multiplies: st.Multiplies}
}
