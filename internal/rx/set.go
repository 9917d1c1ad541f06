package rx

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"harrier/internal/fold"
)

// set is a set of characters: pairs of first and last, sorted, without overlap or contact.
type set []rune

var (
	digits     = set{'0', '9'}
	wordChars  = set{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	spaces     = set{'\t', '\r', ' ', ' '}
	horizontal = set{'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000}
	vertical   = set{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
	anyChar    = set{0, unicode.MaxRune}
	notNewline = set{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
)

// posix are the classes that POSIX and Java name, over ASCII.
var posix = map[string]set{
	"alnum":  {'0', '9', 'A', 'Z', 'a', 'z'},
	"alpha":  {'A', 'Z', 'a', 'z'},
	"ascii":  {0, 0x7F},
	"blank":  {'\t', '\t', ' ', ' '},
	"cntrl":  {0, 0x1F, 0x7F, 0x7F},
	"digit":  digits,
	"graph":  {'!', '~'},
	"lower":  {'a', 'z'},
	"print":  {' ', '~'},
	"punct":  {'!', '/', ':', '@', '[', '`', '{', '~'},
	"space":  spaces,
	"upper":  {'A', 'Z'},
	"word":   wordChars,
	"xdigit": {'0', '9', 'A', 'F', 'a', 'f'},
}

// normal sorts the pairs and joins those that overlap or touch.
func normal(pairs []rune) set {
	type pair struct{ lo, hi rune }
	list := make([]pair, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, pair{pairs[i], pairs[i+1]})
	}
	slices.SortFunc(list, func(a, b pair) int { return int(a.lo - b.lo) })
	out := set{}
	for _, p := range list {
		if n := len(out); n > 0 && p.lo <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p.hi)
			continue
		}
		out = append(out, p.lo, p.hi)
	}
	return out
}

func (s set) negate() set {
	out := set{}
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

func (s set) contains(r rune) bool {
	for i := 0; i < len(s); i += 2 {
		if s[i] <= r && r <= s[i+1] {
			return true
		}
	}
	return false
}

// size returns the number of characters, or limit+1 when there are more than limit.
func (s set) size(limit int) int {
	n := 0
	for i := 0; i < len(s); i += 2 {
		if n += int(s[i+1]-s[i]) + 1; n > limit {
			return limit + 1
		}
	}
	return n
}

// chars lists the members of a small set.
func (s set) chars() []rune {
	var out []rune
	for i := 0; i < len(s); i += 2 {
		for r := s[i]; r <= s[i+1]; r++ {
			out = append(out, r)
		}
	}
	return out
}

// folded adds the other cases of all members.
func (s set) folded() set {
	pairs := append([]rune(nil), s...)
	var high []rune
	for i := 0; i < len(s); i += 2 {
		for r := s[i]; r <= min(s[i+1], unicode.MaxASCII); r++ {
			for _, o := range cases(r) {
				pairs = append(pairs, o, o)
			}
		}
		if s[i+1] >= utf8.RuneSelf {
			high = append(high, max(s[i], utf8.RuneSelf), s[i+1])
		}
	}
	if len(high) > 0 {
		// The standard library knows how to fold wide ranges without visiting every character. What it adds in ASCII
		// is against the rule of package fold.
		re, err := syntax.Parse("(?i)"+set(high).String(), syntax.Perl)
		if err != nil {
			panic("rx: fold of a character class: " + err.Error())
		}
		runes := re.Rune
		switch re.Op {
		case syntax.OpLiteral:
			runes = nil
			for _, o := range cases(re.Rune[0]) {
				runes = append(runes, o, o)
			}
		case syntax.OpCharClass:
		default:
			runes = set(high)
		}
		for i := 0; i < len(runes); i += 2 {
			if runes[i+1] >= utf8.RuneSelf {
				pairs = append(pairs, max(runes[i], utf8.RuneSelf), runes[i+1])
			}
		}
	}
	return normal(pairs)
}

// String writes the set as a character class that both engines read alike.
func (s set) String() string {
	if len(s) == 0 {
		return `[^\x{0}-\x{10FFFF}]`
	}
	var b strings.Builder
	b.WriteByte('[')
	one := func(r rune) {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x{%X}`, r)
		}
	}
	for i := 0; i < len(s); i += 2 {
		one(s[i])
		if s[i] != s[i+1] {
			b.WriteByte('-')
			one(s[i+1])
		}
	}
	b.WriteByte(']')
	return b.String()
}

// cases returns r and the characters that equal it but for case.
func cases(r rune) []rune {
	out := []rune{r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if fold.Equal(f, r) {
			out = append(out, f)
		}
	}
	return out
}

// plainName is a property name without what Unicode says to ignore in one.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// property returns the characters of a \p{..} class: a general category, a script, one of a few binary properties, or a
// POSIX name, with the prefixes that Java, Perl and ECMAScript put before them.
func property(name string) (set, bool) {
	plain := plainName(name)
	if i := strings.IndexByte(plain, '='); i >= 0 {
		switch key, value := plain[:i], plain[i+1:]; key {
		case "script", "sc", "isscript":
			return named(unicode.Scripts, value)
		case "generalcategory", "gc", "category":
			return category(value)
		}
		return nil, false
	}
	for _, plain := range []string{plain, strings.TrimPrefix(plain, "is")} {
		switch plain {
		case "any", "all":
			return anyChar, true
		case "assigned":
			cn, _ := category("cn")
			return cn.negate(), cn != nil
		case "alphabetic":
			return tables(unicode.L, unicode.Nl, unicode.Other_Alphabetic), true
		case "uppercase":
			return tables(unicode.Lu, unicode.Other_Uppercase), true
		case "lowercase":
			return tables(unicode.Ll, unicode.Other_Lowercase), true
		}
		if s, ok := posix[plain]; ok && name[0] != 'I' {
			return s, true
		}
		if s, ok := category(plain); ok {
			return s, true
		}
		if s, ok := named(unicode.Scripts, plain); ok {
			return s, true
		}
		if s, ok := named(unicode.Properties, plain); ok {
			return s, true
		}
	}
	return nil, false
}

func category(plain string) (set, bool) {
	if plain == "l&" || plain == "lc" {
		return tables(unicode.Lu, unicode.Ll, unicode.Lt), true
	}
	for alias, name := range unicode.CategoryAliases {
		if plainName(alias) == plain {
			return tables(unicode.Categories[name]), true
		}
	}
	return named(unicode.Categories, plain)
}

func named(all map[string]*unicode.RangeTable, plain string) (set, bool) {
	for name, t := range all {
		if plainName(name) == plain {
			return tables(t), true
		}
	}
	return nil, false
}

func tables(list ...*unicode.RangeTable) set {
	var pairs []rune
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			pairs = append(pairs, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			pairs = append(pairs, r, r)
		}
	}
	for _, t := range list {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return normal(pairs)
}
