package rx

// Beyond names a construct of the pattern that is read here and that the
// LogScale manual lists as not supported (page "Unsupported regex syntax"); ""
// when there is none.
func (re *Regexp) Beyond() string { return re.beyond }

func beyond(tree *node) string {
	found := ""
	tree.any(func(n *node) bool {
		switch {
		case n.op == opLook && n.behind:
			found = "lookbehind"
		case n.op == opAtomic:
			found = "an atomic group"
		case n.op == opRepeat && n.greed == possessive:
			found = "a possessive quantifier"
		}
		return found != ""
	})
	return found
}
