package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// TextOptions says how [Text] writes.
type TextOptions struct {
	Color bool // with the colours of a terminal
}

// Text writes diagnostics for people: where and what, the line of source with
// the span underlined, the notes, and the help or the fix.
//
//	q.cql:1:3: error[unknown-function]: there is no function cuont()
//	  |
//	1 | | cuont()
//	  |   ^^^^^
//	  = fix: call count()
//	1 | | count()
//	  |   ~~~~~
//
// Nothing of the source or of a message can act on the terminal: control
// characters and invisible ones are written as symbols. Errors of w are not
// reported, as with any message to a user.
func Text(w io.Writer, src Source, list List, o TextOptions) {
	p := printer{src: src, color: o.Color}
	for _, d := range list {
		p.diagnostic(d)
	}
	io.WriteString(w, p.b.String())
}

// The colours, as parameters of the escape sequence.
const (
	bold   = "1"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
	blue   = "1;34"
	cyan   = "1;36"
)

type printer struct {
	b      strings.Builder
	src    Source
	color  bool
	gutter int // digits of the widest line number of this diagnostic
}

func (p *printer) diagnostic(d Diagnostic) {
	line, col := p.src.Position(d.Span.Start)
	word := d.Severity.String()
	if d.Code != "" {
		word += "[" + safe(d.Code) + "]"
	}
	color := severityColor(d.Severity)
	fmt.Fprintf(&p.b, "%s:%d:%d: %s: %s\n", p.paint(bold, safe(p.src.label())), line, col, p.paint(color, word), p.paint(bold, safe(d.Message)))

	pre, hasPreview := p.src.preview(d.Fix)
	p.gutter = len(strconv.Itoa(line))
	for _, n := range d.Notes {
		l, _ := p.src.Position(n.Span.Start)
		p.gutter = max(p.gutter, len(strconv.Itoa(l)))
	}
	if hasPreview {
		p.gutter = max(p.gutter, len(strconv.Itoa(pre.number)))
	}
	if p.src.Text != "" {
		p.places(d, color)
	} else {
		for _, n := range d.Notes {
			p.remark("note", blue, n.Message)
		}
	}
	if d.Help != "" {
		p.remark("help", cyan, d.Help)
	}
	if d.Fix != nil {
		p.remark("fix", green, d.Fix.Title)
		if hasPreview {
			p.showPreview(pre)
		}
	}
	p.b.WriteByte('\n')
}

// places shows the span and the notes, each under its line. Notes on the line
// of the span come first, so that the line is written once.
func (p *printer) places(d Diagnostic, color string) {
	p.row("", "")
	number, v := 0, view{}
	point := func(span Span, mark, color, message string) {
		start, n, line := p.src.line(p.src.clamp(span).Start)
		in := within(p.src.clamp(span).Shift(-start), line)
		if n != number || !v.shows(in) {
			number, v = n, look(line, in)
			p.row(strconv.Itoa(n), v.text)
		}
		under := v.underline(mark, in)
		text := strings.TrimLeft(under, " ")
		if message != "" {
			text += " " + safe(message)
		}
		p.row("", under[:len(under)-len(strings.TrimLeft(under, " "))]+p.paint(color, text))
	}
	point(d.Span, "^", color, "")
	first := number
	for _, here := range []bool{true, false} {
		for _, n := range d.Notes {
			if l, _ := p.src.Position(n.Span.Start); (l == first) == here {
				point(n.Span, "-", blue, n.Message)
			}
		}
	}
}

// within cuts a span at the end of a line.
func within(s Span, line string) Span {
	return Span{min(s.Start, len(line)), min(s.End, len(line))}
}

// row writes a line behind the gutter, in which number stands.
func (p *printer) row(number, text string) {
	p.b.WriteString(p.paint(blue, fmt.Sprintf("%*s |", p.gutter, number)))
	if text != "" {
		p.b.WriteString(" " + text)
	}
	p.b.WriteByte('\n')
}

// remark writes a labelled sentence; further lines of it are indented.
func (p *printer) remark(label, color, text string) {
	indent := strings.Repeat(" ", p.gutter+1)
	for i, line := range strings.Split(text, "\n") {
		if i == 0 {
			fmt.Fprintf(&p.b, "%s%s %s %s\n", indent, p.paint(blue, "="), p.paint(color, label+":"), safe(line))
		} else {
			fmt.Fprintf(&p.b, "%s%s%s\n", indent, strings.Repeat(" ", len(label)+4), safe(line))
		}
	}
}

func (p *printer) paint(color, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func severityColor(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	default:
		return cyan
	}
}

// preview is a line as a fix leaves it.
type preview struct {
	number int
	line   string
	focus  Span
	marks  []Span // the new texts
}

// preview applies a fix that touches one line only.
func (s Source) preview(f *Fix) (preview, bool) {
	if f == nil {
		return preview{}, false
	}
	edits := ordered(s.Text, f.Edits)
	if len(edits) == 0 {
		return preview{}, false
	}
	start, number, line := s.line(edits[0].Span.Start)
	for i, e := range edits {
		edits[i].Span = e.Span.Shift(-start)
		if edits[i].Span.End > len(line) || strings.ContainsAny(e.Text, "\r\n") {
			return preview{}, false
		}
	}
	fixed, places := rewrite(line, edits)
	out := preview{number: number, line: fixed, focus: places[0].Join(places[len(places)-1])}
	for _, at := range places {
		if at.Start < at.End {
			out.marks = append(out.marks, at)
		}
	}
	return out, true
}

func (p *printer) showPreview(pre preview) {
	v := look(pre.line, pre.focus)
	p.row(strconv.Itoa(pre.number), v.text)
	var seen []Span
	for _, m := range pre.marks {
		if v.shows(m) {
			seen = append(seen, m)
		}
	}
	if len(seen) == 0 {
		return
	}
	under := v.underline("~", seen...)
	marks := strings.TrimLeft(under, " ")
	p.row("", under[:len(under)-len(marks)]+p.paint(green, marks))
}
