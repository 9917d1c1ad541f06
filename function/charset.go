package function

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// charsets are the character sets that bytes can be read in.
var charsets = []string{"UTF-8", "ISO-8859-1", "UTF-16LE", "UTF-16BE"}

// decodeCharset reads bytes as text. What the character set does not allow becomes U+FFFD.
func decodeCharset(data []byte, charset string) string {
	switch charset {
	case "ISO-8859-1":
		var out strings.Builder
		for _, b := range data {
			out.WriteRune(rune(b))
		}
		return out.String()
	case "UTF-16LE":
		return decodeUTF16(data, 0)
	case "UTF-16BE":
		return decodeUTF16(data, 1)
	}
	return decodeUTF8(data)
}

// decodeUTF16 reads pairs of bytes, of which the one at place low is the lower. Half a pair at the end is a unit that is
// not allowed.
func decodeUTF16(data []byte, low int) string {
	units := make([]uint16, 0, len(data)/2+1)
	for ; len(data) > 1; data = data[2:] {
		units = append(units, uint16(data[low])|uint16(data[1-low])<<8)
	}
	if len(data) > 0 {
		units = append(units, utf8.RuneError)
	}
	return string(utf16.Decode(units))
}

// decodeUTF8 replaces each longest beginning of a character that is cut off by one U+FFFD, as Unicode recommends and Java
// does: E2 82 41 is one and an A. Neither strings.ToValidUTF8, one for a run of them, nor a range over the bytes, one for
// each byte, does that.
func decodeUTF8(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	var out strings.Builder
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			n = cutOff(data)
		}
		out.WriteRune(r)
		data = data[n:]
	}
	return out.String()
}

// cutOff is how many bytes at the start of data could begin a character; at least one.
func cutOff(data []byte) int {
	lead := data[0]
	want, lo, hi := 0, byte(0x80), byte(0xBF)
	switch {
	case lead >= 0xC2 && lead <= 0xDF:
		want = 1
	case lead >= 0xE0 && lead <= 0xEF:
		want = 2
	case lead >= 0xF0 && lead <= 0xF4:
		want = 3
	}
	switch lead { // beginnings of what could be written shorter, of surrogates, and of what is beyond Unicode
	case 0xE0:
		lo = 0xA0
	case 0xED:
		hi = 0x9F
	case 0xF0:
		lo = 0x90
	case 0xF4:
		hi = 0x8F
	}
	n := 1
	for n < len(data) && n <= want && data[n] >= lo && data[n] <= hi {
		n, lo, hi = n+1, 0x80, 0xBF
	}
	return n
}
