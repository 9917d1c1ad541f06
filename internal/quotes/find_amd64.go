package quotes

import "golang.org/x/sys/cpu"

var available = cpu.X86.HasAVX2

//go:noescape
func find32(text *byte, words int, quotes, slashes *uint64)

// find marks the quotes and backslashes of a text of whole words.
func find(text []byte, quotes, slashes Marks) {
	if !available {
		findPlain(text, quotes, slashes)
		return
	}
	if len(text) >= 64 {
		find32(&text[0], len(text)/64, &quotes[0], &slashes[0])
	}
}
