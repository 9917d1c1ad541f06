package cql

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"harrier/diag"
)

// lineWidth is the number of characters past which a line is broken, where the
// grammar has a place to break it.
const lineWidth = 100

// Print writes a query in its one canonical form: a step a line, blocks
// indented by two, comments kept, no line break at the end. Parsing the result
// gives the same tree, and printing that the same text.
func Print(q *Query) string {
	p := &printer{src: q.Source, comments: q.Comments}
	p.steps(q.Pipeline.Steps)
	p.flush(len(q.Source) + 1)
	return strings.TrimRight(string(p.out), " \n")
}

// PrintNode writes a part of a tree, without comments.
func PrintNode(n Node) string {
	p := &printer{}
	p.node(n)
	return string(p.out)
}

// QuoteString writes text as a quoted string. Of the backslashes only those are
// doubled that would otherwise begin an escape.
func QuoteString(s string) string {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			out = append(out, `\"`...)
		case '\n':
			out = append(out, `\n`...)
		case '\t':
			out = append(out, `\t`...)
		case '\r':
			out = append(out, `\r`...)
		case '\\':
			out = append(out, c)
			if i+1 == len(s) || strings.IndexByte("\"\\ntr\n\t\r", s[i+1]) >= 0 {
				out = append(out, c)
			}
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

// printer writes a tree. What may take one line or several is first written
// flat, on trial; when that fails - the line is too long, a comment is in the
// way, a block needs lines of its own - it is written anew over several lines.
type printer struct {
	src      string
	comments []Comment // still to be written
	out      []byte
	indent   int
	flat     bool // on trial: everything must fit on this line
	failed   bool // the trial has failed
}

func (p *printer) write(parts ...string) {
	for _, s := range parts {
		p.out = append(p.out, s...)
	}
}

// line is what stands on the present line.
func (p *printer) line() string {
	return string(p.out[bytes.LastIndexByte(p.out, '\n')+1:])
}

// newline begins a line, unless the present one is still empty.
func (p *printer) newline() {
	p.failed = true
	i := len(p.out)
	for i > 0 && p.out[i-1] == ' ' {
		i--
	}
	p.out = p.out[:i]
	if i > 0 && p.out[i-1] != '\n' {
		p.out = append(p.out, '\n')
	}
	for range p.indent {
		p.out = append(p.out, ' ')
	}
}

// try writes flat if that fits and otherwise broken.
func (p *printer) try(flat, broken func()) {
	if p.flat {
		flat()
		return
	}
	size, comments := len(p.out), p.comments
	p.flat, p.failed = true, false
	flat()
	ok := !p.failed && utf8.RuneCountInString(p.line()) <= lineWidth
	p.flat, p.failed = false, false
	if !ok {
		p.out, p.comments = p.out[:size], comments
		broken()
	}
}

// nested is f with a deeper indentation.
func (p *printer) nested(by int, f func()) {
	p.indent += by
	f()
	p.indent -= by
}

// flush writes the comments that stand before offset end in the source.
func (p *printer) flush(end int) { p.emit(end, false) }

// trailing writes those of them that stand on the line of what is before them.
// The caller goes on on a new line.
func (p *printer) trailing(end int) { p.emit(end, true) }

func (p *printer) emit(end int, sameLine bool) {
	for len(p.comments) > 0 && p.comments[0].At.Start < end {
		c := p.comments[0]
		own := p.ownLine(c) || strings.TrimLeft(p.line(), " ") == ""
		if p.flat && (own || !strings.HasPrefix(c.Text, "/*") || strings.Contains(c.Text, "\n")) {
			p.failed = true
			return
		}
		if own && sameLine {
			return
		}
		p.comments = p.comments[1:]
		if own {
			p.newline()
		} else if n := len(p.out); n > 0 && p.out[n-1] != ' ' && p.out[n-1] != '\n' {
			p.write(" ")
		}
		p.write(c.Text)
		if own || strings.HasPrefix(c.Text, "//") {
			if !sameLine {
				p.newline()
			}
			if sameLine && strings.HasPrefix(c.Text, "//") {
				return
			}
		} else {
			p.write(" ")
		}
	}
}

// ownLine tells whether nothing stands before a comment on its line.
func (p *printer) ownLine(c Comment) bool {
	before := strings.TrimRight(p.src[:min(c.At.Start, len(p.src))], " \t\r\f")
	return before == "" || strings.HasSuffix(before, "\n")
}

// steps writes a pipeline over several lines, the first step where the text stands.
func (p *printer) steps(steps []Step) {
	for i, s := range steps {
		if i > 0 {
			p.trailing(s.Span().Start)
			p.newline()
		}
		p.flush(s.Span().Start)
		if i > 0 {
			p.write("| ")
		}
		p.node(s)
	}
}

// flatSteps writes a pipeline on one line.
func (p *printer) flatSteps(steps []Step) {
	for i, s := range steps {
		if i > 0 {
			p.write(" | ")
		}
		p.node(s)
	}
}

// node writes any node.
func (p *printer) node(n Node) {
	p.flush(n.Span().Start)
	switch n := n.(type) {
	case *Query:
		p.steps(n.Pipeline.Steps)
	case *Pipeline:
		p.try(func() { p.flatSteps(n.Steps) }, func() { p.steps(n.Steps) })
	case *FilterStep:
		p.node(n.Filter)
	case *AssignStep:
		p.field(n.Field)
		p.write(" := ")
		p.node(n.Value)
	case *CaseStep:
		p.write("case ")
		p.block(len(n.Clauses), n.At.End, func(i int) (Node, func()) {
			return n.Clauses[i], func() { p.clause(n.Clauses[i]) }
		})
	case *MatchStep:
		p.field(n.Field)
		p.write(" match ")
		p.block(len(n.Clauses), n.At.End, func(i int) (Node, func()) {
			return n.Clauses[i], func() { p.node(n.Clauses[i]) }
		})
	case *MatchClause:
		if n.Call != nil {
			p.node(n.Call)
		} else {
			p.pattern(n.Pattern)
		}
		p.write(" => ")
		p.clause(n.Pipeline)
	case *StatsStep:
		p.node(n.Array)
	case *SavedQueryStep:
		p.write("$")
		if n.Quoted {
			p.write(QuoteString(n.Name))
		} else {
			p.write(n.Name)
		}
		p.arguments(n.Args, n.At.End)
	case *LinkStep:
		p.field(n.Left)
		p.write(" <=> ")
		p.field(n.Right)
	case Filter:
		p.filter(n)
	case *Pattern:
		p.pattern(n)
	case *Arg:
		p.argument(n)
	case Expr:
		p.expr(n)
	default:
		p.source(n.Span())
	}
}

// source copies what could not be read.
func (p *printer) source(at diag.Span) {
	if at.Start <= at.End && at.End <= len(p.src) {
		p.write(p.src[at.Start:at.End])
	}
}

// block writes clauses in braces, each on lines of its own and closed by a
// semicolon.
func (p *printer) block(n, end int, clause func(i int) (Node, func())) {
	p.write("{")
	p.nested(2, func() {
		for i := range n {
			at, write := clause(i)
			p.trailing(at.Span().Start)
			p.newline()
			p.flush(at.Span().Start)
			write()
			p.write(";")
		}
		p.trailing(end)
		p.newline()
		p.flush(end)
	})
	p.newline()
	p.write("}")
}

func (p *printer) clause(pl *Pipeline) {
	p.try(
		func() { p.flatSteps(pl.Steps) },
		func() { p.nested(2, func() { p.steps(pl.Steps) }) },
	)
}

// str writes a string as it was spelled, or quotes it when it was not.
func (p *printer) str(at diag.Span, value string) {
	if 0 <= at.Start && at.Start+1 < at.End && at.End <= len(p.src) {
		raw := p.src[at.Start:at.End]
		if raw[0] == '"' && raw[len(raw)-1] == '"' && !strings.Contains(raw, "\n") && unescape(raw[1:len(raw)-1]) == value {
			p.write(raw)
			return
		}
	}
	p.write(QuoteString(value))
}

func (p *printer) field(f FieldName) {
	p.flush(f.At.Start)
	switch f.Style {
	case Quoted:
		p.str(f.At, f.Text)
	case Backtick:
		p.write("`", f.Text, "`")
	default:
		p.write(f.Text)
	}
}

func (p *printer) pattern(n *Pattern) {
	p.flush(n.At.Start)
	switch n.Kind {
	case QuotedText:
		p.str(n.At, n.Text)
	case RegexText:
		p.write("/", strings.ReplaceAll(n.Text, "/", `\/`), "/", n.Flags)
	case ParamText:
		p.parameter(n.Param)
	default:
		p.write(n.Text)
	}
}

func (p *printer) parameter(n *Parameter) {
	word := func(text string, quote bool) {
		end, ok := scanWord(text, 0, true)
		if quote || !ok || end != len(text) {
			text = QuoteString(text)
		}
		p.write(text)
	}
	if !n.Braced {
		p.write("?")
		if isPlainName(n.Name) {
			p.write(n.Name)
		} else {
			p.write(QuoteString(n.Name))
		}
		return
	}
	p.write("?{")
	word(n.Name, false)
	if n.HasDefault {
		p.write("=")
		word(n.Default, n.Quoted)
	}
	p.write("}")
}
