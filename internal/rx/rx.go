// Package rx runs the regular expressions of CQL.
//
// LogScale has two engines of its own, Go has one that cannot look around, and another that can take forever. This
// package reads the syntax of the former and runs it on the latter:
//
//	pattern text --parse--> tree --+-- words      the pattern is a list of words: plain text search, no engine
//	                               +-- emit ----> regexp               whatever is regular: time linear in the text
//	                               +-- emit ----> dlclark/regexp2      lookaround, back-references, ..: bounded by a clock
//
// In front of both engines stands a search for words without which the pattern cannot match, so that an engine rarely
// sees a text that does not.
//
// The tree holds characters and sets of characters only; what a flag or an escape means is settled in the parser, once,
// and so the engines cannot disagree about it. What is settled:
//
//   - The meaning is that of LogScale's newer engine ("V2", flag F), whether or not F is given: \w, \d, \s and \b are
//     about ASCII, \h and \v are white space classes, (?i) holds to the end of its group.
//   - The dot matches any character but the line feed; flag d, or (?s), lifts that.
//   - Without flag m, ^ is the start of the text and $ its end. Java's $ would also match before a final line break; to
//     get that write \Z. With flag m, ^ and $ also match behind and before every line feed.
//   - Case is ignored as package fold says, so ASCII letters equal ASCII letters only.
//   - Groups are numbered from left to right, named or not. Names are those of fields, so that (?<a[0].b>..) is fine, and
//     two groups may share one.
//   - A bracket inside a class and a brace that is no quantifier are ordinary characters.
//   - Accepted beyond what LogScale's documentation lists, since its engines do or may: lookbehind, atomic groups,
//     possessive quantifiers, back-references, \p{..}, [[:alpha:]], \R, (?x).
//
// Positions are byte offsets. A byte that is not UTF-8 counts as one character, which the dot and negated classes match.
package rx

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"harrier/internal/fold"
)

// DefaultTimeout bounds one search with the backtracking engine.
const DefaultTimeout = 250 * time.Millisecond

// ErrTimeout is what a search fails with when the backtracking engine takes too long.
var ErrTimeout = errors.New("the regular expression is too expensive")

// Error says what is wrong with a pattern, a replacement or flags, and where: Offset counts bytes from its start.
type Error struct {
	Offset  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Span is a piece of a text, from Start to End in bytes, or -1, -1 for a group that took no part in the match.
type Span struct{ Start, End int }

// Regexp is a compiled pattern. Once in use it is immutable and safe for concurrent use.
type Regexp struct {
	source string
	flags  Flags
	groups []string
	named  bool
	beyond string // see Beyond

	// words, if not nil, has the same matches as the pattern; plain, if not nil, is its only word, tied to no end.
	words *wordMatcher
	plain *word
	need  *wordMatcher // words of which one must occur, nil if none are known
	lits  []word

	// One of the engines is set. match finds a match where find does, perhaps elsewhere and for less.
	match, find *regexp.Regexp
	slow        *backtracker

	// behind: a match depends on the text before it, so a search cannot simply start in the middle of the text. Then
	// later is the pattern for such a search, see findLater. looksBehind is about (?<=..), which need may be about.
	behind, looksBehind bool
	later               func() *regexp.Regexp

	needle *fold.Needle // for plain
}

// Compile reads a pattern. The error is an *Error.
func Compile(pattern string, f Flags) (*Regexp, error) {
	tree, groups, err := parse(pattern, f)
	if err != nil {
		return nil, err
	}
	re := &Regexp{source: pattern, flags: f, groups: groups}
	re.named = slices.ContainsFunc(groups, func(name string) bool { return name != "" })
	re.beyond = beyond(tree)
	re.lits = literals(tree)
	re.behind = tree.any(func(n *node) bool {
		return n.op == opBeginText || n.op == opBeginLine || n.op == opWord || n.op == opNotWord
	})
	re.looksBehind = tree.any(func(n *node) bool { return n.op == opLook && n.behind })

	simple := forMatch(tree)
	if list, ok := words(simple, maxWords, true); ok {
		if m := newWordMatcher(list); m.searches() <= maxSearches {
			re.words = m
		}
		// A lone word that the untrimmed pattern stands for also says where the match is.
		if whole, ok := words(tree, 1, true); ok && len(whole) == 1 && len(groups) == 1 && !whole[0].begin && !whole[0].end {
			re.plain = &whole[0]
			if re.plain.fold {
				re.needle = fold.NewNeedle(re.plain.text)
			}
		}
	}
	if list := required(simple); len(list) > 0 {
		re.need = newWordMatcher(list)
	}

	if !needsBacktracking(tree) {
		text := emit(tree, false)
		// The one thing that can still be wrong is the size, since package regexp writes out counted repetition.
		if re.find, err = regexp.Compile(text); err == nil {
			re.match = re.find
			if simpler := emit(simple, false); simpler != text {
				if m, err := regexp.Compile(simpler); err == nil {
					re.match = m
				}
			}
			re.later = sync.OnceValue(func() *regexp.Regexp {
				return regexp.MustCompile(`\A(?s:.)(?s:.*?)(` + text + `)`)
			})
			return re, nil
		}
	}
	re.slow, err = newBacktracker(pattern, emit(tree, true), emit(simple, true))
	if err != nil {
		return nil, err
	}
	return re, nil
}

// SetTimeout changes the time limit of one search with the backtracking engine; the clock ticks every tenth of a second.
// It must not be called once the Regexp is in use. The other engine needs no limit.
func (re *Regexp) SetTimeout(d time.Duration) {
	if re.slow != nil {
		re.slow.setTimeout(d)
	}
}

// Match reports whether s contains a match.
func (re *Regexp) Match(s string) (bool, error) {
	if counting.Load() {
		calls.Add(1)
	}
	if re.words != nil {
		return re.words.match(s), nil
	}
	// Fast path: most texts lack even the words.
	if re.need != nil && !re.need.match(s) {
		return false, nil
	}
	if re.match != nil {
		return re.match.MatchString(s), nil
	}
	return re.slow.matches(s)
}

// Find looks for the first match that starts at from or later; anchors and lookbehind see the text before. The spans of
// the match and its groups are written to caps, as many as it has room for; those beyond the last group are unset. To
// find the matches one after the other, go on from Next.
func (re *Regexp) Find(s string, from int, caps []Span) (ok bool, err error) {
	if counting.Load() {
		calls.Add(1)
	}
	for i := range caps {
		caps[i] = Span{-1, -1}
	}
	if from < 0 || from > len(s) {
		return false, nil
	}
	if re.plain != nil {
		start, end := -1, -1
		if re.needle != nil {
			start, end = re.needle.Index(s[from:])
		} else if start = strings.Index(s[from:], re.plain.text); start >= 0 {
			end = start + len(re.plain.text)
		}
		if start >= 0 && len(caps) > 0 {
			caps[0] = Span{from + start, from + end}
		}
		return start >= 0, nil
	}
	if re.need != nil {
		where := s[from:]
		if re.looksBehind {
			where = s
		}
		if !re.need.match(where) {
			return false, nil
		}
	}
	if re.find == nil {
		return re.slow.search(s, from, caps)
	}
	if from > 0 && re.behind {
		return re.findLater(s, from, caps), nil
	}
	return fill(caps, re.search(re.find, s[from:], len(caps)), from), nil
}

// search asks for groups only when there is room for them, since they take the engine longer.
func (re *Regexp) search(engine *regexp.Regexp, s string, room int) []int {
	switch {
	case room > 1 && engine.NumSubexp() > 0:
		return engine.FindStringSubmatchIndex(s)
	case room > 0:
		return engine.FindStringIndex(s)
	case engine.MatchString(s):
		return []int{}
	}
	return nil
}

// findLater searches from the middle of s. Package regexp can only search from the start, so the text given to it
// starts one character early, which is all that \b, ^ and $ can see, and the pattern skips that character: \A cannot
// match behind it, as it should, and the skipping is lazy, so the match is the leftmost.
func (re *Regexp) findLater(s string, from int, caps []Span) bool {
	_, size := utf8.DecodeLastRuneInString(s[:from])
	loc := re.later().FindStringSubmatchIndex(s[from-size:])
	if loc == nil {
		return false
	}
	return fill(caps, loc[2:], from-size)
}

func fill(caps []Span, loc []int, shift int) bool {
	for i := range caps {
		if 2*i+1 < len(loc) && loc[2*i] >= 0 {
			caps[i] = Span{loc[2*i] + shift, loc[2*i+1] + shift}
		}
	}
	return loc != nil
}

// Next returns where the search for the match after m goes on: at its end, or one character further if m is empty, so
// that every search gets ahead. Past the end of s it returns len(s)+1, which Find knows as the end.
func Next(s string, m Span) int {
	if m.End > m.Start {
		return m.End
	}
	if m.End >= len(s) {
		return len(s) + 1
	}
	_, size := utf8.DecodeRuneInString(s[m.End:])
	return m.End + size
}

// Groups returns the names of the groups by number, "" for those without. The first is for the whole match.
func (re *Regexp) Groups() []string { return re.groups }

// HasNamedGroups reports whether a match yields fields.
func (re *Regexp) HasNamedGroups() bool { return re.named }

// Engine names what runs the pattern: "re2" needs time linear in the text, "backtracking" is bounded by a clock.
func (re *Regexp) Engine() string {
	if re.find != nil {
		return "re2"
	}
	return "backtracking"
}

// Literals returns texts each of which occurs in every value that matches. If folded is true they are in folded form
// (fold.String) and occur in some case. There may be none; nothing follows from that.
func (re *Regexp) Literals() (lits []string, folded bool) {
	for _, w := range re.lits {
		folded = folded || w.fold
	}
	for _, w := range re.lits {
		text := w.text
		if folded {
			text = fold.String(text)
		}
		lits = append(lits, text)
	}
	return lits, folded
}

// String returns the pattern as it was written.
func (re *Regexp) String() string { return re.source }

// Flags returns the flags given to Compile.
func (re *Regexp) Flags() Flags { return re.flags }
