// Package quotes finds the quotes that begin and end JSON strings, many bytes at a
// time: those that no backslash escapes. Where the processor can compare 32 bytes
// at once it takes a small part of what searching quote by quote costs.
package quotes

import "math/bits"

// Available tells whether this machine has the instructions that make Mark worth
// while.
func Available() bool { return available }

// Marks is a set of byte offsets, a bit each.
type Marks []uint64

// Mark gives the offsets of the unescaped quotes in text. It uses the memory of
// marks and spare, which may be nil; spare is to be given again.
func Mark(text []byte, marks, spare Marks) (Marks, Marks) {
	words := (len(text) + 63) / 64
	if cap(marks) < words {
		marks = make(Marks, words)
	}
	if cap(spare) < words {
		spare = make(Marks, words)
	}
	marks, spare = marks[:words], spare[:words]
	whole := len(text) / 64
	find(text[:whole*64], marks, spare)
	if whole < words {
		marks[whole], spare[whole] = compare(text[whole*64:])
	}
	dropEscaped(marks, spare)
	return marks, spare
}

// Next gives the first offset in the set from at on; -1 when there is none.
func (m Marks) Next(at int) int {
	i := at >> 6
	if i >= len(m) {
		return -1
	}
	if w := m[i] >> (uint(at) & 63); w != 0 {
		return at + bits.TrailingZeros64(w)
	}
	for i++; i < len(m); i++ {
		if m[i] != 0 {
			return i<<6 + bits.TrailingZeros64(m[i])
		}
	}
	return -1
}

// compare marks the quotes and the backslashes of at most 64 bytes.
func compare(text []byte) (quotes, slashes uint64) {
	for i, c := range text {
		switch c {
		case '"':
			quotes |= 1 << uint(i)
		case '\\':
			slashes |= 1 << uint(i)
		}
	}
	return quotes, slashes
}

// evens has the bits 0, 2, 4 ...
const evens = 0x5555555555555555

// dropEscaped takes the quotes out that an odd number of backslashes stands
// before. It is the method of Langdale and Lemire, "Parsing Gigabytes of JSON per
// Second": adding the starts of runs to the runs carries to the end of each, and
// whether the run was odd shows in the parity of the place it ends at.
func dropEscaped(quotes, slashes Marks) {
	carry := uint64(0) // the first byte of the next word is escaped
	for i, b := range slashes {
		if b == 0 {
			quotes[i] &^= carry
			carry = 0
			continue
		}
		b &^= carry
		follows := b<<1 | carry
		oddStarts := b &^ evens &^ follows
		sum, over := bits.Add64(oddStarts, b, 0)
		carry = over
		escaped := (evens ^ sum<<1) & follows
		quotes[i] &^= escaped
	}
}
