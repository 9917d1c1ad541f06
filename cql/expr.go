package cql

import (
	"strconv"
	"strings"

	"harrier/diag"
)

// expression reads a comparison or what binds tighter. It never gives nil.
func (p *parser) expression() Expr {
	if !p.enter() {
		p.leave()
		return &BadExpr{Pos{diag.At(p.i)}}
	}
	defer p.leave()
	start := p.i
	x := p.additive()
	p.skip()
	op, n, ok := p.comparison()
	if !ok || p.bad {
		return x
	}
	at := diag.Span{Start: p.i, End: p.i + n}
	p.move(p.i + n)
	p.skip()
	y := p.additive()
	out := &Binary{p.pos(start), op, at, x, y}
	p.skip()
	if _, n, ok := p.comparison(); ok && !p.bad {
		p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + n}, "comparisons do not chain").
			WithHelp("put one of them in parentheses"))
	}
	return out
}

// comparison tells which comparison operator follows.
func (p *parser) comparison() (BinaryOp, int, bool) {
	switch {
	case p.has("<=>"):
		return LinkTo, 3, true
	case p.has("=="):
		return EqualTo, 2, true
	case p.has("!="):
		return NotEqual, 2, true
	case p.has("<="):
		return LessEqual, 2, true
	case p.has(">="):
		return GreaterEqual, 2, true
	case p.has("<"):
		return Less, 1, true
	case p.has(">"):
		return Greater, 1, true
	}
	return 0, 0, false
}

func (p *parser) additive() Expr {
	return p.chain(p.multiplicative, func(c byte) (BinaryOp, bool) {
		switch c {
		case '+':
			return Add, true
		case '-':
			return Sub, true
		}
		return 0, false
	})
}

func (p *parser) multiplicative() Expr {
	return p.chain(p.unary, func(c byte) (BinaryOp, bool) {
		switch c {
		case '*':
			return Mul, true
		case '/':
			return Div, true
		case '%':
			return Mod, true
		}
		return 0, false
	})
}

// maxChain bounds how many operators of one level follow each other, since each
// makes the tree deeper.
const maxChain = 1000

// chain reads operands joined by operators of one level, left to right.
func (p *parser) chain(operand func() Expr, op func(byte) (BinaryOp, bool)) Expr {
	start := p.i
	x := operand()
	for n := 1; !p.bad; n++ {
		p.skip()
		o, ok := op(p.peek())
		if !ok {
			return x
		}
		if n > maxChain {
			p.syntaxf(diag.At(p.i), "more than %d operators follow each other here", maxChain)
			return x
		}
		at := diag.Span{Start: p.i, End: p.i + 1}
		p.move(p.i + 1)
		p.skip()
		y := operand()
		x = &Binary{p.pos(start), o, at, x, y}
	}
	return x
}

func (p *parser) unary() Expr {
	start := p.i
	c := p.peek()
	if c != '-' && (c != '!' || p.at(1) == '=') {
		return p.primary()
	}
	if !p.enter() {
		p.leave()
		return &BadExpr{p.pos(start)}
	}
	defer p.leave()
	p.move(p.i + 1)
	p.skip()
	x := p.unary()
	return &Unary{p.pos(start), c, x}
}

func (p *parser) primary() Expr {
	start := p.i
	switch c := p.peek(); c {
	case '(':
		p.move(p.i + 1)
		p.skip()
		x := p.expression()
		p.skip()
		if !p.bad && !p.take(")") {
			if p.eof() {
				p.unclosed(start, "this parenthesis is not closed")
			} else {
				p.unexpected("an operator or `)`")
			}
		}
		if p.bad {
			p.recoverBehind(')')
		}
		return &ParenExpr{p.pos(start), x}
	case '{':
		return p.subquery(start, "", diag.Span{})
	case '[':
		return p.array()
	case '?':
		if v := p.parameter(); v != nil {
			return v
		}
		return &BadExpr{p.pos(start)}
	case '"':
		if s := p.multilineString(); s != nil {
			return s
		}
		text := p.quoted()
		if s := p.namedSubquery(start, text); s != nil {
			return s
		}
		return &String{p.pos(start), text}
	case '\'':
		text := p.apostrophes()
		return &String{p.pos(start), text}
	case '/':
		p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + 1}, "a regular expression cannot stand in an expression").
			WithHelp("use it in a filter, as in field = /.../, or give regex(\"...\") as a string"))
		return &BadExpr{p.pos(start)}
	}
	if end, ok := scanNumber(p.src, p.i); ok {
		p.move(end)
		text := p.src[start:end]
		v, _ := strconv.ParseFloat(text, 64)
		return &Number{p.pos(start), v, text}
	}
	if end, name, ok := p.callName(); ok {
		return p.call(name, end)
	}
	end, ok := scanName(p.src, p.i)
	if !ok {
		p.unexpected("a value")
		return &BadExpr{p.pos(start)}
	}
	word := p.src[start:end]
	p.move(end)
	if s := p.namedSubquery(start, word); s != nil {
		return s
	}
	switch word {
	case "true", "false":
		return &Bool{p.pos(start), word == "true"}
	}
	return &FieldRef{p.pos(start), word}
}

// multilineString reads a string that reaches over several lines, which the
// grammar does not have, where it can only be that: as a whole argument or
// element, with what may follow one behind it. A quote that was forgotten seldom
// leaves that, since it makes strings of what stands between strings. nil when
// the string ends on its line or nothing of the kind follows.
func (p *parser) multilineString() Expr {
	start := p.i
	i, lines := start+1, 0
	for ; i < len(p.src) && p.src[i] != '"'; i++ {
		switch p.src[i] {
		case '\\':
			if i+1 < len(p.src) && p.src[i+1] != '\n' {
				i++
			}
		case '\n':
			lines++
		}
	}
	if i >= len(p.src) || lines == 0 {
		return nil
	}
	switch j := p.look(i + 1); {
	case j >= len(p.src):
		return nil
	case p.src[j] != ',' && p.src[j] != ')' && p.src[j] != ']':
		return nil
	}
	text := unescape(p.src[start+1 : i])
	at := diag.Span{Start: start, End: i + 1}
	d := diag.Warningf("multiline-string", at, "this string reaches over %d lines, which the grammar of CQL does not allow", lines+1).
		WithFix(true, `write \n for its line breaks`, diag.Edit{Span: at, Text: QuoteString(text)})
	if p.dialect == LogScale {
		d.Code, d.Severity = "unterminated-string", diag.Error
		d.Span.End = start + 1
	}
	p.report(d)
	p.move(i + 1)
	return &String{p.pos(start), text}
}

// namedSubquery reads `: {...}` behind the name of a query; nil when something
// else follows.
func (p *parser) namedSubquery(start int, name string) Expr {
	j := p.look(p.i)
	if j >= len(p.src) || p.src[j] != ':' {
		return nil
	}
	k := p.look(j + 1)
	if k >= len(p.src) || p.src[k] != '{' {
		return nil
	}
	at := p.span(start)
	p.skip()
	p.move(j + 1)
	p.skip()
	return p.subquery(start, name, at)
}

func (p *parser) subquery(start int, name string, at diag.Span) Expr {
	open := p.i
	if !p.enter() {
		p.leave()
		return &BadExpr{p.pos(start)}
	}
	defer p.leave()
	p.move(p.i + 1)
	p.skip()
	if p.has("|") {
		p.move(p.i + 1)
		p.skip()
	}
	pl := p.pipeline(p.depth)
	p.skip()
	switch {
	case p.take("}"):
	case p.eof():
		p.unclosed(open, "this brace is not closed")
	default:
		p.unexpected("`|` or `}`")
	}
	if p.bad {
		p.recoverBehind('}')
	}
	return &Subquery{p.pos(start), name, at, pl}
}

// callName tells whether a call follows: a name and its parenthesis. end is
// where the parenthesis stands.
func (p *parser) callName() (end int, name string, ok bool) {
	i := p.i
	for {
		j := i
		for i < len(p.src) && (p.src[i]|0x20 >= 'a' && p.src[i]|0x20 <= 'z' || p.src[i] == '_' || i > j && isDigit(p.src[i])) {
			i++
		}
		if i == j {
			return 0, "", false
		}
		if i+1 < len(p.src) && p.src[i] == ':' && p.src[i+1] != '=' {
			i++
			continue
		}
		break
	}
	name = p.src[p.i:i]
	switch strings.ToLower(name) {
	case "not", "and", "or", "like", "case":
		return 0, "", false
	}
	if i < len(p.src) && p.src[i] == '(' {
		return i, name, true
	}
	// A word and a condition in parentheses may stand side by side; with a space
	// between them only the name of a function makes a call.
	if j := p.look(i); isFunction(name) && j < len(p.src) && p.src[j] == '(' {
		return j, name, true
	}
	return 0, "", false
}

// call reads a call whose name was found by callName.
func (p *parser) call(name string, end int) *Call {
	start := p.i
	p.move(start + len(name))
	c := &Call{Name: name, NameSpan: p.span(start)}
	p.skip()
	p.i = end
	c.Args = p.arguments()
	c.Pos = p.pos(start)
	return c
}

// arguments reads `(a, b=c)`.
func (p *parser) arguments() []*Arg {
	var args []*Arg
	p.list('(', ')', func() {
		args = append(args, p.argument())
	})
	return args
}

// array reads `[a, b]`.
func (p *parser) array() Expr {
	start := p.i
	a := &ArrayExpr{}
	p.list('[', ']', func() {
		a.Elems = append(a.Elems, p.element())
	})
	a.Pos = p.pos(start)
	return a
}

// list reads members between brackets, separated by commas.
func (p *parser) list(open, close byte, member func()) {
	start := p.i
	if !p.enter() {
		p.leave()
		return
	}
	defer p.leave()
	p.move(p.i + 1)
	for first := true; !p.bad; first = false {
		p.skip()
		switch {
		case p.peek() == close:
			p.move(p.i + 1)
			return
		case p.eof():
			p.unclosed(start, "this `%c` is not closed", open)
		case !first && p.src[p.end-1] != ',':
			p.unexpected("`,` or `" + string(close) + "`")
		case p.has(","):
			p.syntaxf(diag.Span{Start: p.i, End: p.i + 1}, "something is missing before this comma")
		default:
			member()
			p.skip()
		}
		if p.bad {
			break
		}
		if comma := p.i; p.take(",") {
			if j := p.look(p.i); j < len(p.src) && p.src[j] == close {
				at := diag.Span{Start: comma, End: comma + 1}
				p.report(diag.Warningf("trailing-comma", at, "nothing follows this comma").
					WithFix(true, "remove it", diag.Edit{Span: at}))
			}
		} else if p.peek() == close {
			p.move(p.i + 1)
			return
		}
	}
	p.recoverBehind(close)
}

// argument reads one argument of a call.
func (p *parser) argument() *Arg {
	start := p.i
	a := &Arg{}
	if name, ok := p.fieldName(); ok {
		j := p.look(p.i)
		if rest := p.src[j:]; strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "=~") {
			p.skip()
			p.move(j + 1)
			p.skip()
			a.Name = &name
		} else {
			p.i = start
		}
	}
	a.Value = p.value()
	a.Attrs = p.attributes()
	a.Pos = p.pos(start)
	return a
}

// attributes reads `name: value` behind a subquery of correlate().
func (p *parser) attributes() []*Attr {
	var out []*Attr
	for !p.bad {
		p.skip()
		start := p.i
		end, ok := scanName(p.src, p.i)
		if !ok {
			return out
		}
		j := p.look(end)
		if j >= len(p.src) || p.src[j] != ':' {
			return out
		}
		name := p.src[start:end]
		p.move(j + 1)
		p.skip()
		v := p.value()
		out = append(out, &Attr{p.pos(start), name, v})
	}
	return out
}

// element reads one member of an array.
func (p *parser) element() *Element {
	start := p.i
	e := &Element{}
	if name, ok := p.fieldName(); ok {
		if j := p.look(p.i); strings.HasPrefix(p.src[j:], ":=") {
			p.skip()
			p.move(j + 2)
			p.skip()
			e.Name = &name
			e.Value = p.expression()
			e.Pos = p.pos(start)
			return e
		}
		p.i = start
	}
	e.Value = p.value()
	e.Pos = p.pos(start)
	return e
}

// value reads an argument value: a bare word, whose meaning depends on the
// parameter, or an expression.
func (p *parser) value() Expr {
	start := p.i
	end, ok := scanWord(p.src, p.i, true)
	if !ok {
		return p.expression()
	}
	switch j := p.look(end); {
	case j < len(p.src) && (p.src[j] == ',' || p.src[j] == ')' || p.src[j] == ']'):
		return p.bareWord(end)
	case isDigit(p.src[start]) && end < len(p.src) && p.src[end] == ' ':
		// `1 hour`: a length of time may have a space in it.
		if k, ok := scanWord(p.src, j, false); ok && letters(p.src[j:k]) {
			if l := p.look(k); l < len(p.src) && (p.src[l] == ',' || p.src[l] == ')') {
				p.move(k)
				return &Word{Pos: p.pos(start), Text: p.src[start:k]}
			}
		}
	}
	return p.expression()
}

func letters(s string) bool {
	for _, c := range []byte(s) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return s != ""
}

// bareWord reads the word that reaches to end and is a whole argument.
func (p *parser) bareWord(end int) Expr {
	start := p.i
	text := p.src[start:end]
	if n, ok := scanNumber(p.src, start); ok && n == end {
		return p.primary()
	}
	if n, _ := scanName(p.src, start); n == end {
		p.move(end)
		switch text {
		case "true", "false":
			return &Bool{p.pos(start), text == "true"}
		}
		return &FieldRef{p.pos(start), text}
	}
	// On trial: is it an expression as well? The rest of the text is hidden, so that
	// it can only be the word.
	w := &Word{Text: text}
	t := &parser{src: p.src[:end], i: start, end: start, dialect: p.dialect, depth: p.depth, quiet: true}
	if x := t.expression(); !t.bad && t.i == end {
		w.Expr = x
	}
	p.move(end)
	w.Pos = p.pos(start)
	return w
}

// parameter reads `?name` or `?{name=default}`; nil when it cannot be read.
func (p *parser) parameter() *Parameter {
	start := p.i
	p.move(p.i + 1)
	if !p.has("{") {
		v := &Parameter{}
		if p.peek() == '"' {
			v.Name = p.quoted()
		} else if end, ok := scanName(p.src, p.i); ok {
			v.Name = p.src[p.i:end]
			p.move(end)
		} else {
			p.syntaxf(diag.Span{Start: start, End: start + 1}, "`?` begins a parameter, as in ?name; as a wildcard CQL has `*` only")
			return nil
		}
		v.Pos = p.pos(start)
		return v
	}
	p.move(p.i + 1)
	p.skip()
	v := &Parameter{Braced: true}
	word := func(what string) (string, bool, bool) {
		if p.peek() == '"' {
			return p.quoted(), true, true
		}
		if end, ok := scanWord(p.src, p.i, true); ok {
			w := p.src[p.i:end]
			p.move(end)
			return w, false, true
		}
		p.unexpected(what)
		return "", false, false
	}
	var ok bool
	if v.Name, _, ok = word("the name of a parameter"); !ok {
		return nil
	}
	p.skip()
	if p.take("=") {
		p.skip()
		if v.Default, v.Quoted, ok = word("the default of the parameter"); !ok {
			return nil
		}
		v.HasDefault = true
		p.skip()
	}
	if !p.bad && !p.take("}") {
		p.unexpected("`=` or `}`")
		return nil
	}
	v.Pos = p.pos(start)
	return v
}
