// Package fold compares and searches text without regard to case.
//
// Two characters are equal here when Unicode simple case folding says so and both are ASCII or neither is. The second
// half keeps out the two letters of Unicode that fold to an ASCII one, the Kelvin sign (U+212A, k) and the long s (U+017F, s): a search
// for "system" has nothing to do with them, and without them a search for ASCII text is a search over bytes. All of
// CQL's case-insensitive matching, in patterns and in regular expressions, goes by this one rule.
//
// A Needle is compiled once and used for many texts; its methods allocate nothing.
package fold

import (
	"unicode"
	"unicode/utf8"
)

// Rune returns the character that stands for all characters equal to r. For letters it is the lower case.
func Rune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	low := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if f >= utf8.RuneSelf && f < low {
			low = f
		}
	}
	if l := unicode.ToLower(low); l >= utf8.RuneSelf {
		return l
	}
	return low
}

// Equal reports whether the two characters are equal but for their case.
func Equal(a, b rune) bool { return a == b || Rune(a) == Rune(b) }

// String replaces every character of s by Rune of it. Bytes that are not UTF-8 stay.
func String(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && !('A' <= s[i] && s[i] <= 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			out = append(out, s[i])
		} else {
			out = utf8.AppendRune(out, Rune(r))
		}
		i += n
	}
	return string(out)
}

// lower maps an ASCII byte to its lower case and every other byte to itself.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// Needle is a text to search for. It is immutable and safe for concurrent use.
type Needle struct {
	text  string // folded
	ascii bool
	// skip says how far the window may move when its last byte is the index: Horspool's table, for both cases.
	skip [256]uint8
}

// NewNeedle prepares the search for text.
func NewNeedle(text string) *Needle {
	n := &Needle{text: String(text), ascii: true}
	for i := range len(n.text) {
		if n.text[i] >= utf8.RuneSelf {
			n.ascii = false
		}
	}
	last := len(n.text) - 1
	for i := range n.skip {
		n.skip[i] = uint8(min(max(last+1, 1), 255))
	}
	for i := range max(last, 0) {
		c := n.text[i]
		d := uint8(min(last-i, 255))
		n.skip[c] = d
		if 'a' <= c && c <= 'z' {
			n.skip[c-('a'-'A')] = d
		}
	}
	return n
}

// Text returns the text searched for, in folded form.
func (n *Needle) Text() string { return n.text }

// Index returns the first place in s where the needle stands, as s[start:end], or -1, -1. The piece may differ in
// length from the needle when it is not ASCII.
func (n *Needle) Index(s string) (start, end int) {
	if !n.ascii {
		return n.indexSlow(s)
	}
	text := n.text
	last := len(text) - 1
	if last < 0 {
		return 0, 0
	}
	tail := text[last]
	for i := last; i < len(s); {
		c := s[i]
		if lower[c] == tail && equalASCII(s[i-last:i], text[:last]) {
			return i - last, i + 1
		}
		i += int(n.skip[c])
	}
	return -1, -1
}

// Slow path: a needle with letters beyond ASCII is compared character by character.
func (n *Needle) indexSlow(s string) (start, end int) {
	for i := 0; i < len(s); {
		if k := n.prefixSlow(s[i:]); k >= 0 {
			return i, i + k
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return -1, -1
}

// Contains reports whether the needle stands anywhere in s.
func (n *Needle) Contains(s string) bool {
	start, _ := n.Index(s)
	return start >= 0
}

// Prefix returns the length of the piece at the start of s that equals the needle, or -1.
func (n *Needle) Prefix(s string) int {
	if !n.ascii {
		return n.prefixSlow(s)
	}
	if len(s) < len(n.text) || !equalASCII(s[:len(n.text)], n.text) {
		return -1
	}
	return len(n.text)
}

func (n *Needle) prefixSlow(s string) int {
	i := 0
	for j := 0; j < len(n.text); {
		if i == len(s) {
			return -1
		}
		want, wn := utf8.DecodeRuneInString(n.text[j:])
		got, gn := utf8.DecodeRuneInString(s[i:])
		bad := want == utf8.RuneError || got == utf8.RuneError
		if bad && (wn != gn || n.text[j:j+wn] != s[i:i+gn]) || !bad && want != got && Rune(got) != want {
			return -1
		}
		i += gn
		j += wn
	}
	return i
}

// Suffix returns where the piece at the end of s that equals the needle starts, or -1.
func (n *Needle) Suffix(s string) int {
	if n.ascii {
		at := len(s) - len(n.text)
		if at < 0 || !equalASCII(s[at:], n.text) {
			return -1
		}
		return at
	}
	at := len(s)
	for range utf8.RuneCountInString(n.text) {
		if at == 0 {
			return -1
		}
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	if n.prefixSlow(s[at:]) != len(s)-at {
		return -1
	}
	return at
}

// Equal reports whether all of s equals the needle.
func (n *Needle) Equal(s string) bool {
	if n.ascii {
		return len(s) == len(n.text) && equalASCII(s, n.text)
	}
	return n.prefixSlow(s) == len(s)
}

// equalASCII compares s with folded text of the same length; bytes beyond ASCII equal nothing but themselves.
func equalASCII(s, text string) bool {
	if len(s) != len(text) {
		return false
	}
	for i := range len(s) {
		if lower[s[i]] != text[i] {
			return false
		}
	}
	return true
}
