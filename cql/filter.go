package cql

import (
	"strings"

	"harrier/diag"
)

// filter reads a condition; nil when none could be read.
func (p *parser) filter() Filter {
	start := p.i
	f := p.orFilter()
	if f == nil {
		return nil
	}
	and := &AndFilter{Terms: []Filter{f}}
	for !p.bad {
		p.skip()
		explicit := false
		if w := p.operatorWord("and"); w != "" {
			p.move(p.i + len(w))
			p.skip()
			explicit = true
		} else if !p.operandFollows() {
			break
		}
		t := p.orFilter()
		if t == nil {
			break
		}
		and.Terms = append(and.Terms, t)
		and.Explicit = append(and.Explicit, explicit)
	}
	if len(and.Terms) == 1 {
		return f
	}
	and.Pos = p.pos(start)
	return and
}

func (p *parser) orFilter() Filter {
	start := p.i
	f := p.notFilter()
	if f == nil {
		return nil
	}
	or := &OrFilter{Terms: []Filter{f}}
	for !p.bad {
		p.skip()
		if p.has("||") {
			at := diag.Span{Start: p.i, End: p.i + 2}
			p.report(diag.Errorf("syntax", at, "`||` is no operator of CQL").WithFix(true, "write or", diag.Edit{Span: at, Text: "or"}))
			p.move(p.i + 2)
			break
		}
		w := p.operatorWord("or")
		if w == "" {
			break
		}
		p.move(p.i + len(w))
		p.skip()
		t := p.notFilter()
		if t == nil {
			break
		}
		or.Terms = append(or.Terms, t)
	}
	if len(or.Terms) == 1 {
		return f
	}
	or.Pos = p.pos(start)
	return or
}

// operatorWord gives the keyword op as it is written here, in any case; "" when
// it is not here or is the name of a field.
func (p *parser) operatorWord(op string) string {
	w := p.keyword()
	if !strings.EqualFold(w, op) || p.isField(p.i+len(w)) {
		return ""
	}
	if w != strings.ToLower(w) && w != strings.ToUpper(w) {
		at := diag.Span{Start: p.i, End: p.i + len(w)}
		p.unportable(diag.Warningf("keyword-case", at, "keywords are written in lower case").
			WithFix(true, "write "+op, diag.Edit{Span: at, Text: op}))
	}
	return w
}

// isField tells whether what stands before offset i is a field since a
// comparison or assignment follows it.
func (p *parser) isField(i int) bool {
	rest := p.src[p.look(i):]
	switch {
	case strings.HasPrefix(rest, "=>"):
		return false
	case strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "!=") || strings.HasPrefix(rest, "<") ||
		strings.HasPrefix(rest, ">") || strings.HasPrefix(rest, ":="):
		return true
	}
	return false
}

// operandFollows tells whether something follows that a filter may begin with.
func (p *parser) operandFollows() bool {
	if p.eof() {
		return false
	}
	switch c := p.peek(); c {
	case '|', ';', '}', ')', ']', ',', '=', '<', '>', '$', '{', '[', '`':
		return false
	case '!':
		return p.at(1) != '='
	case '(', '"', '/', '?', '\'':
		return true
	}
	_, ok := scanWord(p.src, p.i, false)
	return ok && p.operatorAt("or") == ""
}

// operatorAt is operatorWord without its diagnostics.
func (p *parser) operatorAt(op string) string {
	w := p.keyword()
	if !strings.EqualFold(w, op) || p.isField(p.i+len(w)) {
		return ""
	}
	return w
}

func (p *parser) notFilter() Filter {
	start := p.i
	n := 0
	switch {
	case p.has("!") && p.at(1) != '=':
		n = 1
	default:
		n = len(p.operatorWord("not"))
	}
	if n == 0 {
		return p.operand()
	}
	if !p.enter() {
		return nil
	}
	defer p.leave()
	p.move(p.i + n)
	p.skip()
	x := p.notFilter()
	if x == nil {
		return nil
	}
	return &NotFilter{p.pos(start), x}
}

// operand reads a comparison, a call, free text or a condition in parentheses.
func (p *parser) operand() Filter {
	start := p.i
	switch c := p.peek(); c {
	case '(':
		return p.paren()
	case '/':
		return p.regexFilter()
	case '?':
		v := p.parameter()
		if v == nil {
			return nil
		}
		return &FreeText{p.pos(start), &Pattern{Pos: v.Pos, Kind: ParamText, Param: v}}
	case '\'':
		text := p.apostrophes()
		return &FreeText{p.pos(start), &Pattern{Pos: p.pos(start), Kind: QuotedText, Text: text}}
	case '"':
		text := p.quoted()
		if p.bad {
			return &FreeText{p.pos(start), &Pattern{Pos: p.pos(start), Kind: QuotedText, Text: text}}
		}
		if f, ok := p.afterField(FieldName{Pos: p.pos(start), Text: text, Style: Quoted}); ok {
			return f
		}
		return &FreeText{Pos{diag.Span{Start: start, End: p.end}}, &Pattern{Pos: p.pos(start), Kind: QuotedText, Text: text}}
	}
	for _, op := range []string{"and", "or", "like"} {
		if w := p.operatorAt(op); w != "" {
			d := diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + len(w)}, "a condition is missing before `%s`", w)
			if op == "like" {
				d = d.WithHelp("negation stands before the field: not field like text")
			}
			p.report(d)
			return nil
		}
	}
	if end, name, ok := p.callName(); ok {
		call := p.call(name, end)
		return &CallFilter{p.pos(start), call}
	}
	if end, ok := scanName(p.src, p.i); ok {
		word, _ := scanWord(p.src, p.i, false)
		if end >= word {
			p.move(end)
			if f, ok := p.afterField(FieldName{Pos: p.pos(start), Text: p.src[start:end]}); ok {
				return f
			}
			p.i, p.end = start, start
		}
	}
	return p.text()
}

func (p *parser) paren() Filter {
	start := p.i
	if !p.enter() {
		return nil
	}
	defer p.leave()
	p.move(p.i + 1)
	p.skip()
	if p.has("|") {
		p.unexpected("a condition")
		return nil
	}
	x := p.filter()
	if x == nil {
		p.recoverBehind(')')
		return nil
	}
	p.skip()
	if !p.bad && !p.take(")") {
		switch {
		case p.eof():
			p.unclosed(start, "this parenthesis is not closed")
		case p.has("|"):
			p.report(diag.Errorf("syntax", diag.Span{Start: p.i, End: p.i + 1}, "parentheses hold one condition, not a pipeline").
				WithNote(diag.Span{Start: start, End: start + 1}, "they begin here"))
		default:
			p.unexpected("`)`")
		}
	}
	if p.bad {
		p.recoverBehind(')')
	}
	return &ParenFilter{p.pos(start), x}
}

func (p *parser) regexFilter() Filter {
	start := p.i
	re := p.regex()
	return &FreeText{p.pos(start), re}
}

// text reads a word that is searched for.
func (p *parser) text() Filter {
	start := p.i
	end, ok := scanWord(p.src, p.i, false)
	if !ok {
		p.unexpected("a condition")
		return nil
	}
	word := p.src[start:end]
	if p.isField(end) && !p.bad {
		at := diag.Span{Start: start, End: end}
		p.report(diag.Errorf("syntax", at, "the field name %s needs quotes, since it has a character that names do not have", word).
			WithFix(true, "quote it", diag.Edit{Span: at, Text: QuoteString(word)}))
		return nil
	}
	if !p.wholeWord(start, end) {
		return nil
	}
	p.move(end)
	switch {
	case strings.EqualFold(word, "true") && word == strings.ToLower(word):
		return &BoolFilter{p.pos(start), true}
	case strings.EqualFold(word, "false") && word == strings.ToLower(word):
		return &BoolFilter{p.pos(start), false}
	}
	return &FreeText{p.pos(start), &Pattern{Pos: p.pos(start), Text: word}}
}

// wholeWord reports a pattern that the grammar does not allow unquoted.
func (p *parser) wholeWord(start, end int) bool {
	if !strings.HasSuffix(p.src[start:end], "//") {
		return true
	}
	at := diag.Span{Start: start, End: end}
	p.report(diag.Errorf("syntax", at, "a pattern that ends in two slashes needs quotes").
		WithFix(true, "quote it", diag.Edit{Span: at, Text: QuoteString(p.src[start:end])}))
	return false
}

// afterField reads the rest of a comparison behind its field. ok is false, and
// nothing is read, when none follows.
func (p *parser) afterField(name FieldName) (f Filter, ok bool) {
	back := p.i
	start := name.At.Start
	p.skip()
	op := p.i
	opSpan := func() diag.Span { return diag.Span{Start: op, End: p.end} }
	compare := func(c CompareOp, written string) (Filter, bool) {
		at := opSpan()
		p.skip()
		v := p.pattern("a value to compare with")
		if v == nil {
			return nil, true
		}
		return &Comparison{Pos: p.pos(start), Field: name, Op: c, OpSpan: at, Written: written, Value: v}, true
	}
	switch {
	case p.has("=>") || p.has("<=>"):
	case p.take("=~"):
		return p.fieldCall(name), true
	case p.take("=="):
		at := opSpan()
		p.unportable(diag.Warningf("double-equals", at, "`==` compares in expressions; a filter has `=`").
			WithFix(true, "write =", diag.Edit{Span: at, Text: "="}))
		return compare(Eq, "==")
	case p.take("="):
		return compare(Eq, "")
	case p.take("!="):
		return compare(Ne, "")
	case p.take("!~"):
		at := opSpan()
		p.report(diag.Errorf("syntax", at, "`!~` is no operator of CQL").
			WithFix(true, "write != before the regular expression", diag.Edit{Span: at, Text: "!="}))
		return nil, true
	case p.take("<>"):
		at := opSpan()
		p.unportable(diag.Warningf("angle-not-equal", at, "`<>` is not in the grammar of CQL").
			WithFix(true, "write !=", diag.Edit{Span: at, Text: "!="}))
		return compare(Ne, "<>")
	case p.take("<="):
		return compare(Le, "")
	case p.take("<"):
		return compare(Lt, "")
	case p.take(">="):
		return compare(Ge, "")
	case p.take(">"):
		return compare(Gt, "")
	default:
		if w := p.operatorAt("like"); w != "" && p.likeFollows(p.i+len(w)) {
			p.operatorWord("like")
			p.move(p.i + len(w))
			return compare(Like, "")
		}
		if f, ok := p.inList(name); ok {
			return f, true
		}
	}
	p.i = back
	p.end = back
	return nil, false
}

// likeFollows tells whether a pattern follows `like` at offset i.
func (p *parser) likeFollows(i int) bool {
	j := p.look(i)
	if j >= len(p.src) {
		return false
	}
	c := p.src[j]
	if c == '"' || c == '/' || c == '?' || c == '\'' {
		return true
	}
	_, ok := scanWord(p.src, j, false)
	return ok
}

// fieldCall reads what follows `=~`.
func (p *parser) fieldCall(name FieldName) Filter {
	op := p.span(name.At.End)
	p.skip()
	not := false
	if p.has("!") {
		p.move(p.i + 1)
		not = true
	} else if w := p.operatorAt("not"); w != "" {
		p.move(p.i + len(w))
		not = true
	}
	p.skip()
	if end, n, ok := p.callName(); ok {
		call := p.call(n, end)
		return &FieldCall{p.pos(name.At.Start), name, not, call}
	}
	at := diag.Span{Start: op.End - 2, End: op.End}
	d := diag.Errorf("syntax", at, "`=~` is followed by a function, as in %s =~ cidr(subnet=\"10.0.0.0/8\")", name.Text)
	if p.has("/") {
		d.Message = "`=~` takes a function; a regular expression follows `=`"
		d = d.WithFix(true, "write =", diag.Edit{Span: at, Text: "="})
	}
	p.report(d)
	return nil
}

// inList reads `in [...]` and `not in [...]`, which only the harrier dialect
// has, and reports `in (a, b)`.
func (p *parser) inList(name FieldName) (Filter, bool) {
	op := p.i
	j := op
	not := false
	if p.has("!") {
		not, j = true, p.look(op+1)
	} else if w := p.keyword(); strings.EqualFold(w, "not") {
		not, j = true, p.look(op+len(w))
	}
	w := keywordAt(p.src, j)
	if !strings.EqualFold(w, "in") {
		// keywordAt takes brackets that follow directly for part of the word.
		if len(p.src) < j+2 || !strings.EqualFold(p.src[j:j+2], "in") || j+2 >= len(p.src) || p.src[j+2] != '[' {
			return nil, false
		}
		w = p.src[j : j+2]
	}
	k := p.look(j + len(w))
	if k >= len(p.src) || p.src[k] != '[' && p.src[k] != '(' {
		return nil, false
	}
	opSpan := diag.Span{Start: op, End: j + len(w)}
	if p.src[k] == '(' {
		end, sql := sqlList(p.src, k)
		if !sql {
			return nil, false
		}
		bang := ""
		if not {
			bang = "!"
		}
		p.report(diag.Errorf("in-operator", opSpan, "`%s` is a function of CQL, not an operator", strings.ToLower(w)).
			WithFix(true, "call it", diag.Edit{
				Span: diag.Span{Start: name.At.Start, End: end},
				Text: bang + "in(field=" + p.src[name.At.Start:name.At.End] + ", values=[" + p.src[k+1:end-1] + "])",
			}))
		p.move(end)
		return nil, true
	}
	p.i = k
	list, ok := p.array().(*ArrayExpr)
	if !ok {
		return nil, true
	}
	f := &InList{p.pos(name.At.Start), name, not, opSpan, list}
	bang := ""
	if not {
		bang = "!"
	}
	p.unportable(diag.Warningf("in-operator", opSpan, "`%s` is not an operator in LogScale, which rejects this", strings.TrimSpace(p.src[op:j+len(w)])).
		WithFix(true, "call the function in()", diag.Edit{
			Span: f.At,
			Text: bang + "in(field=" + fieldText(name) + ", values=" + p.src[list.At.Start:list.At.End] + ")",
		}))
	return f, true
}

// fieldText writes a name as an argument: a # or other prefix is fine in quotes
// and rejected by some without.
func fieldText(n FieldName) string {
	if n.Style == Bare && !strings.HasPrefix(n.Text, "#") {
		return n.Text
	}
	return QuoteString(n.Text)
}

// sqlList tells whether the parentheses at offset i hold a plain list, as in
// SQL, and where they end.
func sqlList(s string, i int) (end int, ok bool) {
	n := strings.IndexByte(s[i:], ')')
	if n < 0 || strings.ContainsAny(s[i+1:i+n], "=[({") {
		return 0, false
	}
	return i + n + 1, true
}

// pattern reads the right side of a comparison or a guard; nil when there is
// none.
func (p *parser) pattern(want string) *Pattern {
	start := p.i
	switch p.peek() {
	case '"':
		text := p.quoted()
		return &Pattern{Pos: p.pos(start), Kind: QuotedText, Text: text}
	case '\'':
		text := p.apostrophes()
		return &Pattern{Pos: p.pos(start), Kind: QuotedText, Text: text}
	case '/':
		return p.regex()
	case '?':
		v := p.parameter()
		if v == nil {
			return nil
		}
		return &Pattern{Pos: v.Pos, Kind: ParamText, Param: v}
	}
	end, ok := scanWord(p.src, p.i, false)
	if !ok {
		p.unexpected(want)
		return nil
	}
	if !p.wholeWord(start, end) {
		return nil
	}
	p.move(end)
	return &Pattern{Pos: p.pos(start), Text: p.src[start:end]}
}

// portableCalls reports calls that are part of a condition: in LogScale a call
// is a step of its own, negated at most.
func (p *parser) portableCalls(f Filter) {
	warn := func(t Filter, d diag.Diagnostic) {
		bare := t
		for {
			n, ok := bare.(*NotFilter)
			if !ok {
				break
			}
			bare = n.X
		}
		switch bare.(type) {
		case *CallFilter, *FieldCall:
			p.unportable(d)
		}
	}
	var inside func(f Filter)
	inside = func(f Filter) {
		switch f := f.(type) {
		case *AndFilter:
			for _, t := range f.Terms {
				warn(t, diag.Warningf("call-in-filter", t.Span(), "LogScale takes a call as a step of its own, not as part of a condition"))
				inside(t)
			}
		case *OrFilter:
			for _, t := range f.Terms {
				warn(t, diag.Warningf("call-in-filter", t.Span(), "LogScale takes a call as a step of its own, not as part of a condition").
					WithHelp("the portable form of `or` is case { first; second }"))
				inside(t)
			}
		case *ParenFilter:
			inside(f.X)
		case *NotFilter:
			inside(f.X)
		}
	}
	and, ok := f.(*AndFilter)
	if !ok {
		inside(f)
		return
	}
	for i, t := range and.Terms {
		at := diag.Span{Start: t.Span().Start, End: t.Span().Start}
		if i == 0 && len(and.Terms) > 1 {
			at = diag.At(t.Span().End)
		}
		d := diag.Warningf("call-in-filter", t.Span(), "LogScale takes a call as a step of its own, not as part of a condition")
		if i > 0 && and.Explicit[i-1] {
			d = d.WithHelp("put a `|` in place of `and`")
		} else if i == 0 && and.Explicit[0] {
			d = d.WithHelp("put a `|` in place of `and`")
		} else if i == 0 {
			d = d.WithFix(true, "put a bar behind it", diag.Edit{Span: at, Text: " |"})
		} else {
			d = d.WithFix(true, "put a bar before it", diag.Edit{Span: at, Text: "| "})
		}
		warn(t, d)
		inside(t)
	}
}
