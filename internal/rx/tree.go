package rx

// op is the kind of a node.
type op uint8

const (
	opEmpty     op = iota // the empty text
	opLit                 // the character r, in any case when fold
	opClass               // one character out of set
	opBeginText           // \A, and ^ without m
	opEndText             // \z, and $ without m
	opEndTextNL           // \Z: the end, or before a line break that ends the text
	opBeginLine           // ^ with m
	opEndLine             // $ with m
	opWord                // \b
	opNotWord             // \B
	opGroup               // capturing group number index
	opCat                 // subs one after the other
	opAlt                 // one of subs
	opRepeat              // subs[0], min to max times
	opLook                // lookahead or lookbehind for subs[0]
	opAtomic              // subs[0] without second thoughts
	opBackref             // what group number index matched
)

// unlimited is the max of a repetition without one.
const unlimited = -1

type greed uint8

const (
	greedy greed = iota
	lazy
	possessive
)

// node is a part of a parsed pattern. All characters that flags, classes and escapes can stand for are resolved, so a
// node means the same whatever engine it is written for.
type node struct {
	op       op
	r        rune
	fold     bool
	set      set
	index    int
	min, max int
	greed    greed
	behind   bool
	negative bool
	subs     []*node
}

// zeroWidth reports whether the node matches no text, only a place.
func (n *node) zeroWidth() bool {
	return n.op >= opBeginText && n.op <= opNotWord || n.op == opLook || n.op == opEmpty
}

// any reports whether f holds for the node or a node below it.
func (n *node) any(f func(*node) bool) bool {
	if f(n) {
		return true
	}
	for _, s := range n.subs {
		if s.any(f) {
			return true
		}
	}
	return false
}

// concat makes one node of several, without needless nesting.
func concat(subs []*node) *node {
	flat := make([]*node, 0, len(subs))
	for _, s := range subs {
		switch s.op {
		case opEmpty:
		case opCat:
			flat = append(flat, s.subs...)
		default:
			flat = append(flat, s)
		}
	}
	switch len(flat) {
	case 0:
		return &node{op: opEmpty}
	case 1:
		return flat[0]
	}
	return &node{op: opCat, subs: flat}
}

// alternate makes one node of several choices.
func alternate(subs []*node) *node {
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{op: opAlt, subs: subs}
}

// forMatch returns a tree that finds a match in exactly the texts in which n does, though not at the same place, and is
// cheaper to run: groups do not capture, and what may stand at the ends of a match but need not is gone. So ".*foo.+"
// becomes "foo.", since a match of the one lies inside a match of the other. The rest of a pattern is evaluated at the
// same places of the text, so anchors and lookarounds do not mind.
func forMatch(n *node) *node {
	if n.any(func(n *node) bool { return n.op == opBackref }) {
		return n
	}
	return trim(trim(uncapture(n), true), false)
}

func uncapture(n *node) *node {
	if n.op == opGroup {
		return uncapture(n.subs[0])
	}
	if len(n.subs) == 0 {
		return n
	}
	subs := make([]*node, len(n.subs))
	for i, s := range n.subs {
		subs[i] = uncapture(s)
	}
	if n.op == opCat {
		return concat(subs)
	}
	c := *n
	c.subs = subs
	return &c
}

// trim removes what a match need not contain at its start (left) or at its end.
func trim(n *node, left bool) *node {
	switch n.op {
	case opAlt:
		subs := make([]*node, len(n.subs))
		for i, s := range n.subs {
			subs[i] = trim(s, left)
		}
		return alternate(subs)
	case opRepeat:
		// Possessive repetition at the end gives nothing back that anyone would take, but at the start it may swallow
		// what the rest needs; it is rare enough to leave alone at both ends.
		if n.greed == possessive || n.max == n.min {
			return n
		}
		if n.min == 0 {
			return &node{op: opEmpty}
		}
		c := *n
		c.max = c.min
		return &c
	case opCat:
		subs := append([]*node(nil), n.subs...)
		for len(subs) > 0 {
			end := 0
			if !left {
				end = len(subs) - 1
			}
			subs[end] = trim(subs[end], left)
			if subs[end].op != opEmpty {
				break
			}
			if left {
				subs = subs[1:]
			} else {
				subs = subs[:end]
			}
		}
		return concat(subs)
	}
	return n
}
