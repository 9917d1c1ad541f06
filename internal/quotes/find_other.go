//go:build !amd64

package quotes

const available = false

func find(text []byte, quotes, slashes Marks) { findPlain(text, quotes, slashes) }
