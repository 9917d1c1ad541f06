package decode

import (
	"bytes"
	"strings"

	"harrier/event"
)

// rejecter drops lines that cannot satisfy a query's necessary condition by
// looking for literals in the raw text. JSON and other notations may write a
// character in several ways, so only characters that are written one way are
// looked for, and text that holds numeric escapes is not judged at all.
type rejecter struct {
	clauses [][]needle
	unsure  bool // the chunk at hand holds escapes that could hide a literal
}

type needle struct {
	text []byte
	fold bool
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
			ns = append(ns, needle{text, n.Fold})
		}
		if len(ns) > 0 && len(ns) <= 64 {
			r.clauses = append(r.clauses, ns)
		}
	}
	if len(r.clauses) == 0 {
		return nil
	}
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
	case '"', '\\', '/', '<', '>', '&', '\'', '=', '+':
		return false
	}
	return c >= ' ' && c < 0x7f
}

// inError tells whether a needle for any field is found in what is said about
// every line that cannot be read.
func inError(n event.Needle, f *Format) bool {
	for _, v := range []string{"true", f.Unreadable} {
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
	if r != nil {
		r.unsure = bytes.Contains(text, []byte(`\u00`))
	}
}

// rejects tells that a line cannot matter.
func (r *rejecter) rejects(line []byte) bool {
	if r == nil {
		return false
	}
	for _, cl := range r.clauses {
		found := false
		for i := range cl {
			if cl[i].in(line) {
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

func (n *needle) in(line []byte) bool {
	if !n.fold {
		return bytes.Contains(line, n.text)
	}
	return containsFold(line, n.text)
}

// containsFold looks for a lower-case ASCII literal whatever the case of the
// text's letters: candidates for its first byte, in both cases, are compared.
func containsFold(text, lower []byte) bool {
	lo := lower[0]
	up := lo
	if 'a' <= lo && lo <= 'z' {
		up = lo - 32
	}
	for len(text) >= len(lower) {
		head := text[:len(text)-len(lower)+1]
		i := bytes.IndexByte(head, lo)
		if up != lo {
			if i >= 0 {
				head = head[:i]
			}
			if j := bytes.IndexByte(head, up); j >= 0 {
				i = j
			}
		}
		if i < 0 {
			return false
		}
		if equalFold(text[i:i+len(lower)], lower) {
			return true
		}
		text = text[i+1:]
	}
	return false
}

func equalFold(text, lower []byte) bool {
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 32
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
