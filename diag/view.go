package diag

import (
	"strings"
	"unicode/utf8"
)

const (
	viewWidth  = 120  // columns of a source line that are shown
	viewMargin = 10   // columns kept free at the left of what is pointed at
	viewReach  = 1024 // bytes looked at on each side, whatever the line's length
)

// view is the part of a source line that is shown, and where its bytes stand.
type view struct {
	text  string
	runes []shownRune // and one more for the end
	lead  int         // columns before the first rune: the mark of a cut
}

type shownRune struct {
	at  int // byte offset in the line
	col int
}

// look makes the view of a line in which the beginning of focus is seen.
func look(line string, focus Span) view {
	lo, hi := runeStart(line, max(0, focus.Start-viewReach)), runeStart(line, min(len(line), focus.Start+viewReach))
	var shown []string
	var runes []shownRune
	col := 0
	for i := lo; i < hi; {
		r, size := utf8.DecodeRuneInString(line[i:hi])
		g, w := glyph(r, size)
		shown, runes = append(shown, g), append(runes, shownRune{i, col})
		i, col = i+size, col+w
	}
	runes = append(runes, shownRune{hi, col})

	first, last := 0, len(shown)
	if col > viewWidth {
		first, last = window(runes, focus)
	}
	v := view{runes: runes[first : last+1]}
	var b strings.Builder
	if lo > 0 || first > 0 {
		b.WriteString("…")
		v.lead = 1
	}
	for _, g := range shown[first:last] {
		b.WriteString(g)
	}
	if hi < len(line) || last < len(shown) {
		b.WriteString("…")
	}
	v.text = b.String()
	return v
}

// window chooses the runes to show of a line that is too wide: its beginning
// when focus is there, else focus in the middle, or the beginning of a wide one.
func window(runes []shownRune, focus Span) (first, last int) {
	whole := view{runes: runes}
	a, b := whole.column(focus.Start), whole.columnAfter(focus.End)
	total := runes[len(runes)-1].col
	left := 0
	switch {
	case b <= viewWidth-viewMargin:
	case b-a > viewWidth-2*viewMargin:
		left = a - viewMargin
	default:
		left = (a + b - viewWidth) / 2
	}
	left = max(0, min(left, total-viewWidth))
	for runes[first].col < left {
		first++
	}
	last = first
	for last+1 < len(runes) && runes[last+1].col <= left+viewWidth {
		last++
	}
	return first, last
}

// runeStart moves an offset back to where its rune begins.
func runeStart(s string, i int) int {
	for back := 0; back < utf8.UTFMax && i-back >= 0 && i < len(s); back++ {
		if utf8.RuneStart(s[i-back]) {
			return i - back
		}
	}
	return i
}

// shows tells whether the beginning of a span is seen.
func (v view) shows(s Span) bool {
	return len(v.runes) > 0 && s.Start >= v.runes[0].at && s.Start <= v.runes[len(v.runes)-1].at
}

// column is where the rune of a byte offset begins.
func (v view) column(at int) int {
	col := v.runes[0].col
	for _, r := range v.runes {
		if r.at > at {
			break
		}
		col = r.col
	}
	return col - v.runes[0].col + v.lead
}

// columnAfter is where the rune before a byte offset ends.
func (v view) columnAfter(at int) int {
	col := 0
	for _, r := range v.runes {
		col = r.col
		if r.at >= at {
			break
		}
	}
	return col - v.runes[0].col + v.lead
}

// underline is a row with marks under the spans, at least one for each.
func (v view) underline(mark string, spans ...Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		from := max(v.column(s.Start), at)
		to := max(v.columnAfter(s.End), from+1)
		b.WriteString(strings.Repeat(" ", from-at))
		b.WriteString(strings.Repeat(mark, to-from))
		at = to
	}
	return b.String()
}
