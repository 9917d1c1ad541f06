// Package glob matches the patterns of CQL filters.
//
// In such a pattern only the asterisk is special: it stands for any run of characters, none and line breaks included.
// There is no escape for it and no character for "exactly one". A pattern either covers the whole value (the right side
// of "=", guards, values=) or any piece of it (free text and "like"), which is the same as writing an asterisk at both
// ends.
//
//	pattern     form       work
//	cmd.exe     exact      one comparison
//	cmd*        prefix     one comparison
//	*.exe       suffix     one comparison
//	*temp*      contains   one search
//	C:*temp*.e* general    the ends, then one search per inner piece, left to right
//
// Taking the leftmost place for every inner piece is enough: a piece found earlier leaves more room for the rest. The
// time is that of the searches, so it does not explode as a translation to a backtracking regex may.
//
// Case-insensitive patterns follow package fold.
package glob

import (
	"strings"

	"harrier/internal/fold"
)

// Options says how a pattern is meant.
type Options struct {
	// Unanchored lets the pattern match any piece of the value instead of all of it.
	Unanchored bool
	// IgnoreCase makes upper and lower case equal.
	IgnoreCase bool
}

type form uint8

const (
	all form = iota
	exact
	prefix
	suffix
	contains
	general
)

// Pattern is a compiled pattern. It is immutable and safe for concurrent use.
type Pattern struct {
	source string
	opts   Options
	form   form
	// head and tail are the pieces that must stand at the ends, "" when an asterisk stands there. inner are the pieces
	// between asterisks. An exact pattern has only a head, one of the form contains only one inner piece.
	head, tail piece
	inner      []piece
}

// Compile prepares a pattern. Every text is a pattern, so there is no error.
func Compile(pattern string, opts Options) *Pattern {
	p := &Pattern{source: pattern, opts: opts}
	if opts.Unanchored {
		pattern = "*" + pattern + "*"
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		p.form = exact
		p.head = p.piece(pattern)
		return p
	}
	p.head = p.piece(parts[0])
	p.tail = p.piece(parts[len(parts)-1])
	for _, part := range parts[1 : len(parts)-1] {
		if part != "" {
			p.inner = append(p.inner, p.piece(part))
		}
	}
	switch head, tail := p.head.text != "", p.tail.text != ""; {
	case !head && !tail && len(p.inner) == 0:
		p.form = all
	case head && !tail && len(p.inner) == 0:
		p.form = prefix
	case !head && tail && len(p.inner) == 0:
		p.form = suffix
	case !head && !tail && len(p.inner) == 1:
		p.form = contains
	default:
		p.form = general
	}
	return p
}

func (p *Pattern) piece(text string) piece {
	if p.opts.IgnoreCase {
		n := fold.NewNeedle(text)
		return piece{text: n.Text(), fold: n}
	}
	return piece{text: text}
}

// Match reports whether the pattern matches s. It allocates nothing.
func (p *Pattern) Match(s string) bool {
	switch p.form {
	case all:
		return true
	case exact:
		return p.head.equal(s)
	case prefix:
		return p.head.prefix(s) >= 0
	case suffix:
		return p.tail.suffix(s) >= 0
	case contains:
		_, end := p.inner[0].index(s)
		return end >= 0
	}
	start := p.head.prefix(s)
	if start < 0 {
		return false
	}
	// The ends must not overlap: "ab*ba" does not match "aba".
	end := p.tail.suffix(s)
	if end < start {
		return false
	}
	s = s[start:end]
	for i := range p.inner {
		_, end := p.inner[i].index(s)
		if end < 0 {
			return false
		}
		s = s[end:]
	}
	return true
}

// Literals returns the pieces between the asterisks, in order, without empty ones. Each occurs in every value that
// matches, one behind the other. They are in folded form (fold.String) when the pattern ignores case.
func (p *Pattern) Literals() []string {
	var out []string
	add := func(piece piece) {
		if piece.text != "" {
			out = append(out, piece.text)
		}
	}
	add(p.head)
	for _, piece := range p.inner {
		add(piece)
	}
	add(p.tail)
	return out
}

// IsLiteral returns the one text that the pattern matches, if it matches exactly one: it is anchored, has no asterisk
// and regards case.
func (p *Pattern) IsLiteral() (string, bool) {
	if p.form == exact && !p.opts.IgnoreCase {
		return p.source, true
	}
	return "", false
}

// MatchesAll reports whether every value matches, as for "*".
func (p *Pattern) MatchesAll() bool { return p.form == all }

// Fold reports whether the pattern ignores case.
func (p *Pattern) Fold() bool { return p.opts.IgnoreCase }

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// piece is a text without asterisks, with the search for it when case is ignored.
type piece struct {
	text string
	fold *fold.Needle
}

func (p *piece) equal(s string) bool {
	if p.fold != nil {
		return p.fold.Equal(s)
	}
	return s == p.text
}

func (p *piece) prefix(s string) int {
	if p.fold != nil {
		return p.fold.Prefix(s)
	}
	if strings.HasPrefix(s, p.text) {
		return len(p.text)
	}
	return -1
}

func (p *piece) suffix(s string) int {
	if p.text == "" {
		return len(s)
	}
	if p.fold != nil {
		return p.fold.Suffix(s)
	}
	if strings.HasSuffix(s, p.text) {
		return len(s) - len(p.text)
	}
	return -1
}

func (p *piece) index(s string) (start, end int) {
	if p.fold != nil {
		return p.fold.Index(s)
	}
	if i := strings.Index(s, p.text); i >= 0 {
		return i, i + len(p.text)
	}
	return -1, -1
}
