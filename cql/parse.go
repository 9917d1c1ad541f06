package cql

import (
	"strings"

	"harrier/diag"
)

// Dialect says which texts are accepted.
type Dialect uint8

// The dialects.
const (
	// Harrier reads what people write: what LogScale would reject though its
	// meaning is clear is a warning.
	Harrier Dialect = iota
	// LogScale rejects what the published grammar does not have.
	LogScale
)

// String gives the name used on the command line.
func (d Dialect) String() string {
	if d == LogScale {
		return "logscale"
	}
	return "harrier"
}

// maxDepth bounds how deep parentheses, braces and brackets nest.
const maxDepth = 200

// Parse reads a query. The tree is never nil; where the text could not be read
// it has Bad nodes, and the diagnostics say why. Names of functions, parameters
// and fields are not checked: that is done when the query is compiled.
func Parse(src string, dialect Dialect) (*Query, diag.List) {
	p := &parser{src: src, dialect: dialect}
	p.skip()
	if p.take("|") {
		p.skip()
	}
	q := &Query{Source: src, Pipeline: p.topLevel()}
	q.Pos = Pos{diag.Span{Start: 0, End: len(src)}}
	q.Comments = p.comments
	p.diags.Sort()
	return q, p.diags
}

// topLevel reads the whole text: a stray closing bracket does not end it.
func (p *parser) topLevel() *Pipeline {
	pl := p.pipeline(0)
	for !p.eof() {
		start := p.i
		p.bad = false
		if !p.diags.HasErrors() { // otherwise it likely belongs to what could not be read
			p.unexpected("`|` or the end of the query")
		}
		p.move(p.i + 1)
		p.skip()
		if p.i > start && p.peek() == '|' {
			p.move(p.i + 1)
			p.skip()
		}
		if p.eof() {
			break
		}
		p.bad = false
		quiet := p.quiet
		p.quiet = true // what follows was cut off from its beginning
		more := p.pipeline(0)
		p.quiet = quiet
		pl.Steps = append(pl.Steps, more.Steps...)
	}
	p.bad = false
	pl.Pos = Pos{diag.Span{Start: pl.At.Start, End: max(pl.At.Start, p.end)}}
	return pl
}

// pipeline reads steps up to a closing bracket, a semicolon or the end.
func (p *parser) pipeline(depth int) *Pipeline {
	start := p.i
	pl := &Pipeline{}
	if p.atEnd() {
		pl.Pos = Pos{diag.At(start)}
		return pl
	}
	for {
		pl.Steps = append(pl.Steps, p.step())
		p.skip()
		if !p.has("|") {
			break
		}
		bar := diag.Span{Start: p.i, End: p.i + 1}
		p.move(p.i + 1)
		p.skip()
		if p.atEnd() {
			p.bad = false
			p.report(diag.Errorf("syntax", bar, "nothing follows this `|`").
				WithFix(true, "remove it", diag.Edit{Span: bar}))
			p.bad = false
			break
		}
	}
	pl.Pos = p.pos(start)
	return pl
}

// atEnd tells whether a pipeline ends here.
func (p *parser) atEnd() bool {
	switch p.peek() {
	case 0:
		return p.eof()
	case ';', '}', ')', ']', ',':
		return true
	}
	return false
}

// step reads one stage and goes on to the `|` or the end behind it.
func (p *parser) step() Step {
	start := p.i
	p.bad = false
	s := p.readStep()
	p.skip()
	if !p.bad && !p.atEnd() && p.peek() != '|' {
		p.afterStep(s)
	}
	if p.bad {
		p.recover()
		if s == nil {
			s = &BadStep{p.pos(start)}
		}
	}
	p.bad = false
	return s
}

// afterStep reports what follows a complete step.
func (p *parser) afterStep(s Step) {
	if p.has("=>") {
		at := diag.Span{Start: p.i, End: p.i + 2}
		p.report(diag.Errorf("syntax", at, "`=>` belongs to `field match {...}`; a clause of `case` has its condition before a `|`").
			WithFix(true, "use a bar", diag.Edit{Span: at, Text: "|"}))
		return
	}
	if _, ok := s.(*AssignStep); ok {
		if p.has("=") {
			p.syntaxf(diag.Span{Start: p.i, End: p.i + 1}, "`=` is no operator of expressions; two values are compared with `==`")
			return
		}
		switch w := strings.ToLower(p.keyword()); w {
		case "and", "or":
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + len(w)}, "expressions have no `%s`", w).
				WithHelp("nest if(), or write a case {...}"))
			return
		}
		p.unexpected("an operator or `|`")
		return
	}
	p.unexpected("`|`")
}

// recover moves to the end of a step that could not be read.
func (p *parser) recover() {
	depth := 0
	for !p.eof() {
		c := p.peek()
		switch c {
		case '"':
			quiet, bad := p.quiet, p.bad
			p.quiet = true
			p.quoted()
			p.quiet, p.bad = quiet, bad
			continue
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return
			}
			depth--
		case '|', ';':
			if depth == 0 {
				return
			}
		}
		if i := p.i; isSpace(c) || p.has("//") && (i == 0 || p.src[i-1] != ':') || p.has("/*") {
			bad := p.bad
			p.skip()
			p.bad = bad
			if p.i > i {
				continue
			}
		}
		p.move(p.i + 1)
	}
}

// recoverBehind moves behind the bracket that closes what could not be read, if it
// stands in the same step.
func (p *parser) recoverBehind(close byte) {
	if p.recover(); p.peek() == close {
		p.move(p.i + 1)
	}
}

// unclosed reports a bracket without its partner at the end of the text: of
// several the innermost.
func (p *parser) unclosed(open int, format string, args ...any) {
	if !p.cut {
		p.syntaxf(diag.Span{Start: open, End: open + 1}, format, args...)
	}
	p.cut, p.bad = true, true
}

// enter counts a level of nesting; false when there are too many.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.syntaxf(diag.At(p.i), "the query nests more than %d levels deep", maxDepth)
		p.cut = true
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// readStep reads one stage; nil when none could be read.
func (p *parser) readStep() Step {
	start := p.i
	switch c := p.peek(); {
	case c == '|':
		p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + 1}, "a step is missing before this `|`").
			WithFix(false, "remove it", diag.Edit{Span: diag.Span{Start: p.i, End: p.i + 1}}))
		return nil
	case c == '[':
		return p.statsStep()
	case c == '$':
		return p.savedQueryStep()
	case c == '`':
		return p.backtickStep()
	}
	if s, ok := p.keywordStep(); ok {
		return s
	}
	if name, ok := p.stepField(); ok {
		return p.fieldStep(name)
	}
	p.i = start
	f := p.filter()
	if f == nil {
		return nil
	}
	if !p.bad {
		p.portableCalls(f)
	}
	return &FilterStep{p.pos(start), f}
}

// keywordStep reads `case {` and reports `match {` without a field.
func (p *parser) keywordStep() (Step, bool) {
	w := p.keyword()
	switch strings.ToLower(w) {
	case "case":
		if p.src[p.look(p.i+len(w)):] == "" || p.src[p.look(p.i+len(w))] != '{' {
			return nil, false
		}
		return p.caseStep(len(w)), true
	case "match":
		if j := p.look(p.i + len(w)); j < len(p.src) && p.src[j] == '{' {
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + len(w)}, "`match` needs the field it looks at in front: field match {...}").
				WithHelp("a choice by conditions is written case { condition | ...; * | ... }"))
			return nil, true
		}
	}
	return nil, false
}

// stepField reads a field name if `:=`, `<=>` or `match {` follows it.
func (p *parser) stepField() (FieldName, bool) {
	name, ok := p.fieldName()
	if !ok {
		return name, false
	}
	j := p.look(p.i)
	rest := p.src[j:]
	if strings.HasPrefix(rest, ":=") || strings.HasPrefix(rest, "<=>") {
		return name, true
	}
	if w := keywordAt(p.src, j); strings.EqualFold(w, "match") {
		if k := p.look(j + len(w)); k < len(p.src) && p.src[k] == '{' {
			return name, true
		}
	}
	return name, false
}

// fieldName reads a name or a string; it reports nothing and moves only when it
// finds one.
func (p *parser) fieldName() (FieldName, bool) {
	start := p.i
	if p.peek() == '"' {
		quiet, bad := p.quiet, p.bad
		p.quiet, p.bad = true, false
		text := p.quoted()
		failed := p.bad
		p.quiet, p.bad = quiet, bad
		if failed {
			p.i = start
			return FieldName{}, false
		}
		return FieldName{Pos: p.pos(start), Text: text, Style: Quoted}, true
	}
	end, ok := scanName(p.src, start)
	if !ok {
		return FieldName{}, false
	}
	p.move(end)
	return FieldName{Pos: p.pos(start), Text: p.src[start:end]}, true
}

// fieldStep reads what follows a name that stepField found.
func (p *parser) fieldStep(name FieldName) Step {
	start := name.At.Start
	p.skip()
	switch {
	case p.take(":="):
		p.skip()
		return p.assignment(start, name)
	case p.take("<=>"):
		p.skip()
		right, ok := p.fieldName()
		if !ok {
			p.unexpected("the field of the other query")
			return nil
		}
		return &LinkStep{p.pos(start), name, right}
	}
	return p.matchStep(start, name)
}

func (p *parser) assignment(start int, name FieldName) Step {
	if w := p.keyword(); strings.EqualFold(w, "case") {
		if j := p.look(p.i + len(w)); j < len(p.src) && p.src[j] == '{' {
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + len(w)}, "`case` is a step, not a value").
				WithHelp("assign inside its clauses: case { condition | %s := \"...\"; * | %s := \"...\" }", name.Text, name.Text))
			return nil
		}
	}
	v := p.expression()
	return &AssignStep{p.pos(start), name, v}
}

// backtickStep reads `key` := expression.
func (p *parser) backtickStep() Step {
	start := p.i
	n := strings.IndexAny(p.src[start+1:], "`\n")
	if n <= 0 || p.src[start+1+n] == '\n' {
		p.syntaxf(diag.Span{Start: start, End: start + 1}, "this backtick has no partner on its line")
		return nil
	}
	p.move(start + n + 2)
	name := FieldName{Pos: p.pos(start), Text: p.src[start+1 : start+1+n], Style: Backtick}
	p.skip()
	if !p.take(":=") {
		p.unexpected("`:=`")
		return nil
	}
	p.skip()
	return p.assignment(start, name)
}

func (p *parser) statsStep() Step {
	start := p.i
	e := p.array()
	a, ok := e.(*ArrayExpr)
	if !ok {
		return nil
	}
	return &StatsStep{p.pos(start), a}
}

// caseStep reads `case { clause; ... }`; n is the length of the keyword.
func (p *parser) caseStep(n int) Step {
	start := p.i
	p.move(p.i + n)
	p.skip()
	s := &CaseStep{}
	open := p.i
	p.move(p.i + 1)
	if !p.enter() {
		return nil
	}
	defer p.leave()
	for p.clause(open, "case") {
		s.Clauses = append(s.Clauses, p.pipeline(p.depth))
		if !p.clauseEnd() {
			return s
		}
	}
	s.Pos = p.pos(start)
	return s
}

// clause passes to the next clause of braces that began at open; false when
// there is none, and the braces are closed.
func (p *parser) clause(open int, what string) bool {
	for {
		p.skip()
		switch {
		case p.eof():
			p.unclosed(open, "the braces of this `%s` are not closed", what)
			return false
		case p.take("}"):
			return false
		case p.has(";") || p.has(","):
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + 1}, "a clause is missing before this `%c`", p.peek()).
				WithHelp("a clause that takes everything is written *"))
			p.bad = false
			p.move(p.i + 1)
		case p.has("|"):
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + 1}, "a clause cannot begin with `|`").
				WithFix(false, "begin with *, which takes every event", diag.Edit{Span: diag.At(p.i), Text: "* "}))
			p.bad = false
			p.move(p.i + 1)
		case p.has(")") || p.has("]"):
			p.unexpected("a clause or `}`")
			p.bad = false
			p.move(p.i + 1)
		default:
			return true
		}
	}
}

// clauseEnd passes the semicolon behind a clause.
func (p *parser) clauseEnd() bool {
	p.skip()
	if p.take(";") || p.peek() == '}' || p.eof() {
		return true
	}
	if p.has(",") {
		at := diag.Span{Start: p.i, End: p.i + 1}
		p.report(diag.Errorf("syntax", at, "clauses are separated by `;`, not by `,`").
			WithFix(true, "use a semicolon", diag.Edit{Span: at, Text: ";"}))
	} else {
		p.unexpected("`;` or `}`")
	}
	p.bad = false
	p.move(p.i + 1)
	return true
}

// matchStep reads `match { guard => pipeline; ... }` behind its field.
func (p *parser) matchStep(start int, field FieldName) Step {
	p.move(p.i + len("match"))
	p.skip()
	s := &MatchStep{Field: field}
	open := p.i
	p.move(p.i + 1)
	if !p.enter() {
		return nil
	}
	defer p.leave()
	for p.clause(open, "match") {
		p.bad = false
		if cl := p.matchClause(); cl != nil {
			s.Clauses = append(s.Clauses, cl)
		} else {
			p.recover()
			if p.peek() == '|' {
				p.move(p.i + 1)
				p.recoverClause()
			}
			p.bad = false
		}
		if !p.clauseEnd() {
			break
		}
	}
	s.Pos = p.pos(start)
	return s
}

// recoverClause moves to the end of a clause.
func (p *parser) recoverClause() {
	for p.recover(); p.peek() == '|'; p.recover() {
		p.move(p.i + 1)
	}
}

func (p *parser) matchClause() *MatchClause {
	start := p.i
	cl := &MatchClause{}
	if end, name, ok := p.callName(); ok {
		cl.Call = p.call(name, end)
	} else if cl.Pattern = p.pattern("a guard"); cl.Pattern == nil {
		return nil
	}
	p.skip()
	if p.bad {
		return nil
	}
	if !p.take("=>") {
		if p.peek() == '|' {
			at := diag.Span{Start: p.i, End: p.i + 1}
			p.report(diag.Errorf("syntax", at, "a guard of `match` is followed by `=>`").
				WithFix(true, "use an arrow", diag.Edit{Span: at, Text: "=>"}))
		} else {
			p.unexpected("`=>`")
		}
		return nil
	}
	p.skip()
	if p.atEnd() {
		p.report(diag.Errorf("syntax", diag.At(p.end), "nothing follows `=>`").WithHelp("to keep the event as it is write *"))
		return nil
	}
	cl.Pipeline = p.pipeline(p.depth)
	cl.Pos = p.pos(start)
	return cl
}

// savedQueryStep reads `$name(...)`.
func (p *parser) savedQueryStep() Step {
	start := p.i
	p.move(p.i + 1)
	s := &SavedQueryStep{}
	if p.peek() == '"' {
		s.Name, s.Quoted = p.quoted(), true
	} else if end, ok := scanWord(p.src, p.i, false); ok {
		s.Name = p.src[p.i:end]
		p.move(end)
	} else {
		p.unexpected("the name of a saved query")
		return nil
	}
	name := p.span(start)
	p.skip()
	if !p.has("(") {
		p.report(diag.Errorf("syntax", name, "a saved query is called with parentheses").
			WithFix(true, "add them", diag.Edit{Span: diag.At(name.End), Text: "()"}))
		return nil
	}
	s.Args = p.arguments()
	s.Pos = p.pos(start)
	return s
}
