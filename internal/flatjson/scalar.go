package flatjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

func (p *parser) word(w string) *Error {
	start := p.at
	for i := range len(w) {
		if p.at >= len(p.data) || p.data[p.at] != w[i] {
			return p.expected("the rest of " + w)
		}
		p.at++
	}
	p.emit(p.name(), p.data[start:p.at:p.at])
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.data) && isDigit(p.data[p.at]) {
		p.at++
	}
	return p.at > start
}

// next tells whether one of two bytes comes next, and skips it.
func (p *parser) next(a, b byte) bool {
	if p.at < len(p.data) && (p.data[p.at] == a || p.data[p.at] == b) {
		p.at++
		return true
	}
	return false
}

func (p *parser) number() *Error {
	p.next('-', '-')
	if p.next('0', '0') {
		if p.at < len(p.data) && isDigit(p.data[p.at]) {
			return p.fail(p.at, "a number does not start with 0")
		}
	} else if !p.digits() {
		return p.expected("a digit")
	}
	if p.next('.', '.') && !p.digits() {
		return p.expected("a digit")
	}
	if p.next('e', 'E') {
		p.next('+', '-')
		if !p.digits() {
			return p.expected("a digit")
		}
	}
	return nil
}

// str reads the string that starts at the present place. The result is part of the text where it has no escapes, and
// otherwise valid until the next string is read.
func (p *parser) str() ([]byte, *Error) {
	open := p.at
	p.at++
	start := p.at
	for ; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			return p.data[start : p.at-1 : p.at-1], nil
		case c == '\\':
			return p.escaped(open, start)
		case c < ' ':
			return nil, p.fail(p.at, "the control character 0x%02X stands in a string without an escape", c)
		}
	}
	return nil, p.fail(open, "the string is not closed")
}

// escaped goes on with a string at its first backslash.
func (p *parser) escaped(open, start int) ([]byte, *Error) {
	p.text = append(p.text[:0], p.data[start:p.at]...)
	for p.at < len(p.data) {
		c := p.data[p.at]
		p.at++
		switch {
		case c == '"':
			return p.text, nil
		case c < ' ':
			return nil, p.fail(p.at-1, "the control character 0x%02X stands in a string without an escape", c)
		case c != '\\':
			p.text = append(p.text, c)
			continue
		}
		if p.at >= len(p.data) {
			break
		}
		c = p.data[p.at]
		p.at++
		switch c {
		case '"', '\\', '/':
			p.text = append(p.text, c)
		case 'b':
			p.text = append(p.text, '\b')
		case 'f':
			p.text = append(p.text, '\f')
		case 'n':
			p.text = append(p.text, '\n')
		case 'r':
			p.text = append(p.text, '\r')
		case 't':
			p.text = append(p.text, '\t')
		case 'u':
			r, ok := hex4(p.data[p.at:])
			if !ok {
				return nil, p.fail(p.at-2, `\u is not followed by four hexadecimal digits`)
			}
			p.at += 4
			if utf16.IsSurrogate(r) {
				r = p.pair(r)
			}
			p.text = utf8.AppendRune(p.text, r)
		default:
			return nil, p.fail(p.at-2, "the string has the unknown escape %q", p.data[p.at-2:p.at])
		}
	}
	return nil, p.fail(open, "the string is not closed")
}

// pair joins a surrogate with the one behind it. When they do not fit, the second one is left to be read on its own.
func (p *parser) pair(r rune) rune {
	if rest := p.data[p.at:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex4(rest[2:]); ok {
			if joined := utf16.DecodeRune(r, low); joined != utf8.RuneError {
				p.at += 6
				return joined
			}
		}
	}
	return utf8.RuneError
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
