package function

import (
	"unicode/utf8"

	"harrier/event"
	"harrier/internal/fold"
	"harrier/internal/glob"
	"harrier/internal/rx"
	"harrier/plan"
)

// limitedTest is a test of a value whose necessary condition is more than a list
// of literals that must all be there.
type limitedTest struct {
	*plan.Test
	where event.Predicate
}

// Where implements plan.Pred.
func (p *limitedTest) Where() event.Predicate { return p.where }

// noError makes a Test.Match of a function that cannot fail.
func noError(f func(string) bool) func(string) (bool, error) {
	return func(s string) (bool, error) { return f(s), nil }
}

// foldNeedle is what a value that holds text, whatever its case, is searched for:
// a needle knows the case of ASCII letters only, so it is the longest part made
// of them; false when there is none.
func foldNeedle(field, text string) (event.Needle, bool) {
	best, from := "", 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] < utf8.RuneSelf {
			continue
		}
		if i-from > len(best) {
			best = text[from:i]
		}
		from = i + 1
	}
	return event.Needle{Field: field, Text: fold.String(best), Fold: true}, best != ""
}

// literalNeedle is foldNeedle, or the plain needle when case counts.
func literalNeedle(field, text string, ignoreCase bool) (event.Needle, bool) {
	if ignoreCase {
		return foldNeedle(field, text)
	}
	return event.Needle{Field: field, Text: text}, text != ""
}

// RegexNeedles are literals of which a value in which re finds a match contains
// each one.
func RegexNeedles(re *rx.Regexp) []event.Needle {
	lits, folded := re.Literals()
	var out []event.Needle
	for _, l := range lits {
		if n, ok := literalNeedle("", l, folded); ok {
			out = append(out, n)
		}
	}
	return out
}

// regexNeeds is a necessary condition for re to match a value of the field; of
// any field when it is "".
func regexNeeds(field string, re *rx.Regexp) event.Predicate {
	lits, folded := re.Literals()
	return literalNeeds(field, lits, folded)
}

// literalNeeds is the condition that each of lits is in a value of the field.
func literalNeeds(field string, lits []string, ignoreCase bool) event.Predicate {
	var w event.Predicate
	for _, l := range lits {
		if n, ok := literalNeedle(field, l, ignoreCase); ok {
			w.Clauses = append(w.Clauses, event.Clause{Any: []event.Needle{n}})
		}
	}
	return w
}

// globNeedle is the needle of a pattern that is likely the rarest; false when the
// pattern says nothing that could be searched for.
func globNeedle(field string, g *glob.Pattern) (event.Needle, bool) {
	if lit, ok := g.IsLiteral(); ok {
		return event.Needle{Field: field, Text: lit, Whole: true}, lit != ""
	}
	var best event.Needle
	for _, l := range g.Literals() {
		if n, ok := literalNeedle(field, l, g.Fold()); ok && len(n.Text) > len(best.Text) {
			best = n
		}
	}
	return best, best.Text != ""
}
