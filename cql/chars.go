package cql

import (
	"unicode"
	"unicode/utf8"
)

// The classes are those of the character table of the LogScale grammar manual
// (appendix C). Letters, digits and marks beyond Latin-1 count as name
// characters.

// isName tells whether r may stand in an unquoted field name.
func isName(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			r == '_' || r == '.' || r == '#' || r == '@' || r == '%' || r == '&' || r == '\\' || r == '^' || r == '~'
	case r <= 0xFF:
		return r >= 0xA1 && r <= 0xAA || r >= 0xAE && r <= 0xBA || r >= 0xBC
	case r == utf8.RuneError:
		return false
	default:
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
	}
}

// isPattern tells whether r may stand in an unquoted pattern; the slash, which
// may not begin one, is left to the caller.
func isPattern(r rune) bool {
	return isName(r) || r == '*' || r == '+' || r == '-' || r == ':' || r == 0xAC
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isPlainName tells whether text can be written as a field name without quotes.
func isPlainName(text string) bool {
	end, ok := scanName(text, 0)
	return ok && end == len(text)
}

// scanName finds the end of the field name at offset i: name characters, with
// `[digits]` or `[]` after the first. ok is false when there is none.
func scanName(s string, i int) (end int, ok bool) {
	start := i
	for i < len(s) {
		if s[i] == '[' && i > start {
			end, ok := scanIndex(s, i)
			if !ok {
				break
			}
			i = end
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isName(r) {
			break
		}
		i += n
	}
	return i, i > start
}

// scanIndex finds the end of `[digits]` or `[]` at offset i, where a bracket
// stands.
func scanIndex(s string, i int) (end int, ok bool) {
	for i++; i < len(s) && isDigit(s[i]); i++ {
	}
	return i + 1, i < len(s) && s[i] == ']'
}

// scanWord finds the end of the unquoted pattern at offset i. It begins with no
// slash. brackets lets `[digits]` be part of it, as in the argument a[0].
func scanWord(s string, i int, brackets bool) (end int, ok bool) {
	start := i
	for i < len(s) {
		if s[i] == '/' && i > start {
			i++
			continue
		}
		if s[i] == '[' && i > start && brackets {
			end, ok := scanIndex(s, i)
			if !ok {
				break
			}
			i = end
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isPattern(r) {
			break
		}
		i += n
	}
	return i, i > start
}

// scanNumber finds the end of the unsigned number at offset i. ok is false when
// there is none, or when it runs on into a name, as in 5m or 10.0.0.1.
func scanNumber(s string, i int) (end int, ok bool) {
	start := i
	digits := func() bool {
		j := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		return i > j
	}
	if !digits() {
		return start, false
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		i++
		digits()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		back := i
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			i = back
		}
	}
	if r, _ := utf8.DecodeRuneInString(s[i:]); i < len(s) && (isName(r) && r != '%' || r == '[') {
		return start, false
	}
	return i, true
}
