package rx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape reads what follows a backslash outside a class.
func (p *parser) escape(start int) *node {
	if !p.more() {
		p.fail(start, "the pattern ends in a lone backslash")
	}
	c := p.src[p.pos]
	switch c {
	case 'A':
		p.pos++
		return &node{op: opBeginText}
	case 'z':
		p.pos++
		return &node{op: opEndText}
	case 'Z':
		p.pos++
		return &node{op: opEndTextNL}
	case 'b', 'B':
		p.pos++
		if c == 'B' {
			return &node{op: opNotWord}
		}
		return &node{op: opWord}
	case 'R':
		p.pos++
		return alternate([]*node{
			concat([]*node{{op: opLit, r: '\r'}, {op: opLit, r: '\n'}}),
			{op: opClass, set: vertical},
		})
	case 'G', 'X', 'N', 'C', 'K', 'g':
		p.fail(start, "`\\%c` is not supported", c)
	case 'k':
		p.pos++
		switch {
		case p.accept("<"):
			return p.namedBackref(start, '>')
		case p.accept("{"):
			return p.namedBackref(start, '}')
		}
		p.fail(start, "`\\k` needs the name of a group, as in `\\k<name>`")
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n := int(c - '0')
		p.pos++
		for p.more() && p.src[p.pos]-'0' < 10 && n*10+int(p.src[p.pos]-'0') <= p.total {
			n = n*10 + int(p.src[p.pos]-'0')
			p.pos++
		}
		if n > p.total {
			p.fail(start, "`\\%d` refers to a group, but the pattern has %d", n, p.total)
		}
		return &node{op: opBackref, index: n, fold: p.ignoreCase}
	}
	if s, ok := p.escapedSet(start); ok {
		return &node{op: opClass, set: s}
	}
	return p.literal(p.escapedChar(start))
}

// escapedSet reads an escape that stands for a set of characters, folded if need be.
func (p *parser) escapedSet(start int) (set, bool) {
	var s set
	c := p.src[p.pos]
	switch c {
	case 'd', 'D':
		s = digits
	case 'w', 'W':
		s = wordChars
	case 's', 'S':
		s = spaces
	case 'h', 'H':
		s = horizontal
	case 'v', 'V':
		s = vertical
	case 'p', 'P':
		p.pos++
		name := ""
		if p.accept("{") {
			text, _, found := strings.Cut(p.rest(), "}")
			if !found {
				p.fail(start, "`\\%c{` is not closed", c)
			}
			p.pos += len(text) + 1
			name = text
		} else if p.more() {
			name = string(p.next())
		}
		inner, not := strings.CutPrefix(name, "^")
		if inner == "" {
			p.fail(start, "`\\%c` needs the name of a character class, as in `\\p{L}`", c)
		}
		s, ok := property(inner)
		if !ok {
			p.fail(start, "`%s` is no known character class; use a general category (Lu), a script (Greek) or a POSIX name (Alpha)", inner)
		}
		if p.ignoreCase {
			s = s.folded()
		}
		if not != (c == 'P') {
			s = s.negate()
		}
		return s, true
	default:
		return nil, false
	}
	p.pos++
	// None of these sets has one case of a letter without the other, so there is nothing to fold.
	if c < 'a' {
		s = s.negate()
	}
	return s, true
}

// escapedChar reads an escape that stands for one character, inside or outside a class.
func (p *parser) escapedChar(start int) rune {
	switch c := p.next(); c {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 'f':
		return '\f'
	case 'a':
		return '\a'
	case 'e':
		return 0x1B
	case 'c':
		if !p.more() || p.src[p.pos] >= utf8.RuneSelf {
			p.fail(start, "`\\c` needs a letter behind it, as in `\\cA`")
		}
		// A lower-case letter names the same control character as its upper case.
		return unicode.ToUpper(p.next()) ^ 0x40
	case '0':
		r := rune(0)
		for i := 0; i < 3 && p.more() && p.src[p.pos]-'0' < 8 && r*8+rune(p.src[p.pos]-'0') <= 0xFF; i++ {
			r = r*8 + rune(p.src[p.pos]-'0')
			p.pos++
		}
		return r
	case 'x':
		if p.accept("{") {
			return p.hexBraces(start)
		}
		return p.hex(start, 2)
	case 'u':
		if p.accept("{") {
			return p.hexBraces(start)
		}
		r := p.hex(start, 4)
		if r >= 0xD800 && r < 0xDC00 && p.accept(`\u`) {
			low := p.hex(start, 4)
			if low >= 0xDC00 && low < 0xE000 {
				return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000
			}
		}
		return p.scalar(start, r)
	default:
		if c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			p.fail(start, "unknown escape `\\%c`; for the character itself leave out the backslash", c)
		}
		return c
	}
}

func (p *parser) scalar(start int, r rune) rune {
	if r > unicode.MaxRune || r >= 0xD800 && r < 0xE000 {
		p.fail(start, "`%s` is no Unicode character", p.src[start:p.pos])
	}
	return r
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// hex reads exactly n hexadecimal digits.
func (p *parser) hex(start, n int) rune {
	r := rune(0)
	for range n {
		d, ok := rune(0), false
		if p.more() {
			d, ok = hexDigit(p.src[p.pos])
		}
		if !ok {
			p.fail(start, "`%s` needs %d hexadecimal digits", p.src[start:start+2], n)
		}
		r = r<<4 | d
		p.pos++
	}
	return r
}

func (p *parser) hexBraces(start int) rune {
	r, n := rune(0), 0
	for p.more() {
		d, ok := hexDigit(p.src[p.pos])
		if !ok {
			break
		}
		if r <= unicode.MaxRune {
			r = r<<4 | d
		}
		n++
		p.pos++
	}
	if n == 0 || !p.accept("}") {
		p.fail(start, "`%s{` needs hexadecimal digits and a closing brace", p.src[start:start+2])
	}
	return p.scalar(start, r)
}

// class reads a bracketed class; its opening bracket is consumed. A bracket inside is an ordinary character unless it
// opens a POSIX class, and "&&" is two ampersands: LogScale's engines have no set operations.
func (p *parser) class(start int) *node {
	var pairs []rune
	negated := p.accept("^")
	for first := true; ; first = false {
		if !p.more() {
			p.fail(start, "`[` is not closed")
		}
		if p.src[p.pos] == ']' && !first {
			p.pos++
			break
		}
		at := p.pos
		if p.accept(`\Q`) {
			text, _, found := strings.Cut(p.rest(), `\E`)
			if !found {
				p.fail(at, "`\\Q` is not closed inside a character class")
			}
			p.pos += len(text) + len(`\E`)
			for _, r := range text {
				pairs = append(pairs, p.charSet(set{r, r}).set...)
			}
			continue
		}
		if s, ok := p.posixClass(); ok {
			pairs = append(pairs, s...)
			continue
		}
		lo, s := p.classItem()
		if s != nil {
			pairs = append(pairs, s...)
			continue
		}
		hi := lo
		if strings.HasPrefix(p.rest(), "-") && !strings.HasPrefix(p.rest(), "-]") {
			minus := p.pos
			p.pos++
			if !p.more() {
				p.fail(start, "`[` is not closed")
			}
			if hi, s = p.classItem(); s != nil {
				// "[a-\d]": the minus sign is no range, so it is itself.
				p.pos = minus
				hi = lo
				pairs = append(pairs, '-', '-')
				p.pos++
			}
		}
		if hi < lo {
			p.fail(at, "the range `%s` is in the wrong order", p.src[at:p.pos])
		}
		pairs = append(pairs, p.charSet(set{lo, hi}).set...)
	}
	s := normal(pairs)
	if negated {
		s = s.negate()
	}
	return &node{op: opClass, set: s}
}

// classItem reads one character, or an escape that stands for a set.
func (p *parser) classItem() (rune, set) {
	at := p.pos
	r := p.next()
	if r != '\\' {
		return r, nil
	}
	if !p.more() {
		p.fail(at, "the pattern ends in a lone backslash")
	}
	if p.accept("b") {
		return '\b', nil
	}
	if c := p.src[p.pos]; c == 'R' || c == 'X' {
		p.fail(at, "`\\%c` cannot stand inside a character class", c)
	}
	if s, ok := p.escapedSet(at); ok {
		return 0, s
	}
	return p.escapedChar(at), nil
}

// posixClass reads [:name:], which may only stand inside a class.
func (p *parser) posixClass() (set, bool) {
	if !strings.HasPrefix(p.rest(), "[:") {
		return nil, false
	}
	name, _, found := strings.Cut(p.rest()[2:], ":]")
	plain, not := strings.CutPrefix(name, "^")
	s, ok := posix[plain]
	if !found || !ok {
		return nil, false
	}
	p.pos += len(name) + len("[::]")
	if p.ignoreCase {
		s = s.folded()
	}
	if not {
		s = s.negate()
	}
	return s, true
}
