package diag

import (
	"strings"
	"unicode/utf8"
)

// Source is a text that diagnostics speak of, and where it stands.
type Source struct {
	Name string // of the file, as the user gave it
	Text string // the query, into which spans count
	// Origin is the number of lines before Text in its file, for a query that
	// is embedded in markdown or YAML. Lines are then those of the file, while
	// columns and offsets stay those of the query.
	Origin int
}

// Position gives the line and the column of a byte offset, both from 1. A
// column is a rune, also when it is a tab or an invalid byte. An offset outside
// the text is moved to its nearest end, and one inside a rune to its start.
func (s Source) Position(offset int) (line, col int) {
	offset = min(max(offset, 0), len(s.Text))
	start, line := s.lineStart(offset)
	col = 1
	for i := start; i < offset; col++ {
		_, size := utf8.DecodeRuneInString(s.Text[i:])
		if i += size; i > offset {
			break
		}
	}
	return line, col
}

// lineStart is where the line of an offset begins, and its number.
func (s Source) lineStart(offset int) (start, line int) {
	before := s.Text[:offset]
	return strings.LastIndexByte(before, '\n') + 1, strings.Count(before, "\n") + 1 + s.Origin
}

// line gives the line of an offset without its line ending.
func (s Source) line(offset int) (start, number int, text string) {
	start, number = s.lineStart(offset)
	text, _, _ = strings.Cut(s.Text[start:], "\n")
	return start, number, strings.TrimSuffix(text, "\r")
}

// clamp makes any span one of the text.
func (s Source) clamp(p Span) Span {
	a := min(max(p.Start, 0), len(s.Text))
	return Span{a, min(max(p.End, a), len(s.Text))}
}

// label is the name to print, which a query from nowhere has too.
func (s Source) label() string {
	if s.Name == "" {
		return "query"
	}
	return s.Name
}
