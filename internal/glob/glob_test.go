package glob

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"harrier/internal/fold"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		opts    Options
		yes, no []string
	}{
		{"cmd.exe", Options{}, []string{"cmd.exe"}, []string{"", "CMD.exe", "cmd.exe ", "xcmd.exe", "cmdxexe"}},
		{"", Options{}, []string{""}, []string{"x"}},
		{"*", Options{}, []string{"", "x", "a\nb"}, nil},
		{"**", Options{}, []string{"", "x"}, nil},
		{"cmd*", Options{}, []string{"cmd", "cmd.exe", "cmd\n"}, []string{"xcmd", "cm"}},
		{"*.exe", Options{}, []string{".exe", "a.exe"}, []string{"a.exe ", "exe"}},
		{"*temp*", Options{}, []string{"temp", "C:\\temp\\x"}, []string{"tem", "TEMP"}},
		{"ab*ba", Options{}, []string{"abba", "ab-ba"}, []string{"aba", "ab", "ba"}},
		{"*a*a*", Options{}, []string{"aa", "xaxax"}, []string{"a", ""}},
		{"a*b*c", Options{}, []string{"abc", "a-b-b-c"}, []string{"acb", "ac", "abcx"}},
		{"*a*ab", Options{}, []string{"aab", "aaab"}, []string{"ab", "xab"}},
		{"fo?", Options{}, []string{"fo?"}, []string{"foo"}},
		{"foo", Options{Unanchored: true}, []string{"foo", "xfoox"}, []string{"fo"}},
		{"", Options{Unanchored: true}, []string{"", "x"}, nil},
		{"foo*bar", Options{Unanchored: true}, []string{"xfoo-barx", "foobar"}, []string{"barfoo"}},
		{"PowerShell*", Options{IgnoreCase: true}, []string{"powershell.exe", "POWERSHELL"}, []string{"power", "power\u017fhell"}},
		{"*Été*.EXE", Options{IgnoreCase: true}, []string{"L'ÉTÉ.exe"}, []string{"ete.exe"}},
		{"*\u212a*", Options{IgnoreCase: true}, []string{"\u212a"}, []string{"k", "K"}},
		{"aB", Options{IgnoreCase: true}, []string{"ab", "AB"}, []string{"abc"}},
		{"a\xff*", Options{}, []string{"a\xffb"}, []string{"a\xfeb"}},
	} {
		p := Compile(c.pattern, c.opts)
		for _, s := range c.yes {
			if !p.Match(s) {
				t.Errorf("%q %+v does not match %q", c.pattern, c.opts, s)
			}
		}
		for _, s := range c.no {
			if p.Match(s) {
				t.Errorf("%q %+v matches %q", c.pattern, c.opts, s)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		opts     Options
		literals []string
		literal  bool
		all      bool
	}{
		{"cmd.exe", Options{}, []string{"cmd.exe"}, true, false},
		{"CMD.exe", Options{IgnoreCase: true}, []string{"cmd.exe"}, false, false},
		{"cmd.exe", Options{Unanchored: true}, []string{"cmd.exe"}, false, false},
		{"", Options{}, nil, true, false},
		{"", Options{Unanchored: true}, nil, false, true},
		{"***", Options{}, nil, false, true},
		{"a*b**c", Options{}, []string{"a", "b", "c"}, false, false},
		{"*b*", Options{}, []string{"b"}, false, false},
	} {
		p := Compile(c.pattern, c.opts)
		if got := p.Literals(); !slices.Equal(got, c.literals) {
			t.Errorf("%q: Literals() = %q; want %q", c.pattern, got, c.literals)
		}
		if text, ok := p.IsLiteral(); ok != c.literal || ok && text != c.pattern {
			t.Errorf("%q %+v: IsLiteral() = %q, %v", c.pattern, c.opts, text, ok)
		}
		if p.MatchesAll() != c.all || p.Fold() != c.opts.IgnoreCase || p.String() != c.pattern {
			t.Errorf("%q: MatchesAll() = %v, Fold() = %v, String() = %q", c.pattern, p.MatchesAll(), p.Fold(), p)
		}
	}
}

// naive is the definition of a pattern: an asterisk is nothing or one more character.
func naive(pattern, s string) bool {
	if pattern == "" {
		return s == ""
	}
	if pattern[0] == '*' {
		return naive(pattern[1:], s) || s != "" && naive(pattern, s[1:])
	}
	return s != "" && s[0] == pattern[0] && naive(pattern[1:], s[1:])
}

func checkMatch(t *testing.T, pattern, s string) {
	t.Helper()
	for _, opts := range []Options{{}, {Unanchored: true}, {IgnoreCase: true}, {Unanchored: true, IgnoreCase: true}} {
		np, ns := pattern, s
		if opts.Unanchored {
			np = "*" + np + "*"
		}
		if opts.IgnoreCase {
			np, ns = fold.String(np), fold.String(ns)
		}
		p := Compile(pattern, opts)
		got := p.Match(s)
		if want := naive(np, ns); got != want {
			t.Fatalf("%q %+v on %q: %v; want %v", pattern, opts, s, got, want)
		}
		rest := ns
		for _, lit := range p.Literals() {
			if !got {
				break
			}
			i := strings.Index(rest, lit)
			if i < 0 {
				t.Fatalf("%q %+v matches %q without its literal %q", pattern, opts, s, lit)
			}
			rest = rest[i+len(lit):]
		}
	}
}

func TestMatchAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	text := func(alphabet []string, n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 50000 {
		checkMatch(t, text([]string{"*", "*", "a", "b", "A", "é", "Ⱥ"}, 8), text([]string{"a", "b", "A", "É", "é", "ⱥ"}, 12))
	}
}

func TestNoBlowUp(t *testing.T) {
	p := Compile(strings.Repeat("a*", 100)+"b", Options{})
	start := time.Now()
	if p.Match(strings.Repeat("a", 1<<20)) {
		t.Error("matches")
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("a*b", "axxb")
	f.Add("*É*", "été")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(s) > 60 || len(pattern) > 30 || strings.Count(pattern, "*") > 5 || !utf8.ValidString(s) || !utf8.ValidString(pattern) {
			return
		}
		checkMatch(t, pattern, s)
	})
}

func BenchmarkMatch(b *testing.B) {
	s := `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -nop -w hidden -enc SQBFAFgA`
	for _, p := range []*Pattern{
		Compile("C:\\Windows\\*", Options{}), Compile("*-enc*", Options{}), Compile("*powershell*-enc *", Options{}),
		Compile("*powershell*-enc *", Options{IgnoreCase: true}), Compile("*mimikatz*", Options{IgnoreCase: true}),
	} {
		b.Run(p.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Match(s)
			}
		})
	}
}
