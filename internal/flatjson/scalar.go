package flatjson

import (
	"bytes"
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
	if p.lenient {
		n := StringEnd(p.data[start:])
		if n < 0 {
			return nil, p.fail(open, "the string is not closed")
		}
		p.at = start + n + 1
		raw := p.data[start : start+n : start+n]
		if bytes.IndexByte(raw, '\\') < 0 {
			return raw, nil
		}
		p.text = Unescape(p.text[:0], raw)
		return p.text, nil
	}
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
				rest := p.data[p.at:]
				r, rest = pair(r, rest)
				p.at = len(p.data) - len(rest)
			}
			p.text = utf8.AppendRune(p.text, r)
		default:
			return nil, p.fail(p.at-2, "the string has the unknown escape %q", p.data[p.at-2:p.at])
		}
	}
	return nil, p.fail(open, "the string is not closed")
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

// StringEnd finds the quote that ends a string whose text begins data; -1 when it is not closed.
func StringEnd(data []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(data[from:], '"')
		if n < 0 {
			return -1
		}
		end := from + n
		i := end
		for i > from && data[i-1] == '\\' {
			i--
		}
		if (end-i)%2 == 0 {
			return end
		}
		from = end + 1
	}
}

// Unescape appends the text of a string as it stands between its quotes. What is no escape of JSON stays as it is.
func Unescape(dst, raw []byte) []byte {
	for {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 || n+1 == len(raw) {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:n]...)
		c := raw[n+1]
		raw = raw[n+2:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, ok := hex4(raw)
			if !ok {
				dst = append(dst, '\\', 'u')
				continue
			}
			raw = raw[4:]
			if utf16.IsSurrogate(r) {
				r, raw = pair(r, raw)
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
}

// pair joins a surrogate with the one that begins rest. When they do not fit, the second one is left to be read on its
// own.
func pair(r rune, rest []byte) (rune, []byte) {
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex4(rest[2:]); ok {
			if joined := utf16.DecodeRune(r, low); joined != utf8.RuneError {
				return joined, rest[6:]
			}
		}
	}
	return utf8.RuneError, rest
}
