package textfmt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// TimeParser reads times written as a pattern says.
type TimeParser struct {
	epoch    *epoch // a number since 1970; nil for a pattern
	elements []element
	fold     bool // letters match in either case
}

// element is a piece of a pattern.
type element struct {
	kind    elementKind
	letter  byte // of numbers, names and zones
	count   int  // how often the letter stands there
	text    string
	least   int // digits of a number
	most    int
	reserve int       // digits that the numbers right behind need
	inner   []element // of an optional part, or the one that is padded
}

type elementKind uint8

const (
	literal elementKind = iota
	number
	fraction
	monthName
	dayName
	amPM
	era
	quarterName
	dayPart
	padded
	offset
	gmtOffset
	zoneName
	optional
)

// CompileParse reads a pattern made of these letters, which are those of Java's date patterns but for g and v:
//
//	y, u year  G era (AD, GGGG Anno Domini, GGGGG A)  Q, q quarter (QQQ Q1, QQQQ 1st quarter)  M, L month (MMM Jan, MMMM January)  d day of month  D day of year  E day of week (EEE Mon, EEEE Monday)
//	Y year that the week belongs to  w week of it  W week of the month  F which such day of the week in the month
//	e, c day of week from Sunday 1 (eee Mon, eeee Monday)
//	H hour 0-23  k hour 1-24  h hour 1-12  K hour 0-11  a AM or PM  B part of the day (in the morning)  m minute  s second
//	S fraction of a second  n nanosecond  A millisecond of the day  N nanosecond of the day
//	p blanks in front of what follows: ppH takes two characters
//	X, x, Z offset (Z, +02, +0200, +02:00)  O, ZZZZ offset behind GMT  V, z name of a zone
//
// A letter alone takes as many digits as there are, a letter that stands n times takes n of them, except that nine S
// take one to nine. Texts are written in quotes, ” is a quote, and what is in square brackets may be missing.
//
// In place of a pattern the format may be one of these names, in any case, for numbers since 1970: seconds, unixtime,
// unixTimeSeconds (with a fraction or without), millis, milliseconds, unixTimeMillis, nanos.
//
// When caseSensitive is false, names and texts match in capitals and small letters alike.
func CompileParse(layout string, caseSensitive bool) (*TimeParser, error) {
	if e, ok := epochs[strings.ToLower(layout)]; ok {
		return &TimeParser{epoch: e}, nil
	}
	r := patternReader{s: layout}
	elements, err := r.sequence(0)
	if err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return &TimeParser{elements: elements, fold: !caseSensitive}, nil
}

type patternReader struct {
	s    string
	i    int
	seen [128]bool // letters in use
}

// maxBrackets bounds the nesting of optional parts.
const maxBrackets = 32

// sequence reads up to the end, or to the bracket that closes an optional part.
func (r *patternReader) sequence(depth int) ([]element, error) {
	var out []element
	add := func(text string) {
		if n := len(out); n > 0 && out[n-1].kind == literal {
			out[n-1].text += text
		} else {
			out = append(out, element{kind: literal, text: text})
		}
	}
	for r.i < len(r.s) {
		switch c := r.s[r.i]; {
		case c == '[':
			if depth == maxBrackets {
				return nil, fmt.Errorf("optional parts are nested deeper than %d", maxBrackets)
			}
			r.i++
			inner, err := r.sequence(depth + 1)
			if err != nil {
				return nil, err
			}
			if r.i == len(r.s) {
				return nil, fmt.Errorf("a [ in the format is not closed")
			}
			r.i++
			out = append(out, element{kind: optional, inner: inner})
		case c == ']':
			if depth == 0 {
				return nil, fmt.Errorf("a ] in the format has no [ before it")
			}
			return reserve(out), nil
		case c == '\'':
			text, err := r.quoted()
			if err != nil {
				return nil, err
			}
			add(text)
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			e, err := r.letters(c)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		case c == '{' || c == '}' || c == '#':
			return nil, fmt.Errorf("%c is kept for later use in formats: write '%c' for the sign itself", c, c)
		default:
			_, n := utf8.DecodeRuneInString(r.s[r.i:])
			add(r.s[r.i : r.i+n])
			r.i += n
		}
	}
	return reserve(out), nil
}

// quoted reads a text in quotes.
func (r *patternReader) quoted() (string, error) {
	rest := r.s[r.i+1:]
	if strings.HasPrefix(rest, "'") {
		r.i += 2
		return "'", nil
	}
	var text strings.Builder
	for {
		end := strings.IndexByte(rest, '\'')
		if end < 0 {
			return "", fmt.Errorf("a quote in the format is not closed")
		}
		text.WriteString(rest[:end])
		rest = rest[end+1:]
		if !strings.HasPrefix(rest, "'") {
			r.i = len(r.s) - len(rest)
			return text.String(), nil
		}
		text.WriteByte('\'')
		rest = rest[1:]
	}
}

// letters reads one letter and its repetitions.
func (r *patternReader) letters(c byte) (element, error) {
	start := r.i
	for r.i < len(r.s) && r.s[r.i] == c {
		r.i++
	}
	word := r.s[start:r.i]
	e := element{kind: number, letter: c, count: len(word)}
	longest := 2
	switch c {
	case 'u':
		e.letter, e.text, longest = 'y', "u", 9
	case 'y', 'Y':
		longest = 9
	case 'G':
		e.kind, longest = era, 5
	case 'Q', 'q':
		e.letter, longest = 'Q', 5
		if e.count == 3 || e.count == 4 {
			e.kind = quarterName
		}
	case 'e', 'c':
		e.letter, longest = 'e', 4
		if c == 'c' && e.count == 2 {
			return e, fmt.Errorf("cc is no part of a date: write c, ccc or cccc")
		}
		if e.count > 2 {
			e.kind, e.letter = dayName, 'E'
		}
	case 'w':
	case 'W', 'F':
		longest = 1
	case 'B':
		e.kind, longest = dayPart, 5
		if e.count == 2 || e.count == 3 {
			return e, fmt.Errorf("%s is no part of a date: write B, BBBB or BBBBB", word)
		}
	case 'p':
		return r.padding(e)
	case 'M', 'L':
		e.letter = 'M'
		if e.count > 2 {
			e.kind, longest = monthName, 4
		}
	case 'E':
		e.kind, longest = dayName, 4
	case 'd', 'H', 'k', 'h', 'K', 'm', 's':
	case 'D':
		longest = 3
	case 'S':
		longest = 9
		if e.kind = fraction; e.count == 9 {
			e.least, e.most = 1, 9
		}
	case 'n', 'A', 'N':
		longest = map[byte]int{'n': 9, 'A': 8, 'N': 14}[c]
	case 'a':
		e.kind, longest = amPM, 1
	case 'X', 'x':
		e.kind, longest = offset, 5
	case 'Z':
		e.kind, longest = offset, 5
		if e.count == 4 {
			e.kind = gmtOffset
		}
	case 'O':
		e.kind, longest = gmtOffset, 4
	case 'V', 'z':
		e.kind, longest = zoneName, 4
	default:
		return e, fmt.Errorf("%s is no part of a date that can be read; text is written in quotes", word)
	}
	if e.count > longest {
		return e, fmt.Errorf("%s is too long: the letter %c stands at most %d times", word, c, longest)
	}
	if e.most == 0 && (e.kind == number || e.kind == fraction) {
		e.least, e.most = e.count, e.count
		switch {
		case e.kind == number && e.count == 1:
			e.most = map[byte]int{'Q': 1, 'e': 1}[e.letter]
			if e.most == 0 {
				e.most = longest
			}
		case e.letter == 'Q' && e.count == 5:
			e.least, e.most = 1, 1
		case c == 'D' && e.count == 2:
			e.most = 3
		}
	}
	r.seen[e.letter] = true
	return e, nil
}

// padding reads the element behind the letters p.
func (r *patternReader) padding(p element) (element, error) {
	if p.count > maxPadding {
		return p, fmt.Errorf("the letter p stands at most %d times", maxPadding)
	}
	if r.i < len(r.s) {
		if c := r.s[r.i]; 'a' <= c|0x20 && c|0x20 <= 'z' {
			e, err := r.letters(c)
			p.kind, p.inner = padded, []element{e}
			return p, err
		}
	}
	return p, fmt.Errorf("the letter p in the format stands before another letter, as in ppH")
}

// maxPadding bounds the width of padded parts.
const maxPadding = 100

// reserve tells every number of open length how many digits to leave to those behind it, as in yMMdd.
func reserve(elements []element) []element {
	for i := range elements {
		e := &elements[i]
		if e.kind != number && e.kind != fraction || e.least == e.most {
			continue
		}
		for _, next := range elements[i+1:] {
			if next.kind != number && next.kind != fraction || next.least != next.most {
				break
			}
			e.reserve += next.most
		}
	}
	return elements
}

// check refuses patterns that cannot give a time whatever the text is.
func (r *patternReader) check() error {
	has := func(letters string) bool {
		return strings.ContainsFunc(letters, func(c rune) bool { return r.seen[c] })
	}
	switch {
	case !has("yMdDQYw"):
		return fmt.Errorf("the format %q has no date", r.s)
	case has("Y") && !has("yw"):
		return fmt.Errorf("Y in the format is the year that a week belongs to: write y for the year of a date")
	case has("w") && !has("YdD"):
		return fmt.Errorf("the format %q has a week and not the year that it belongs to, YYYY", r.s)
	case has("WF") && !has("MD"):
		return fmt.Errorf("the format %q has a week of a month and no month", r.s)
	case has("d") && !has("M"):
		return fmt.Errorf("the format %q has a day and no month", r.s)
	case has("hK") && !has("aB"):
		return fmt.Errorf("the format %q has an hour of half a day and not which half: H is the hour of the day", r.s)
	}
	return nil
}
