package detect

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"harrier/diag"
)

// block is a text that stands inside a YAML file.
type block struct {
	text  string
	lines []int // offset in the file of the start of each line of text
	exact bool  // lines are known; otherwise lines[0] is where the value begins
}

// blockAt finds where the text of a scalar stands in the file.
func blockAt(file, text string, n ast.Node) block {
	b := block{text: text}
	switch n := n.(type) {
	case *ast.LiteralNode:
		b.lines, b.exact = literalLines(file, text, n.Start.Position.Line)
		if !b.exact {
			b.lines = []int{lineOffset(file, n.Start.Position.Line)}
		}
	default:
		pos := n.GetToken().Position
		at := placeOffset(file, pos.Line, pos.Column)
		if i := strings.Index(file[at:], text); i >= 0 && i <= 1 && !strings.Contains(text, "\n") {
			at += i
			b.exact = true
		}
		b.lines = []int{at}
	}
	return b
}

// literalLines finds the lines of a block scalar whose indicator stands on line
// number first.
func literalLines(file, text string, first int) ([]int, bool) {
	at := lineOffset(file, first+1)
	indent := -1
	var out []int
	for _, want := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if at > len(file) {
			return nil, false
		}
		line, _, _ := strings.Cut(file[at:], "\n")
		if indent < 0 && strings.TrimSpace(line) != "" {
			indent = len(line) - len(strings.TrimLeft(line, " "))
		}
		from := at + min(max(indent, 0), len(line))
		if !strings.HasPrefix(file[from:], strings.TrimRight(want, "\r")) {
			return nil, false // folded, or not what it seems
		}
		out = append(out, from)
		at += len(line) + 1
	}
	return out, true
}

// lineOffset is where a line begins, numbered from 1.
func lineOffset(file string, line int) int {
	at := 0
	for range line - 1 {
		n := strings.IndexByte(file[at:], '\n')
		if n < 0 {
			return len(file)
		}
		at += n + 1
	}
	return at
}

// placeOffset is where a column of a line begins, both numbered from 1. Columns
// are counted in characters.
func placeOffset(file string, line, column int) int {
	at := lineOffset(file, line)
	for range column - 1 {
		_, n := utf8.DecodeRuneInString(file[at:])
		at += n
	}
	return at
}

// offset gives the place in the file of an offset into the text.
func (b block) offset(i int) int {
	if !b.exact {
		return b.lines[0]
	}
	i = min(max(i, 0), len(b.text))
	line := min(strings.Count(b.text[:i], "\n"), len(b.lines)-1)
	start := 0
	for range line {
		start += strings.IndexByte(b.text[start:], '\n') + 1
	}
	return b.lines[line] + i - start
}

func (b block) span(s diag.Span) diag.Span {
	return diag.Span{Start: b.offset(s.Start), End: b.offset(s.End)}
}

// toFile moves diagnostics of the text to the file.
func (b block) toFile(l diag.List) diag.List {
	out := make(diag.List, len(l))
	for i, d := range l {
		d.Span = b.span(d.Span)
		notes := make([]diag.Note, len(d.Notes))
		for j, n := range d.Notes {
			notes[j] = diag.Note{Span: b.span(n.Span), Message: n.Message}
		}
		d.Notes = notes
		switch {
		case d.Fix == nil:
		case !b.exact:
			d.Fix = nil
		default:
			fix := *d.Fix
			fix.Edits = make([]diag.Edit, len(d.Fix.Edits))
			for j, e := range d.Fix.Edits {
				fix.Edits[j] = diag.Edit{Span: b.span(e.Span), Text: e.Text}
			}
			d.Fix = &fix
		}
		out[i] = d
	}
	return out
}
