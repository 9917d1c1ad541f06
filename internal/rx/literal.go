package rx

import (
	"slices"
	"strings"
	"unicode/utf8"

	"harrier/internal/fold"
)

// Many patterns of detections are lists of words in disguise: /^(sc|net1?)\.exe$/i is six file names. And most of the
// rest contain a word without which they cannot match. This file finds both, so that an engine runs on few texts only.

const (
	maxWords    = 64 // words that a pattern may be replaced by
	maxSearches = 16 // of these, words that must be searched for in the whole text
	maxRequired = 16 // words of which one must occur
	maxWordLen  = 256
)

// word is one text of a finite language, with the ends of the text it is tied to.
type word struct {
	text       string
	fold       bool // text is in folded form, and any case of it will do
	begin, end bool
}

// join puts b behind a. The first result is false if no text can contain both (a\Ab).
func join(a, b word) (w word, possible bool) {
	if b.begin && a.text != "" || a.end && b.text != "" {
		return word{}, false
	}
	return word{text: a.text + b.text, fold: a.fold || b.fold, begin: a.begin || b.begin, end: a.end || b.end}, true
}

// hasCase reports whether the text has other spellings under fold.
func hasCase(text string) bool {
	for _, r := range text {
		if len(cases(r)) > 1 {
			return true
		}
	}
	return false
}

// words returns all texts that n matches, up to limit of them, or ok = false if they are more or cannot be listed.
//
// With exact, the list says the same as n: a text has a match of n just if it has one of the words. Without, it says
// less: every match of n contains one of the words, in its place.
func words(n *node, limit int, exact bool) (list []word, ok bool) {
	switch n.op {
	case opEmpty:
		return []word{{}}, true
	case opLit:
		if n.fold {
			return []word{{text: string(fold.Rune(n.r)), fold: true}}, true
		}
		return []word{{text: string(n.r)}}, true
	case opClass:
		return classWords(n.set, limit)
	case opBeginText:
		return []word{{begin: exact}}, true
	case opEndText:
		return []word{{end: exact}}, true
	case opGroup:
		return words(n.subs[0], limit, exact)
	case opAtomic:
		if !exact {
			return words(n.subs[0], limit, exact)
		}
	case opCat:
		list = []word{{}}
		for _, s := range n.subs {
			more, ok := words(s, limit, exact)
			if !ok {
				return nil, false
			}
			if list, ok = product(list, more, limit, exact); !ok {
				return nil, false
			}
		}
		return list, true
	case opAlt:
		for _, s := range n.subs {
			more, ok := words(s, limit, exact)
			if !ok || len(list)+len(more) > limit {
				return nil, false
			}
			list = append(list, more...)
		}
		return list, true
	case opRepeat:
		if n.max == unlimited || n.max > maxWordLen || n.greed == possessive && exact {
			return nil, false
		}
		one, ok := words(n.subs[0], limit, exact)
		if !ok {
			return nil, false
		}
		power := []word{{}}
		for i := 0; ; i++ {
			if i >= n.min {
				if list = append(list, power...); len(list) > limit {
					return nil, false
				}
			}
			if i == n.max {
				return list, true
			}
			if power, ok = product(power, one, limit, exact); !ok {
				return nil, false
			}
		}
	default:
		if n.zeroWidth() && !exact {
			return []word{{}}, true
		}
	}
	return nil, false
}

func classWords(s set, limit int) ([]word, bool) {
	if room := limit * 4; s.size(room) > room || s.contains(utf8.RuneError) {
		return nil, false
	}
	var list []word
	for _, r := range s.chars() {
		// A letter that is there in all its cases is one word, and no hindrance to folding the letters beside it.
		same := cases(r)
		all := len(same) > 1
		for _, o := range same {
			all = all && s.contains(o)
		}
		switch {
		case !all:
			list = append(list, word{text: string(r)})
		case fold.Rune(r) == r:
			list = append(list, word{text: string(r), fold: true})
		}
	}
	return list, len(list) <= limit
}

func product(a, b []word, limit int, exact bool) ([]word, bool) {
	if len(a)*len(b) > limit {
		return nil, false
	}
	list := make([]word, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			w, possible := join(x, y)
			if !possible {
				continue
			}
			if len(w.text) > maxWordLen {
				return nil, false
			}
			if x.fold != y.fold {
				plain := x.text
				if x.fold {
					plain = y.text
				}
				if hasCase(plain) {
					if exact {
						return nil, false
					}
					w.text = fold.String(w.text)
				}
			}
			list = append(list, w)
		}
	}
	return list, true
}

// required returns a list of words of which at least one occurs in every match of n: the most telling such list.
func required(n *node) []word {
	var best []word
	bestScore := 0
	offer := func(list []word) {
		if s := score(list); s > bestScore {
			best, bestScore = list, s
		}
	}
	switch n.op {
	case opGroup, opAtomic:
		return required(n.subs[0])
	case opRepeat:
		if n.min > 0 {
			offer(required(n.subs[0]))
		}
	case opLook:
		if !n.negative {
			return required(n.subs[0])
		}
	case opAlt:
		var list []word
		for _, s := range n.subs {
			more := required(s)
			if len(more) == 0 {
				list = nil
				break
			}
			list = append(list, more...)
		}
		offer(list)
	case opCat:
		run := []word{{}}
		for _, s := range n.subs {
			more, ok := words(s, maxRequired, false)
			var joined []word
			if ok {
				joined, ok = product(run, more, maxRequired, false)
			}
			// A run goes on while that makes it more telling: "powershell[a-p]" is better off without the class.
			if ok && score(joined) >= max(score(run), score(more)) {
				run = joined
				continue
			}
			offer(run)
			offer(required(s))
			if run = more; run == nil {
				run = []word{{}}
			}
		}
		offer(run)
	}
	if len(n.subs) == 0 || n.op == opRepeat || n.op == opAlt {
		if list, ok := words(n, maxRequired, false); ok {
			offer(list)
		}
	}
	return best
}

// score says how much the absence of all words of the list tells: long words are rare, and many words cost searches.
func score(list []word) int {
	if len(list) == 0 || len(list) > maxRequired {
		return 0
	}
	shortest := 8
	for _, w := range list {
		shortest = min(shortest, len(w.text))
	}
	return max(shortest*8-len(list)*3, 0)
}

// literals returns the texts each of which occurs in every match of n.
func literals(n *node) []word {
	var out []word
	run := word{}
	flush := func() {
		if run.text != "" {
			out = append(out, run)
		}
		run = word{}
	}
	var walk func(n *node)
	walk = func(n *node) {
		if list, ok := words(n, 1, false); ok && len(list) == 1 {
			joined, ok := product([]word{run}, list, 1, false)
			if !ok {
				flush()
				joined = list
			}
			run = joined[0]
			return
		}
		switch n.op {
		case opGroup, opAtomic:
			walk(n.subs[0])
		case opCat:
			for _, s := range n.subs {
				walk(s)
			}
		case opRepeat:
			flush()
			if n.min > 0 {
				walk(n.subs[0])
				flush()
			}
		default:
			flush()
		}
	}
	walk(n)
	flush()
	return out
}

// wordMatcher looks for words in a text.
type wordMatcher struct {
	always bool // the empty word is among them
	// exact are whole texts, prefixes and suffixes are tied to one end, inner to none.
	exact                   map[string]struct{}
	prefixes, suffixes      []string
	inner                   []string
	foldExact, foldPrefixes []*fold.Needle
	foldSuffixes, foldInner []*fold.Needle
}

func newWordMatcher(list []word) *wordMatcher {
	m := &wordMatcher{}
	seen := map[word]bool{}
	for _, w := range list {
		if seen[w] {
			continue
		}
		seen[w] = true
		if w.text == "" && !(w.begin && w.end) {
			m.always = true
		}
		var needle *fold.Needle
		if w.fold {
			needle = fold.NewNeedle(w.text)
		}
		add := func(plain *[]string, folded *[]*fold.Needle) {
			if w.fold {
				*folded = append(*folded, needle)
			} else {
				*plain = append(*plain, w.text)
			}
		}
		switch {
		case w.begin && w.end && !w.fold:
			if m.exact == nil {
				m.exact = map[string]struct{}{}
			}
			m.exact[w.text] = struct{}{}
		case w.begin && w.end:
			m.foldExact = append(m.foldExact, needle)
		case w.begin:
			add(&m.prefixes, &m.foldPrefixes)
		case w.end:
			add(&m.suffixes, &m.foldSuffixes)
		default:
			add(&m.inner, &m.foldInner)
		}
	}
	return m
}

// searches returns how many words must be looked for in the whole text.
func (m *wordMatcher) searches() int { return len(m.inner) + len(m.foldInner) }

func (m *wordMatcher) match(s string) bool {
	if m.always {
		return true
	}
	if m.exact != nil {
		if _, ok := m.exact[s]; ok {
			return true
		}
	}
	for _, w := range m.prefixes {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	for _, w := range m.suffixes {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	for _, w := range m.foldExact {
		if w.Equal(s) {
			return true
		}
	}
	for _, w := range m.foldPrefixes {
		if w.Prefix(s) >= 0 {
			return true
		}
	}
	for _, w := range m.foldSuffixes {
		if w.Suffix(s) >= 0 {
			return true
		}
	}
	for _, w := range m.inner {
		if strings.Contains(s, w) {
			return true
		}
	}
	return slices.ContainsFunc(m.foldInner, func(w *fold.Needle) bool { return w.Contains(s) })
}
