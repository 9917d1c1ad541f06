package decode

import "bytes"

// needle is a literal to be looked for in text. The search stops at each of its
// rarest bytes and compares around it: the searches of the standard library stop
// at the first byte, which is slow where that is a quote or an "e".
type needle struct {
	text []byte // in lower case, when fold
	fold bool   // whatever the case of ASCII letters
	at   int    // of the rarest byte in text
}

func newNeedle(text []byte, fold bool) needle {
	n := needle{text: text, fold: fold}
	best := 256 * 2
	for i, c := range text {
		rank := int(frequency[c])
		if fold && 'a' <= c && c <= 'z' {
			rank += int(frequency[c-32])
		}
		if rank < best {
			best, n.at = rank, i
		}
	}
	return n
}

// cost orders clauses by how often their search stops, and how often in vain.
func cost(clause []needle) int {
	sum := 0
	for _, n := range clause {
		sum += 16 + int(frequency[n.text[n.at]]) - min(len(n.text), 12)
	}
	return sum
}

// index finds the needle; -1 when it is not there.
func (n *needle) index(text []byte) int {
	if len(text) < len(n.text) {
		return -1
	}
	lo := n.text[n.at]
	// Where the rare byte may stand.
	first, last := n.at, len(text)-len(n.text)+n.at+1
	if !n.fold || lo < 'a' || lo > 'z' {
		for from := first; from < last; {
			i := bytes.IndexByte(text[from:last], lo)
			if i < 0 {
				return -1
			}
			if from += i; n.matches(text[from-n.at:]) {
				return from - n.at
			}
			from++
		}
		return -1
	}
	// Both cases are looked for, each from where it was found last.
	up := lo - 32
	nextLo, nextUp := first-1, first-1
	for from := first; from < last; {
		if nextLo < from {
			nextLo = last
			if i := bytes.IndexByte(text[from:last], lo); i >= 0 {
				nextLo = from + i
			}
		}
		if nextUp < from {
			nextUp = last
			if i := bytes.IndexByte(text[from:last], up); i >= 0 {
				nextUp = from + i
			}
		}
		if from = min(nextLo, nextUp); from >= last {
			return -1
		}
		if n.matches(text[from-n.at:]) {
			return from - n.at
		}
		from++
	}
	return -1
}

// matches tells whether the text begins with the needle.
func (n *needle) matches(text []byte) bool {
	if !n.fold {
		return string(text[:len(n.text)]) == string(n.text)
	}
	for i, c := range n.text {
		d := text[i]
		if 'A' <= d && d <= 'Z' {
			d += 32
		}
		if c != d {
			return false
		}
	}
	return true
}

// frequency ranks bytes by how often they stand in telemetry, roughly: 0 is rare.
var frequency = func() (rank [256]uint8) {
	common := []byte(`"e0a1i,ots:n3r2564789ldcmbpfu\-SIPC.VhgDyEvRwTNxAMkHF_LOU/BW X=GjqzKJQYZ`)
	for i, c := range common {
		rank[c] = uint8(255 - 3*i)
	}
	return rank
}()
