package function

import (
	"strings"

	"github.com/rivo/uniseg"

	"harrier/diag"
)

// Characters, for the functions of the text family, are what a reader takes for one: the extended grapheme clusters of
// Unicode Standard Annex 29. An emoji of a family is one, and so is a letter with marks on it.

// plainText tells whether each byte of s is a character: in ASCII only a line break of two bytes is more.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\r' {
			return false
		}
	}
	return true
}

func countCharacters(s string) int {
	if plainText(s) {
		return len(s)
	}
	return uniseg.GraphemeClusterCount(s)
}

// characterOffset is the place in s of the n-th character, counted from 0; len(s) for the one behind the last. It is
// false when s has fewer.
func characterOffset(s string, n int) (int, bool) {
	if plainText(s) {
		return n, n <= len(s)
	}
	rest, state := s, -1
	for ; n > 0 && rest != ""; n-- {
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
	}
	return len(s) - len(rest), n == 0
}

// characterIndex is the number of the character of s at which what begins for the nth time, looking from the character
// with the given number. Both ends of what is found must be ends of characters of s.
func characterIndex(s, what string, begin, nth int) (int, bool) {
	if plainText(s) {
		at := begin
		for at <= len(s) {
			i := strings.Index(s[at:], what)
			if i < 0 {
				break
			}
			if nth--; nth == 0 {
				return at + i, true
			}
			at += i + 1
		}
		return 0, false
	}
	offsets := []int{0} // of all characters, and of the end
	rest, state := s, -1
	for rest != "" {
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		offsets = append(offsets, len(s)-len(rest))
	}
	end := begin
	for i := begin; i < len(offsets); i++ {
		if !strings.HasPrefix(s[offsets[i]:], what) {
			continue
		}
		end = max(end, i)
		for end < len(offsets)-1 && offsets[end] < offsets[i]+len(what) {
			end++
		}
		if offsets[end] != offsets[i]+len(what) {
			continue
		}
		if nth--; nth == 0 {
			return i, true
		}
	}
	return 0, false
}

// warnPlace reports an argument that is written out and no whole number from least up, so that the call never has a
// result.
func (c *Call) warnPlace(name string, least int) diag.List {
	x := c.Expr(name)
	if x == nil || x.Const == nil || c.Env.Check && *x.Const == "*" {
		return nil
	}
	if _, ok := placeNumber(*x.Const, least); ok {
		return nil
	}
	return diag.List{diag.Warningf("bad-value", c.Place(name), "%s of %s() wants a whole number from %d up, and with %q it has no result", name, c.Function.Name, least, *x.Const)}
}
