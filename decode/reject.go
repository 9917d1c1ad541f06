package decode

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"harrier/event"
)

// rejecter drops lines that cannot satisfy a query's necessary condition by
// looking for literals in the raw text. JSON and other notations may write a
// character in several ways, so only characters that are written one way are
// looked for, and text that holds numeric escapes is not judged at all.
type rejecter struct {
	clauses [][]needle
	lead    []needle // the clause that is looked for first, in a whole chunk at once
	ahead   []int    // where each of its needles was found last in the chunk
	unsure  bool     // the chunk at hand holds escapes that could hide a literal
}

// minNeedle is the shortest literal worth looking for.
const minNeedle = 3

// newRejecter gives nil when the condition says nothing that can be looked for.
func newRejecter(where event.Predicate, f *Format) *rejecter {
	r := &rejecter{}
	for _, cl := range where.Clauses {
		var ns []needle
		for _, n := range cl.Any {
			field, ok := n.Field, true
			if f.Alias != nil && field != "" {
				field, ok = f.Alias(field)
			}
			text := plainPart(n.Text)
			if !ok || len(text) < minNeedle || n.Field == "" && inError(n, f) {
				ns = nil
				break
			}
			if n.Fold {
				text = bytes.ToLower(text)
			}
			ns = append(ns, newNeedle(text, n.Fold))
		}
		if len(ns) > 0 && len(ns) <= 64 {
			r.clauses = append(r.clauses, ns)
		}
	}
	if len(r.clauses) == 0 {
		return nil
	}
	// The rarest clause goes first: that with the fewest needles of the rarest kind.
	r.lead = slices.MinFunc(r.clauses, func(a, b []needle) int { return cmp.Compare(cost(a), cost(b)) })
	r.ahead = make([]int, len(r.lead))
	return r
}

// plainPart is the longest part of a literal made of characters that every
// encoder writes as they are.
func plainPart(s string) []byte {
	best, from := "", 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && plainByte(s[i]) {
			continue
		}
		if i-from > len(best) {
			best = s[from:i]
		}
		from = i + 1
	}
	return []byte(best)
}

func plainByte(c byte) bool {
	switch c {
	case '"', '\\', '/', '<', '>', '&', '\'', '=', '+', '|', ']':
		return false
	}
	return c >= ' ' && c < 0x7f
}

// inError tells whether a needle for any field is found in what is said about
// every line that cannot be read, or in another value that does not stand in lines.
func inError(n event.Needle, f *Format) bool {
	for _, v := range append([]string{"true", f.Unreadable}, f.Words...) {
		if n.Fold {
			v = strings.ToLower(v)
			n.Text = strings.ToLower(n.Text)
		}
		if strings.Contains(v, n.Text) {
			return true
		}
	}
	return false
}

// chunk readies the rejecter for the lines of a text.
func (r *rejecter) chunk(text []byte) {
	if r == nil {
		return
	}
	r.unsure = bytes.Contains(text, []byte(`\u00`))
	for i := range r.lead {
		r.ahead[i] = -1
	}
}

// next gives an offset before which, from pos on, no line can satisfy the clause
// that is looked for first: that of the next literal, or the end of the text.
func (r *rejecter) next(text []byte, pos int) int {
	if r == nil || r.unsure {
		return pos
	}
	at := len(text)
	for i := range r.lead {
		// ahead remembers what lies farther on than the line at hand.
		if r.ahead[i] < pos {
			if n := r.lead[i].index(text[pos:]); n >= 0 {
				r.ahead[i] = pos + n
			} else {
				r.ahead[i] = len(text)
			}
		}
		at = min(at, r.ahead[i])
	}
	return at
}

// rejects tells that a line cannot matter.
func (r *rejecter) rejects(line []byte) bool {
	if r == nil {
		return false
	}
	for _, cl := range r.clauses {
		found := false
		for i := range cl {
			if cl[i].index(line) >= 0 {
				found = true
				break
			}
		}
		if !found {
			return !r.unsure || !bytes.Contains(line, []byte(`\u00`))
		}
	}
	return false
}
