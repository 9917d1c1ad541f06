package rx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"harrier/internal/fold"
)

func compile(t *testing.T, pattern, flags string) *Regexp {
	t.Helper()
	f, err := ParseFlags(flags)
	if err != nil {
		t.Fatal(err)
	}
	re, err := Compile(pattern, f)
	if err != nil {
		t.Fatalf("Compile(%q): %v", pattern, err)
	}
	return re
}

// check asserts what the pattern matches, by all the roads a text can take: the shortcuts, and each engine that can.
func check(t *testing.T, pattern, flags string, yes, no []string) {
	t.Helper()
	re := compile(t, pattern, flags)
	for _, c := range []struct {
		list []string
		want bool
	}{{yes, true}, {no, false}} {
		for _, s := range c.list {
			if got, err := re.Match(s); err != nil || got != c.want {
				t.Errorf("/%s/%s on %q: %v, %v; want %v", pattern, flags, s, got, err, c.want)
			}
			everyRoad(t, re, s)
		}
	}
}

// everyRoad fails if a shortcut or an engine disagrees with another about s.
func everyRoad(t *testing.T, re *Regexp, s string) {
	t.Helper()
	tree, _, err := parse(re.source, re.flags)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := newBacktracker(re.source, emit(tree, true), emit(forMatch(tree), true))
	if err != nil {
		t.Fatalf("/%s/%s: %v", re.source, re.flags, err)
	}
	caps := make([]Span, len(re.groups))
	for i := range caps {
		caps[i] = Span{-1, -1}
	}
	want, err := slow.search(s, 0, caps)
	if err != nil {
		return // too expensive: nothing to compare with
	}
	differ := func(road string, got bool) {
		if got != want {
			t.Fatalf("/%s/%s on %q: %s says %v, the backtracking engine %v", re.source, re.flags, s, road, got, want)
		}
	}
	if ok, err := slow.matches(s); err == nil {
		differ("the trimmed pattern", ok)
	}
	if ok, err := re.Match(s); err == nil {
		differ("Match", ok)
	}
	if re.words != nil {
		differ("the word list", re.words.match(s))
	}
	if re.need != nil && want {
		differ("the required words", re.need.match(s))
	}
	for _, w := range re.lits {
		if want && !(w.fold && fold.NewNeedle(w.text).Contains(s) || !w.fold && strings.Contains(s, w.text)) {
			t.Fatalf("/%s/%s matches %q without its literal %q", re.source, re.flags, s, w.text)
		}
	}
	if re.find != nil {
		differ("the linear engine", re.find.MatchString(s))
		differ("the trimmed pattern of the linear engine", re.match.MatchString(s))
	}
	got := make([]Span, len(re.groups))
	ok, err := re.Find(s, 0, got)
	if err != nil {
		return
	}
	differ("Find", ok)
	if ok && got[0] != caps[0] && !emptyLoop(tree) {
		t.Fatalf("/%s/%s on %q: found at %v, the backtracking engine at %v", re.source, re.flags, s, got[0], caps[0])
	}
}

// emptyLoop reports whether the pattern repeats something that may be empty; engines end such loops differently.
func emptyLoop(n *node) bool {
	return n.any(func(n *node) bool { return n.op == opRepeat && n.max != 1 && nullable(n.subs[0]) })
}

func nullable(n *node) bool {
	switch n.op {
	case opLit, opClass:
		return false
	case opGroup, opAtomic:
		return nullable(n.subs[0])
	case opCat:
		return !slices.ContainsFunc(n.subs, func(s *node) bool { return !nullable(s) })
	case opAlt:
		return slices.ContainsFunc(n.subs, nullable)
	case opRepeat:
		return n.min == 0 || nullable(n.subs[0])
	}
	return true
}

func TestMatch(t *testing.T) {
	type list = []string
	for _, c := range []struct {
		pattern, flags string
		yes, no        list
	}{
		{`a.b`, "", list{"axb", "aéb", "a\rb", "a\xffb"}, list{"a\nb", "ab", "AxB"}},
		{`a.b`, "d", list{"axb", "a\nb"}, list{"ab"}},
		{`(?s)a.b`, "", list{"a\nb"}, nil},
		{`^b$`, "", list{"b"}, list{"a\nb\nc", "b\n", "xb"}},
		{`^b$`, "m", list{"b", "a\nb\nc", "b\n"}, list{"xb"}},
		{`b\Z`, "", list{"b", "ab\n"}, list{"b\n\n", "bc"}},
		{`\Ab\z`, "m", list{"b"}, list{"a\nb", "b\n"}},
		{`PowerShell`, "i", list{"POWERSHELL", "xpowershelly"}, list{"power\u017fhell", "power shell"}},
		{`k`, "i", list{"K", "k"}, list{"\u212a"}},
		{`[a-z]+$`, "i", list{"ABC"}, list{"\u212a", "1"}},
		{`ÉTÉ`, "i", list{"été", "Été"}, list{"ete"}},
		{`[^É]`, "i", list{"e"}, list{"é", "É"}},
		{`ÉTÉ`, "", list{"ÉTÉ"}, list{"été"}},
		{`(?i)orgname`, "", list{"ORGNAME"}, list{"org"}},
		{`(?i:orgname)extension`, "", list{"orgNameextension"}, list{"orgNameExtension"}},
		{`(?i)a|B`, "", list{"A", "b"}, list{"c"}},
		{`((?i)a)b`, "", list{"Ab"}, list{"AB"}},
		{`(?i)a(?-i)b`, "", list{"Ab"}, list{"AB"}},
		{`^(sc|net1?)\.exe$`, "", list{"sc.exe", "net.exe", "net1.exe"}, list{"net2.exe", "xsc.exe", "scxexe"}},
		{`^(sc|net1?)\.exe$`, "i", list{"SC.exe", "Net1.EXE"}, list{"net2.exe"}},
		{`^foo$|^bar`, "", list{"foo", "barx"}, list{"foox", "xbar"}},
		{`^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|127\.)`, "", list{"10.1.1.1", "172.16.0.1", "172.31.0.1", "192.168.1.1", "127.0.0.1"}, list{"172.15.0.1", "172.32.0.1", "192.169.0.1", "110.1.1.1"}},
		{`.*foo.+`, "", list{"foox", "a foo b"}, list{"foo", "foo\n"}},
		{`(ab*|x)c`, "", list{"abbc", "xc"}, list{"ab", "a c"}},
		{`a{2,3}b`, "", list{"aab", "aaaab"}, list{"ab"}},
		{`a{2000}`, "", list{strings.Repeat("a", 2000)}, list{strings.Repeat("a", 1999)}},
		{`{"k":\s*{}}`, "", list{`{"k": {}}`}, list{`"k"`}},
		{`a{,2}`, "", list{"a{,2}"}, list{"aa"}},
		{`\Qa.b*\E+`, "", list{"a.b*", "a.b**"}, list{"axb"}},
		{`\Qa.b`, "", list{"a.b"}, list{"axb"}},
		{`\Q\E`, "", list{"", "x"}, nil},
		{`[\Q^-]\E]+x`, "", list{"^-]x"}, list{"x", "ax"}},
		{`\x41\x{42}\u0043\u{44}\0105\cA`, "", list{"ABCDE\x01"}, nil},
		{`\uD83D\uDE00`, "", list{"😀"}, nil},
		{`\t\n\r\f\a\e`, "", list{"\t\n\r\f\a\x1b"}, nil},
		{`\/\-\:\"\ \_`, "", list{`/-:" _`}, nil},
		{`^\h+$`, "", list{" \t\u00a0"}, list{"h", "\n"}},
		{`^\v+$`, "", list{"\n\v\r\u2028"}, list{"v", " "}},
		{`^\H\V$`, "", list{"hv"}, list{" v", "h\n"}},
		{`a\Rb`, "", list{"a\r\nb", "a\nb", "a\u2029b"}, list{"ab", "a b"}},
		{`^\d+$`, "", list{"09"}, list{"٣"}},
		{`^\w+$`, "", list{"aZ_9"}, list{"é"}},
		{`^\W+$`, "", list{"é-"}, list{"_", "a"}},
		{`^\s+$`, "", list{" \t\n\v\f\r"}, list{"\u00a0", "x"}},
		{`\bfoo\b`, "", list{"foo", "a foo.", "éfooé"}, list{"foox", "xfoo", "foo_"}},
		{`\Boo`, "", list{"foo"}, list{"oo"}},
		{`[\w-.]+@`, "", list{"a-b.c@"}, list{"@"}},
		{`^[a-\d]+$`, "", list{"a-9"}, list{"b"}},
		{`^[]a]+$`, "", list{"]a"}, list{"b"}},
		{`^[^]a]+$`, "", list{"b"}, list{"]", "a"}},
		{`^[[a]+$`, "", list{"[a"}, list{"b"}},
		{`^[a&&b]+$`, "", list{"a&b"}, list{"c"}},
		{`^[[:alpha:]_]+$`, "", list{"aZ_"}, list{"1", ":"}},
		{`^[[:^alpha:]]+$`, "", list{"1:"}, list{"a"}},
		{`^[\b]$`, "", list{"\b"}, list{"b"}},
		{`^[^\x00-\x{10FFFF}]`, "", nil, list{"", "a"}},
		{`^\p{L}+$`, "", list{"aéЖ"}, list{"1"}},
		{`^\p{Lu}$`, "i", list{"a", "A"}, list{"1"}},
		{`^\P{Lu}$`, "", list{"a", "1"}, list{"A"}},
		{`^\pL\p{Greek}\p{IsCyrillic}\p{script=Han}$`, "", list{"aΣЖ中"}, list{"aaaa"}},
		{`^\p{Alpha}\p{Punct}\p{XDigit}\p{Letter}\p{IsAlphabetic}\p{^L}$`, "", list{"a!Fée1"}, nil},
		{`^(?!cmd).*\.exe$`, "", list{"calc.exe"}, list{"cmd.exe", "calc.dll"}},
		{`foo(?=bar)`, "", list{"foobar"}, list{"foobaz"}},
		{`(?<=foo)bar`, "", list{"foobar"}, list{"bar"}},
		{`(?<!foo)bar`, "", list{"bar"}, list{"foobar"}},
		{`^(?=.*\d)(?=.*[a-z]).{4,}$`, "", list{"abc1"}, list{"abcd", "ab1"}},
		{`(\w)\1`, "", list{"aa", "xbb"}, list{"ab"}},
		{`(\w)\1`, "i", list{"aA"}, list{"ab"}},
		{`(?<q>['"]).*?\k<q>`, "", list{`"a"`, `'a'`}, list{`"a'`}},
		{`(?P<q>x)(?P=q)\k{q}`, "", list{"xxx"}, list{"xx"}},
		// There are ten groups, so \11 is the first, and the character 1.
		{`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10\11`, "", list{"abcdefghijja1"}, list{"abcdefghijja"}},
		{`(?>a+)ab`, "", nil, list{"aaab"}},
		{`a++b`, "", list{"aab"}, list{"b"}},
		{`a++ab`, "", nil, list{"aaab"}},
		{`(?:a|(b))*\1c`, "", list{"abbc"}, list{"ac"}},
		{"(?x) a b # comment\n c\\ d", "", list{"abc d"}, list{"a b c d"}},
		{``, "", list{"", "x"}, nil},
		{`|a`, "", list{""}, nil},
		{`^$`, "", list{""}, list{"x"}},
		{`()`, "", list{""}, nil},
		{`(?:)*`, "", list{""}, nil},
		{`a\Ab|c`, "", list{"c"}, list{"ab"}},
		{"a\ufffdb", "", list{"a\ufffdb", "a\xffb"}, list{"ab"}},
		{`[aA][bB]c`, "", list{"aBc"}, list{"abC"}},
		{`[sS]ystem32\\[^\\]+\.exe`, "", list{`C:\System32\a.exe`}, list{`System32\a\b`}},
		{`(cmd|powershell).*-e(nc)?\b`, "i", list{"PowerShell -Enc x", "cmd /c -e"}, list{"cmd /c", "powershell -encoded"}},
		{`Device\\HarddiskVolume\d+(?<FilePath>\\.+\\)(?<FileName>.+)$`, "i", list{`\Device\HarddiskVolume3\Windows\System32\cmd.exe`}, list{`\Device\HarddiskVolume`}},
	} {
		t.Run(c.pattern, func(t *testing.T) { check(t, c.pattern, c.flags, c.yes, c.no) })
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern, flags, s string
		from              int
		want              string // start-end of the match and its groups
	}{
		{`disk_free=(?<space>[0-9]+)`, "", "x disk_free=500 y", 0, "2-15 12-15"},
		{`<(?<t>.*?)>`, "", "<a><b>", 0, "0-3 1-2"},
		{`<(?<t>.*?)>`, "", "<a><b>", 3, "3-6 4-5"},
		{`(a)|(b)`, "", "b", 0, "0-1 - 0-1"},
		{`é(.)`, "", "xéyz", 0, "1-4 3-4"},
		{`é(?=(.))`, "", "xéyz", 0, "1-3 3-4"},
		{`(.)(?=z)`, "", "\xffé\xfez", 0, "3-4 3-4"},
		{`b(?!c)`, "", "ébcb", 2, "4-5"},
		{`^a`, "", "aa", 1, ""},
		{`^a`, "m", "a\na", 1, "2-3"},
		{`\ba`, "", "aa a", 1, "3-4"},
		{`\ba`, "", "éa", 2, "2-3"},
		{`\Ba|(x)`, "", "aax", 1, "1-2 -"},
		{`(?<=a)b`, "", "ab", 1, "1-2"},
		{`(?<=a)b`, "", "abab", 2, "3-4"},
		{`foo`, "", "xfoofoo", 2, "4-7"},
		{`fOo`, "i", "xFOO", 0, "1-4"},
		{`ⱥ`, "i", "xȺy", 0, "1-3"},
		{`$`, "", "ab", 0, "2-2"},
		{`x*`, "", "ab", 2, "2-2"},
		{`a`, "", "a", 2, ""},
		{`a`, "", "a", -1, ""},
		{`(?<a>x)(y)(?<b>z)`, "", "xyz", 0, "0-3 0-1 1-2 2-3"},
		{`(?<a>x)(y)(?<b>z)(?=q)`, "", "xyzq", 0, "0-3 0-1 1-2 2-3"},
	} {
		re := compile(t, c.pattern, c.flags)
		caps := make([]Span, len(re.Groups()))
		ok, err := re.Find(c.s, c.from, caps)
		var got []string
		for _, s := range caps {
			if s.Start < 0 {
				got = append(got, "-")
			} else {
				got = append(got, fmt.Sprintf("%d-%d", s.Start, s.End))
			}
		}
		if !ok {
			got = nil
		}
		if text := strings.Join(got, " "); err != nil || text != c.want {
			t.Errorf("/%s/%s on %q from %d: %q, %v; want %q", c.pattern, c.flags, c.s, c.from, text, err, c.want)
		}
		if without, err := re.Find(c.s, c.from, nil); err != nil || without != ok {
			t.Errorf("/%s/%s on %q from %d without caps: %v, %v; want %v", c.pattern, c.flags, c.s, c.from, without, err, ok)
		}
		extra := make([]Span, len(caps)+2)
		if _, err := re.Find(c.s, c.from, extra); err != nil || !slices.Equal(extra[:len(caps)], caps) || extra[len(caps)] != (Span{-1, -1}) {
			t.Errorf("/%s/%s with room for more groups: %v, %v; want %v", c.pattern, c.flags, extra, err, caps)
		}
	}
}

func TestFindAllAgree(t *testing.T) {
	for _, pattern := range []string{`\b\w+\b`, `x*`, `(?m)^.?`, `$`, `a|`, `\B`, `(?m)$`} {
		fast := compile(t, pattern, "")
		slow := compile(t, pattern+"(?=)", "")
		if fast.Engine() != "re2" || slow.Engine() != "backtracking" {
			t.Fatalf("%q: engines %s and %s", pattern, fast.Engine(), slow.Engine())
		}
		for _, s := range []string{"", "a bc\nd", "éa é\n\n", "xxaxx", "a\xffb \xe2\x82"} {
			all := func(re *Regexp) (out []Span) {
				var caps [1]Span
				for from := 0; ; from = Next(s, caps[0]) {
					ok, err := re.Find(s, from, caps[:])
					if err != nil {
						t.Fatal(err)
					}
					if !ok {
						return out
					}
					out = append(out, caps[0])
				}
			}
			if a, b := all(fast), all(slow); !slices.Equal(a, b) {
				t.Errorf("%q on %q: %v and %v", pattern, s, a, b)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	for pattern, want := range map[string][]string{
		`a`:                             {""},
		`(a)(?:b)(?<n>c)`:               {"", "", "n"},
		`(?<a[0].b>x)`:                  {"", "a[0].b"},
		`(?P<user-name>x)(?<@x>y)`:      {"", "user-name", "@x"},
		`(?<#t>x)|(?<été>y)`:            {"", "#t", "été"},
		`(?<{any thing: > here}>x)(y)`:  {"", "any thing: > here", ""},
		`(?<n>a)|(?<n>b)`:               {"", "n", "n"},
		`(?<=a)(?<!b)(?=c)(?!d)(?>e)\(`: {""},
		`(?<x>a)(?=(?<y>b))`:            {"", "x", "y"},
	} {
		re := compile(t, pattern, "")
		if got := re.Groups(); !slices.Equal(got, want) {
			t.Errorf("%q: groups %q; want %q", pattern, got, want)
		}
		if re.HasNamedGroups() != slices.ContainsFunc(want, func(s string) bool { return s != "" }) {
			t.Errorf("%q: HasNamedGroups() = %v", pattern, re.HasNamedGroups())
		}
		if re.String() != pattern {
			t.Errorf("String() = %q; want %q", re.String(), pattern)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		pattern string
		offset  int
		message string
	}{
		{`a(b`, 1, "`(` is not closed"},
		{`a)b`, 1, "not open"},
		{`a|*`, 2, "nothing before it to repeat"},
		{`(?i)+`, 4, "nothing before it to repeat"},
		{`{2}`, 0, "`{2}` has nothing before it"},
		{`a**`, 2, "follows another quantifier"},
		{`a{2}{3}`, 4, "`{3}` follows another quantifier"},
		{`a{3,2}`, 1, "wrong order"},
		{`a{100001}`, 1, "more than 100000 times"},
		{`x[a`, 1, "`[` is not closed"},
		{`[z-a]`, 1, "`z-a` is in the wrong order"},
		{`ab\`, 2, "lone backslash"},
		{`[a\`, 2, "lone backslash"},
		{`\y`, 0, "unknown escape `\\y`"},
		{`a\2(b)`, 1, "the pattern has 1"},
		{`\k<n>`, 0, "no group is named `n`"},
		{`\k`, 0, "needs the name"},
		{`\G`, 0, "`\\G` is not supported"},
		{`(?R)`, 0, "not supported"},
		{`(?#x)`, 0, "not supported"},
		{`(?'n'x)`, 0, "not supported"},
		{`(?id)a`, 3, "unknown inline flag `d`"},
		{`(?z)a`, 2, "unknown inline flag `z`"},
		{`(?<>a)`, 0, "empty name"},
		{`(?<{}>a)`, 0, "empty name"},
		{`(?<a b>x)`, 4, "cannot contain ` `"},
		{`(?<a`, 0, "not closed by `>`"},
		{`(?<{a>x)`, 0, "not closed by `}>`"},
		{`\xZ1`, 0, "needs 2 hexadecimal digits"},
		{`\u12`, 0, "needs 4 hexadecimal digits"},
		{`\x{110000}`, 0, "no Unicode character"},
		{`\x{}`, 0, "needs hexadecimal digits"},
		{`\uD800`, 0, "no Unicode character"},
		{`\p{Klingon}`, 0, "`Klingon` is no known character class"},
		{`\p{L`, 0, "not closed"},
		{`\p`, 0, "needs the name"},
		{`\c`, 0, "needs a letter"},
		{"a\xffb", 1, "not valid UTF-8"},
		{strings.Repeat("(", 300) + strings.Repeat(")", 300), 250, "nested more than 250 deep"},
		{strings.Repeat("a", 70000), 65536, "has 70000 bytes"},
	} {
		_, err := Compile(c.pattern, Flags{})
		var e *Error
		if !errors.As(err, &e) || e.Offset != c.offset || !strings.Contains(e.Message, c.message) {
			t.Errorf("Compile(%.40q): %+v; want offset %d, message with %q", c.pattern, err, c.offset, c.message)
		}
	}
}

func TestParseFlags(t *testing.T) {
	f, err := ParseFlags("dgimFi")
	if want := (Flags{true, true, true, true, true}); err != nil || f != want || f.String() != "dgimF" {
		t.Errorf("ParseFlags = %+v, %v, %s", f, err, f)
	}
	for in, want := range map[string]string{"is": `'s', use d`, "x": `'x'; the flags`, "I": `'I', flags regard case`} {
		_, err := ParseFlags(in)
		var e *Error
		if !errors.As(err, &e) || e.Offset != len(in)-1 || !strings.Contains(e.Message, want) {
			t.Errorf("ParseFlags(%q): %v; want %q", in, err, want)
		}
	}
}

func TestLiterals(t *testing.T) {
	for _, c := range []struct {
		pattern, flags string
		want           string
		fold           bool
	}{
		{`foo`, "", "foo", false},
		{`FOO\.exe`, "i", "foo.exe", true},
		{`foo.*bar`, "", "foo bar", false},
		{`(foo(bar)+baz)`, "", "foo bar baz", false},
		{`(foobar){2}x?`, "", "foobarfoobar", false},
		{`a{3}b`, "", "aaab", false},
		{`foo|bar`, "", "", false},
		{`x(foo|bar)y`, "", "x y", false},
		{`(foo)?bar`, "", "bar", false},
		{`foo(?=bar)baz`, "", "foobaz", false},
		{`^foo\b$`, "", "foo", false},
		{`[fF]oo`, "", "foo", true},
		{`\d+`, "i", "", false},
		{`(?i)foo(?-i)BAR[0-9]Baz`, "", "foobar baz", true},
		{`12\.3`, "i", "12.3", false},
		{`(?!foo)bar`, "", "bar", false},
	} {
		lits, folded := compile(t, c.pattern, c.flags).Literals()
		if got := strings.Join(lits, " "); got != c.want || folded != c.fold {
			t.Errorf("/%s/%s: %q, %v; want %q, %v", c.pattern, c.flags, got, folded, c.want, c.fold)
		}
	}
}

func TestShortcuts(t *testing.T) {
	// How a pattern is run is no part of its meaning, but it is what this package is for.
	for _, c := range []struct {
		pattern, flags string
		words          int // how many words stand for the pattern, 0 if an engine runs it
		need           int // how many words of which one is required
		engine         string
	}{
		{`powershell`, "i", 1, 1, "re2"},
		{`.*powershell.*`, "i", 1, 1, "re2"},
		{`^(?<f>sc|net1?)\.exe$`, "i", 3, 3, "re2"},
		{`[a-z]+\.exe`, "", 0, 1, "re2"},
		{`(cmd|powershell).*-[eE]nc`, "", 0, 1, "re2"},
		{`(cmd|powershell) \d`, "", 0, 2, "re2"},
		{`\d+`, "", 10, 0, "re2"},
		{`^(?!cmd).*\.exe$`, "", 0, 1, "backtracking"},
		{`a{1001}`, "", 0, 1, "backtracking"},
		{`(?:(?:a{1000}){1000}){1000}b`, "", 0, 1, "backtracking"},
		{`b\Z`, "", 0, 1, "backtracking"},
	} {
		re := compile(t, c.pattern, c.flags)
		words, need := count(re.words), count(re.need)
		if words != c.words || need != c.need || re.Engine() != c.engine {
			t.Errorf("/%s/%s: %d words, %d needed, engine %s; want %d, %d, %s", c.pattern, c.flags, words, need, re.Engine(), c.words, c.need, c.engine)
		}
	}
}

func count(m *wordMatcher) int {
	if m == nil {
		return 0
	}
	return len(m.exact) + len(m.prefixes) + len(m.suffixes) + len(m.inner) + len(m.foldExact) + len(m.foldPrefixes) + len(m.foldSuffixes) + len(m.foldInner)
}

func TestReplace(t *testing.T) {
	for _, c := range []struct{ pattern, with, s, want string }{
		{`propperties`, `properties`, "my propperties, propperties", "my properties, properties"},
		{`^(.{3}).*`, `$1`, "abcdef", "abc"},
		{`(..)(?!$)`, `$1-`, "aabbcc", "aa-bb-cc"},
		{`(?<a>\w)(?<b>\w)`, `${b}${a}`, "abcd", "badc"},
		{`(a)`, `$12`, "a", "a2"},
		{`a`, `\$1\\\x`, "a", `$1\x`},
		{`a`, `$$ $ $x $`, "a", "$ $ $x $"},
		{`a`, `\`, "a", `\`},
		{`x*`, `-`, "abc", "-a-b-c-"},
		{`a*`, `x`, "baaac", "xbxxcx"},
		{`.*`, `X`, "ab", "XX"},
		{`(a)|b`, `[$1]`, "ab", "[a][]"},
		{`é`, `e`, "été", "ete"},
		{`\b`, `|`, "xé x", "|x|é |x|"}, // é is no word character
		{`z`, ``, "abc", "abc"},
		{`a`, ``, "a", ""},
		{`(?m)^`, `> `, "a\nb", "> a\n> b"},
		{`(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)`, `$10$9${2}`, "1234567890", "092"},
		{`a`, `$0$0`, "a", "aa"},
	} {
		got, err := compile(t, c.pattern, "").ReplaceAll(c.s, c.with)
		if err != nil || got != c.want {
			t.Errorf("replace /%s/ with %q in %q: %q, %v; want %q", c.pattern, c.with, c.s, got, err, c.want)
		}
	}
	for with, want := range map[string]string{
		`x$2`: "`$2`, but the pattern has 1", `${n`: "not closed", `${m}`: "`${m}`, which the pattern does not have",
		`${9}`: "`${9}`", `${}`: "`${}`", `${٣}`: "does not have",
	} {
		_, err := compile(t, `(?<n>a)`, "").ReplaceAll("a", with)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, want) || e.Offset != strings.IndexByte(with, '$') {
			t.Errorf("with %q: %+v; want message with %q", with, err, want)
		}
	}
}

func TestTimeout(t *testing.T) {
	re := compile(t, `^(?=(a|aa)+$)(a|aa)+$`, "")
	re.SetTimeout(50 * time.Millisecond)
	start := time.Now()
	s := strings.Repeat("a", 60) + "!"
	if _, err := re.Match(s); !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "too expensive") {
		t.Errorf("Match: %v; want ErrTimeout", err)
	}
	if _, err := re.Find(s, 0, make([]Span, 1)); !errors.Is(err, ErrTimeout) {
		t.Errorf("Find: %v; want ErrTimeout", err)
	}
	if _, err := re.ReplaceAll(s, ""); !errors.Is(err, ErrTimeout) {
		t.Errorf("ReplaceAll: %v; want ErrTimeout", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
	if ok, err := re.Match("aaa"); !ok || err != nil {
		t.Errorf("afterwards: %v, %v", ok, err)
	}
}
