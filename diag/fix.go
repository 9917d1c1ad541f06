package diag

import (
	"cmp"
	"slices"
	"strings"
)

// Apply makes the edits of the fixes and says how many fixes it applied. A fix
// is applied whole or not at all: it is left out when it has no edits, when one
// of them lies outside the text, or when one meets an edit of a fix before it.
// Two fixes that insert at the same place meet, because their order would be a
// guess; a caller that checks the result again gets the second one then.
func Apply(text string, fixes []*Fix) (string, int) {
	var taken []Edit
	applied := 0
	for _, f := range fixes {
		if f == nil {
			continue
		}
		edits := ordered(text, f.Edits)
		if len(edits) == 0 || slices.ContainsFunc(edits, func(e Edit) bool {
			return slices.ContainsFunc(taken, func(t Edit) bool { return e.Span == t.Span || overlap(e.Span, t.Span) })
		}) {
			continue
		}
		taken = append(taken, edits...)
		applied++
	}
	sortEdits(taken)
	out, _ := rewrite(text, taken)
	return out, applied
}

// ordered gives the edits by position, or nil when they cannot all be made.
func ordered(text string, edits []Edit) []Edit {
	edits = slices.Clone(edits)
	sortEdits(edits)
	for i, e := range edits {
		if e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(text) {
			return nil
		}
		if i > 0 && edits[i-1].Span.End > e.Span.Start {
			return nil
		}
	}
	return edits
}

// sortEdits puts an insertion before a replacement that starts where it stands.
func sortEdits(edits []Edit) {
	slices.SortStableFunc(edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
}

// overlap tells whether two spans share a byte, or one is an insertion inside
// the other. Spans that only touch do not overlap.
func overlap(a, b Span) bool { return a.Start < b.End && b.Start < a.End }

// rewrite makes ordered edits and gives where their texts stand in the result.
func rewrite(text string, edits []Edit) (string, []Span) {
	var b strings.Builder
	places := make([]Span, 0, len(edits))
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.Span.Start])
		start := b.Len()
		b.WriteString(e.Text)
		places = append(places, Span{start, b.Len()})
		at = e.Span.End
	}
	b.WriteString(text[at:])
	return b.String(), places
}
