package rx

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits that keep the parsers and engines behind this one from recursing or growing without end.
const (
	maxDepth   = 250
	maxRepeat  = 100_000
	maxPattern = 64 << 10
)

// parser reads a pattern into a tree. Problems are raised as *Error panics and caught in parse, which keeps a dozen
// small methods free of error plumbing; none leaves the package.
type parser struct {
	src   string
	pos   int
	depth int

	ignoreCase, multiLine, dotAll, extended bool

	groups []string // names by number; [0] is the whole match
	total  int      // groups of the whole pattern, known beforehand for \12
	refs   []namedRef
}

type namedRef struct {
	node *node
	name string
	pos  int
}

func parse(src string, f Flags) (n *node, groups []string, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			n, groups, err = nil, nil, e
		default:
			panic(e)
		}
	}()
	if len(src) > maxPattern {
		return nil, nil, &Error{Offset: maxPattern, Message: fmt.Sprintf("the pattern has %d bytes, the limit is %d", len(src), maxPattern)}
	}
	for i, r := range src {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(src[i:]); size == 1 {
				return nil, nil, &Error{Offset: i, Message: "the pattern is not valid UTF-8 here"}
			}
		}
	}
	p := &parser{src: src, ignoreCase: f.IgnoreCase, multiLine: f.MultiLine, dotAll: f.DotAll, groups: []string{""}}
	p.total = countGroups(src)
	n = p.alternatives()
	if p.pos < len(src) {
		p.fail(p.pos, "`)` closes a group that is not open")
	}
	p.resolve()
	return n, p.groups, nil
}

// countGroups counts the capturing groups without understanding more of the pattern than it must.
func countGroups(src string) int {
	n := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\\':
			if strings.HasPrefix(src[i:], `\Q`) {
				if end := strings.Index(src[i:], `\E`); end >= 0 {
					i += end
				} else {
					return n
				}
			}
			i++
		case '[':
			i++
			if i < len(src) && src[i] == '^' {
				i++
			}
			if i < len(src) && src[i] == ']' {
				i++
			}
			for i < len(src) && src[i] != ']' {
				if src[i] == '\\' {
					i++
				}
				i++
			}
		case '(':
			if _, ok := groupName(src[i:]); ok || !strings.HasPrefix(src[i:], "(?") {
				n++
			}
		}
	}
	return n
}

// groupName returns the opening of a named group, "(?<" or "(?P<", if src starts with one.
func groupName(src string) (opening string, ok bool) {
	switch {
	case strings.HasPrefix(src, "(?P<"):
		return "(?P<", true
	case strings.HasPrefix(src, "(?<=") || strings.HasPrefix(src, "(?<!"):
		return "", false
	case strings.HasPrefix(src, "(?<"):
		return "(?<", true
	}
	return "", false
}

func (p *parser) fail(offset int, format string, args ...any) {
	panic(&Error{Offset: offset, Message: fmt.Sprintf(format, args...)})
}

func (p *parser) more() bool { return p.pos < len(p.src) }

func (p *parser) rest() string { return p.src[p.pos:] }

// accept consumes the text if it comes next.
func (p *parser) accept(text string) bool {
	if strings.HasPrefix(p.rest(), text) {
		p.pos += len(text)
		return true
	}
	return false
}

// next consumes one character; there must be one.
func (p *parser) next() rune {
	r, n := utf8.DecodeRuneInString(p.rest())
	p.pos += n
	return r
}

// alternatives reads up to the end of the enclosing group. Flags set inside last until there.
func (p *parser) alternatives() *node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, "groups are nested more than %d deep", maxDepth)
	}
	i, m, d, x := p.ignoreCase, p.multiLine, p.dotAll, p.extended
	subs := []*node{p.sequence()}
	for p.accept("|") {
		subs = append(subs, p.sequence())
	}
	p.ignoreCase, p.multiLine, p.dotAll, p.extended = i, m, d, x
	p.depth--
	return alternate(subs)
}

func (p *parser) sequence() *node {
	var subs []*node
	for {
		p.skipExtended()
		if !p.more() || p.src[p.pos] == '|' || p.src[p.pos] == ')' {
			return concat(subs)
		}
		if p.accept(`\Q`) {
			text, _, found := strings.Cut(p.rest(), `\E`)
			p.pos += len(text)
			if found {
				p.pos += len(`\E`)
			}
			for _, r := range text {
				subs = append(subs, p.literal(r))
			}
			if text == "" {
				continue
			}
			// A quantifier behind \E repeats the last character only.
			last := len(subs) - 1
			subs[last] = p.quantified(subs[last])
			continue
		}
		if p.accept(`\E`) {
			continue
		}
		if atom := p.atom(); atom != nil {
			subs = append(subs, p.quantified(atom))
		}
	}
}

// skipExtended skips what (?x) makes invisible: white space and comments.
func (p *parser) skipExtended() {
	for p.extended && p.more() {
		switch c := p.src[p.pos]; c {
		case ' ', '\t', '\n', '\v', '\f', '\r':
			p.pos++
		case '#':
			line, _, _ := strings.Cut(p.rest(), "\n")
			p.pos += len(line)
		default:
			return
		}
	}
}

// atom reads what a quantifier may follow. It returns nil for (?i) and the like, which match nothing.
func (p *parser) atom() *node {
	start := p.pos
	switch r := p.next(); r {
	case '^':
		if p.multiLine {
			return &node{op: opBeginLine}
		}
		return &node{op: opBeginText}
	case '$':
		if p.multiLine {
			return &node{op: opEndLine}
		}
		return &node{op: opEndText}
	case '.':
		if p.dotAll {
			return &node{op: opClass, set: anyChar}
		}
		return &node{op: opClass, set: notNewline}
	case '[':
		return p.class(start)
	case '(':
		return p.group(start)
	case '\\':
		return p.escape(start)
	case '*', '+', '?':
		p.fail(start, "`%c` has nothing before it to repeat; write `\\%c` for the character", r, r)
	case '{':
		p.pos = start
		if _, _, ok := p.braces(); ok {
			p.fail(start, "`%s` has nothing before it to repeat", p.src[start:p.pos])
		}
		p.pos = start + 1
		return p.literal('{')
	default:
		return p.literal(r)
	}
	return nil
}

func (p *parser) literal(r rune) *node {
	if r == utf8.RuneError {
		// This character also matches a byte that is not UTF-8, as engines read it; a search for its text would not.
		return &node{op: opClass, set: set{r, r}}
	}
	return &node{op: opLit, r: r, fold: p.ignoreCase && len(cases(r)) > 1}
}

func (p *parser) charSet(s set) *node {
	if p.ignoreCase {
		s = s.folded()
	}
	return &node{op: opClass, set: s}
}

// quantified reads the quantifier behind an atom, if there is one.
func (p *parser) quantified(atom *node) *node {
	p.skipExtended()
	lo, hi, ok := p.quantifier()
	if !ok {
		return atom
	}
	n := &node{op: opRepeat, min: lo, max: hi, subs: []*node{atom}}
	if p.accept("?") {
		n.greed = lazy
	} else if p.accept("+") {
		n.greed = possessive
	}
	p.skipExtended()
	start := p.pos
	if _, _, again := p.quantifier(); again {
		p.fail(start, "`%s` follows another quantifier; put what it shall repeat into (?:..)", p.src[start:p.pos])
	}
	return n
}

func (p *parser) quantifier() (lo, hi int, ok bool) {
	switch {
	case p.accept("*"):
		return 0, unlimited, true
	case p.accept("+"):
		return 1, unlimited, true
	case p.accept("?"):
		return 0, 1, true
	}
	return p.braces()
}

// braces reads {n}, {n,} or {n,m}. Anything else in braces is literal text, as in most engines: JSON is full of it.
func (p *parser) braces() (lo, hi int, ok bool) {
	start := p.pos
	if !p.accept("{") {
		return 0, 0, false
	}
	lo, ok = p.count()
	hi = lo
	if ok && p.accept(",") {
		if hi = unlimited; p.more() && p.src[p.pos] != '}' {
			hi, ok = p.count()
		}
	}
	if !ok || !p.accept("}") {
		p.pos = start
		return 0, 0, false
	}
	text := p.src[start:p.pos]
	if lo > maxRepeat || hi > maxRepeat {
		p.fail(start, "`%s` repeats more than %d times", text, maxRepeat)
	}
	if hi != unlimited && hi < lo {
		p.fail(start, "`%s` has its bounds in the wrong order", text)
	}
	return lo, hi, true
}

func (p *parser) count() (n int, ok bool) {
	for p.more() && p.src[p.pos]-'0' < 10 {
		if n <= maxRepeat {
			n = n*10 + int(p.src[p.pos]-'0')
		}
		p.pos++
		ok = true
	}
	return n, ok
}

func (p *parser) group(start int) *node {
	n := &node{op: opGroup}
	opening, named := groupName(p.src[start:])
	switch {
	case named:
		p.pos = start + len(opening)
		name := p.groupNameText(start)
		n.index = len(p.groups)
		p.groups = append(p.groups, name)
	case !p.accept("?"):
		n.index = len(p.groups)
		p.groups = append(p.groups, "")
	case p.accept("P=") || p.accept("P>"):
		if p.src[p.pos-1] == '>' {
			p.fail(start, "`(?P>` calls a group, which is not supported")
		}
		return p.namedBackref(start, ')')
	case p.accept(":"):
		n = nil
	case p.accept("="):
		n.op = opLook
	case p.accept("!"):
		n.op, n.negative = opLook, true
	case p.accept("<="):
		n.op, n.behind = opLook, true
	case p.accept("<!"):
		n.op, n.behind, n.negative = opLook, true, true
	case p.accept(">"):
		n.op = opAtomic
	default:
		return p.inlineFlags(start)
	}
	body := p.alternatives()
	p.closeGroup(start)
	if n == nil {
		return body
	}
	n.subs = []*node{body}
	return n
}

func (p *parser) closeGroup(start int) {
	if !p.accept(")") {
		p.fail(start, "`(` is not closed")
	}
}

// inlineFlags reads (?i), which holds to the end of the enclosing group, or (?i:..).
func (p *parser) inlineFlags(start int) *node {
	i, m, d, x := p.ignoreCase, p.multiLine, p.dotAll, p.extended
	on := true
	for {
		if !p.more() {
			p.fail(start, "`(` is not closed")
		}
		at := p.pos
		switch c := p.next(); c {
		case 'i':
			p.ignoreCase = on
		case 'm':
			p.multiLine = on
		case 's':
			p.dotAll = on
		case 'x':
			p.extended = on
		case '-':
			if !on {
				p.fail(at, "`%s` has two minus signs", p.src[start:p.pos])
			}
			on = false
		case ')':
			if at == start+2 {
				p.fail(start, "`(?)` is no group")
			}
			return nil
		case ':':
			body := p.alternatives()
			p.closeGroup(start)
			p.ignoreCase, p.multiLine, p.dotAll, p.extended = i, m, d, x
			return body
		default:
			if at > start+2 {
				hint := ""
				if c == 'd' {
					hint = "; inside a pattern the dot matches line breaks with s"
				}
				p.fail(at, "unknown inline flag `%c`, the inline flags are i, m, s and x%s", c, hint)
			}
			switch {
			case c == '#' || c == '|' || c == '(' || c == '&' || c == 'R' || c == '\'' || c == '<' || c == 'P' || c == '+' || unicode.IsDigit(c):
				p.fail(start, "`(?%c` is a kind of group that is not supported", c)
			default:
				p.fail(at, "unknown inline flag `%c`, the inline flags are i, m, s and x", c)
			}
		}
	}
}

// groupNameText reads the name of a group and its closing >. The name is that of a field.
func (p *parser) groupNameText(start int) string {
	if p.accept("{") {
		name, _, found := strings.Cut(p.rest(), "}>")
		if !found {
			p.fail(start, "the group name `{..}` is not closed by `}>`")
		}
		if name == "" {
			p.fail(start, "the group has an empty name")
		}
		p.pos += len(name) + len("}>")
		return name
	}
	from := p.pos
	for p.more() {
		at := p.pos
		switch r := p.next(); {
		case r == '>':
			if at == from {
				p.fail(start, "the group has an empty name")
			}
			return p.src[from:at]
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("_-#@.[]", r):
			p.fail(at, "a group name cannot contain `%c`; write (?<{name}>..) for a field with an unusual name", r)
		}
	}
	p.fail(start, "the group name is not closed by `>`")
	return ""
}

// namedBackref reads the rest of \k<name>, \k{name} or (?P=name).
func (p *parser) namedBackref(start int, end byte) *node {
	i := strings.IndexByte(p.rest(), end)
	if i < 0 {
		p.fail(start, "the name of the group referred to is not closed by `%c`", end)
	}
	n := &node{op: opBackref, fold: p.ignoreCase}
	p.refs = append(p.refs, namedRef{node: n, name: p.src[p.pos : p.pos+i], pos: start})
	p.pos += i + 1
	return n
}

// resolve gives named back-references their numbers, when all groups are known.
func (p *parser) resolve() {
	for _, ref := range p.refs {
		for i, name := range p.groups {
			if i > 0 && name == ref.name {
				ref.node.index = i
				break
			}
		}
		if ref.node.index == 0 {
			p.fail(ref.pos, "no group is named `%s`", ref.name)
		}
	}
}
