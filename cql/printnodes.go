package cql

import (
	"strings"

	"harrier/diag"
)

var compareOps = [...]string{Eq: "=", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=", Like: " like "}

// String is how the operator is written.
func (op CompareOp) String() string { return strings.TrimSpace(compareOps[op]) }

var binaryOps = [...]string{
	Add: "+", Sub: "-", Mul: "*", Div: "/", Mod: "%", EqualTo: "==", NotEqual: "!=",
	Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=", LinkTo: "<=>",
}

// String is how the operator is written.
func (op BinaryOp) String() string { return binaryOps[op] }

func (p *printer) filter(f Filter) {
	switch f := f.(type) {
	case *AndFilter:
		join := func(i int) string {
			if f.Explicit[i] {
				return "and "
			}
			return ""
		}
		p.terms(f.Terms, join)
	case *OrFilter:
		p.terms(f.Terms, func(int) string { return "or " })
	case *NotFilter:
		switch f.X.(type) {
		case *CallFilter:
			p.write("!")
		default:
			p.write("not ")
		}
		p.node(f.X)
	case *ParenFilter:
		p.write("(")
		p.nested(2, func() { p.node(f.X) })
		p.flush(f.At.End)
		p.write(")")
	case *Comparison:
		p.field(f.Field)
		op := compareOps[f.Op]
		if f.Written != "" {
			op = f.Written
		}
		if f.Op != Eq && f.Op != Ne && f.Op != Like {
			op = " " + op + " " // a number mostly follows
		}
		p.write(op)
		p.pattern(f.Value)
	case *InList:
		p.field(f.Field)
		if f.Not {
			p.write(" not")
		}
		p.write(" in ")
		p.node(f.List)
	case *FieldCall:
		p.field(f.Field)
		p.write(" =~ ")
		if f.Not {
			p.write("!")
		}
		p.node(f.Call)
	case *CallFilter:
		p.node(f.Call)
	case *BoolFilter:
		p.bool(f.Value)
	case *FreeText:
		p.pattern(f.Pattern)
	default:
		p.source(f.Span())
	}
}

// terms writes conditions on one line, or each on its own.
func (p *printer) terms(terms []Filter, join func(i int) string) {
	p.try(func() {
		for i, t := range terms {
			if i > 0 {
				p.write(" ", join(i-1))
			}
			p.node(t)
		}
	}, func() {
		p.nested(2, func() {
			for i, t := range terms {
				if i > 0 {
					p.trailing(t.Span().Start)
					p.newline()
					p.flush(t.Span().Start)
					p.write(join(i - 1))
				}
				p.node(t)
			}
		})
	})
}

func (p *printer) bool(v bool) {
	if v {
		p.write("true")
	} else {
		p.write("false")
	}
}

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Binary:
		p.node(e.X)
		p.write(" ", binaryOps[e.Op], " ")
		p.node(e.Y)
	case *Unary:
		p.write(string(e.Op))
		p.node(e.X)
	case *ParenExpr:
		p.write("(")
		p.nested(2, func() { p.node(e.X) })
		p.flush(e.At.End)
		p.write(")")
	case *FieldRef:
		p.write(e.Name)
	case *String:
		p.str(e.At, e.Value)
	case *Number:
		p.write(e.Text)
	case *Bool:
		p.bool(e.Value)
	case *Parameter:
		p.parameter(e)
	case *Call:
		p.write(e.Name)
		p.arguments(e.Args, e.At.End)
	case *ArrayExpr:
		p.list("[", "]", len(e.Elems), e.At.End, func(i int) (Node, func()) {
			el := e.Elems[i]
			return el, func() {
				if el.Name != nil {
					p.field(*el.Name)
					p.write(" := ")
					p.node(el.Value)
					return
				}
				p.value(el.Value)
			}
		})
	case *Subquery:
		p.subquery(e)
	case *Word:
		p.write(e.Text)
	default:
		p.source(e.Span())
	}
}

// value writes a whole argument. A sign is set apart from its operand, since a
// word such as -x may also be text.
func (p *printer) value(e Expr) {
	u, ok := e.(*Unary)
	if !ok || u.Op != '-' {
		p.node(e)
		return
	}
	p.flush(u.At.Start)
	p.write("- ")
	p.node(u.X)
}

func (p *printer) arguments(args []*Arg, end int) {
	p.list("(", ")", len(args), end, func(i int) (Node, func()) {
		return args[i], func() { p.argument(args[i]) }
	})
}

func (p *printer) argument(a *Arg) {
	if a.Name != nil {
		p.field(*a.Name)
		p.write("=")
	}
	p.value(a.Value)
	for _, attr := range a.Attrs {
		p.flush(attr.At.Start)
		p.write(" ", attr.Name, ": ")
		p.value(attr.Value)
	}
}

// list writes members between brackets, on one line or each on its own.
func (p *printer) list(open, close string, n, end int, member func(i int) (Node, func())) {
	if n == 1 {
		// A single member stays with its brackets: it breaks inside.
		at, write := member(0)
		if !p.commentIn(at.Span(), end) {
			p.write(open)
			write()
			p.write(close)
			return
		}
	}
	p.try(func() {
		p.write(open)
		for i := range n {
			if i > 0 {
				p.write(", ")
			}
			at, write := member(i)
			p.flush(at.Span().Start)
			write()
		}
		p.flush(end)
		p.write(close)
	}, func() {
		p.write(open)
		p.nested(2, func() {
			for i := range n {
				at, write := member(i)
				p.trailing(at.Span().Start)
				p.newline()
				p.flush(at.Span().Start)
				write()
				if i < n-1 {
					p.write(",")
				}
			}
			p.trailing(end)
			p.newline()
			p.flush(end)
		})
		p.newline()
		p.write(close)
	})
}

// commentIn tells whether a comment stands beside the only member of a list.
func (p *printer) commentIn(at diag.Span, end int) bool {
	for _, c := range p.comments {
		if c.At.Start < at.Start || c.At.Start >= at.End && c.At.Start < end {
			return true
		}
	}
	return false
}

func (p *printer) subquery(e *Subquery) {
	if e.Name != "" || e.NameSpan.End > e.NameSpan.Start {
		if isPlainName(e.Name) {
			p.write(e.Name)
		} else {
			p.str(e.NameSpan, e.Name)
		}
		p.write(": ")
	}
	if len(e.Pipeline.Steps) == 0 && !p.commentIn(diag.At(e.At.Start), e.At.End) {
		p.write("{}")
		return
	}
	p.try(func() {
		p.write("{ ")
		p.flatSteps(e.Pipeline.Steps)
		p.flush(e.At.End)
		p.write(" }")
	}, func() {
		p.write("{")
		p.nested(2, func() {
			if steps := e.Pipeline.Steps; len(steps) > 0 {
				p.trailing(steps[0].Span().Start)
				p.newline()
				p.steps(steps)
			}
			p.trailing(e.At.End)
			p.newline()
			p.flush(e.At.End)
		})
		p.newline()
		p.write("}")
	})
}
