package rx

import (
	"regexp"
	"strconv"
	"strings"
)

// needsBacktracking reports whether a part of the pattern is beyond regular expressions in the strict sense, or counts
// further than package regexp does.
func needsBacktracking(n *node) bool {
	return n.any(func(n *node) bool {
		switch n.op {
		case opEndTextNL, opLook, opAtomic, opBackref:
			return true
		case opRepeat:
			return n.greed == possessive || n.min > 1000 || n.max > 1000
		}
		return false
	})
}

// emitter writes a tree as pattern text for one of the engines. The text has no names, no shorthand classes and nothing
// that depends on options, so the only difference between the engines is what they can do, not what they mean. Groups
// are numbered from left to right in both.
type emitter struct {
	strings.Builder
	backtracking bool
}

func emit(n *node, backtracking bool) string {
	e := emitter{backtracking: backtracking}
	e.node(n)
	return e.String()
}

func (e *emitter) node(n *node) {
	switch n.op {
	case opEmpty:
		e.WriteString("(?:)")
	case opLit:
		e.literals([]*node{n})
	case opClass:
		e.class(n.set)
	case opBeginText:
		e.WriteString(`\A`)
	case opEndText:
		e.WriteString(`\z`)
	case opEndTextNL:
		e.WriteString(`\Z`)
	case opBeginLine:
		e.WriteString(`(?m:^)`)
	case opEndLine:
		e.WriteString(`(?m:$)`)
	case opWord, opNotWord:
		e.boundary(n.op == opWord)
	case opGroup:
		e.wrap("(", n.subs[0])
	case opCat:
		for i := 0; i < len(n.subs); {
			j := i
			for j < len(n.subs) && n.subs[j].op == opLit {
				j++
			}
			if j > i {
				e.literals(n.subs[i:j])
				i = j
				continue
			}
			if n.subs[i].op == opAlt {
				e.wrap("(?:", n.subs[i])
			} else {
				e.node(n.subs[i])
			}
			i++
		}
	case opAlt:
		for i, s := range n.subs {
			if i > 0 {
				e.WriteByte('|')
			}
			e.node(s)
		}
	case opRepeat:
		e.repeat(n)
	case opLook:
		opening := "(?"
		if n.behind {
			opening += "<"
		}
		if n.negative {
			opening += "!"
		} else {
			opening += "="
		}
		e.wrap(opening, n.subs[0])
	case opAtomic:
		e.wrap("(?>", n.subs[0])
	case opBackref:
		opening := "(?:"
		if n.fold {
			opening = "(?i:"
		}
		e.WriteString(opening + `\` + strconv.Itoa(n.index) + ")")
	}
}

func (e *emitter) wrap(opening string, n *node) {
	e.WriteString(opening)
	e.node(n)
	e.WriteByte(')')
}

// literals writes characters in a row. Only package regexp gets (?i:..), and only around letters for which it has no
// other opinion about case than package fold: k and s it would also find in the Kelvin sign and the long s.
func (e *emitter) literals(list []*node) {
	folding := false
	for _, n := range list {
		inFlag := n.fold && !e.backtracking && !strings.ContainsRune("kKsS\u212a\u017f", n.r)
		if inFlag != folding {
			if folding {
				e.WriteByte(')')
			} else {
				e.WriteString("(?i:")
			}
			folding = inFlag
		}
		if !n.fold || inFlag {
			e.WriteString(regexp.QuoteMeta(string(n.r)))
			continue
		}
		var pairs []rune
		for _, r := range cases(n.r) {
			pairs = append(pairs, r, r)
		}
		e.WriteString(normal(pairs).String())
	}
	if folding {
		e.WriteByte(')')
	}
}

func (e *emitter) class(s set) {
	switch {
	case len(s) == 2 && s[1]-s[0] == 0x10FFFF:
		e.WriteString(`(?s:.)`)
	case len(s) == 0 && e.backtracking:
		e.WriteString(`(?!)`)
	default:
		e.WriteString(s.String())
	}
}

// boundary writes \b and \B over ASCII word characters. The backtracking engine has them over Unicode only, so there it
// takes lookarounds.
func (e *emitter) boundary(is bool) {
	const word = `[0-9A-Z_a-z]`
	switch {
	case !e.backtracking && is:
		e.WriteString(`\b`)
	case !e.backtracking:
		e.WriteString(`\B`)
	case is:
		e.WriteString(`(?:(?<=` + word + `)(?!` + word + `)|(?<!` + word + `)(?=` + word + `))`)
	default:
		e.WriteString(`(?:(?<=` + word + `)(?=` + word + `)|(?<!` + word + `)(?!` + word + `))`)
	}
}

func (e *emitter) repeat(n *node) {
	if n.greed == possessive {
		// No engine here has possessive quantifiers, but they are by definition an atomic group.
		c := *n
		c.greed = greedy
		e.wrap("(?>", &c)
		return
	}
	switch sub := n.subs[0]; {
	case sub.op == opGroup, sub.op == opClass && len(sub.set) > 0, sub.op == opLit && !sub.fold:
		e.node(sub)
	default:
		e.wrap("(?:", sub)
	}
	switch {
	case n.min == 0 && n.max == unlimited:
		e.WriteByte('*')
	case n.min == 1 && n.max == unlimited:
		e.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.WriteByte('?')
	default:
		e.WriteString("{" + strconv.Itoa(n.min))
		if n.max != n.min {
			e.WriteByte(',')
			if n.max != unlimited {
				e.WriteString(strconv.Itoa(n.max))
			}
		}
		e.WriteByte('}')
	}
	if n.greed == lazy {
		e.WriteByte('?')
	}
}
