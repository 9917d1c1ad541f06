package quotes

// findPlain is the plain twin of the vector code.
func findPlain(text []byte, quotes, slashes Marks) {
	for i := 0; i+64 <= len(text); i += 64 {
		quotes[i/64], slashes[i/64] = compare(text[i : i+64])
	}
}
