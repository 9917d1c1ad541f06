package rx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// pattern makes up a pattern. What it makes is not always valid, and does not have to be.
func pattern(r *rand.Rand, depth int) string {
	atoms := []string{
		"a", "b", "c", "k", "S", "é", ".", "^", "$", `\b`, `\B`, `\d`, `\w`, `\W`, `\s`, `\S`, `\h`, `[ab]`, `[^a]`, `[a-cÉ]`, `[kK]`, `[aA]`, `\.`, `\x61`,
		`\Qa.\E`, `\A`, `\z`, `\p{Lu}`, "1", "ab", "abc", "", `(?i)`, `(?m)`, `(?s)`, "\ufffd", `\n`,
	}
	if depth == 0 {
		return atoms[r.IntN(len(atoms))]
	}
	sub := func() string { return pattern(r, depth-1-r.IntN(2)*(depth-1)) }
	switch r.IntN(14) {
	case 0, 1, 2, 3, 4:
		return sub() + sub()
	case 5, 6:
		return sub() + "|" + sub()
	case 7, 8:
		return "(" + sub() + ")"
	case 9:
		return "(?" + []string{":", "i:", "-i:", "s:", "<n>", "=", "!", "<=", "<!", ">"}[r.IntN(10)] + sub() + ")"
	case 10, 11, 12:
		q := []string{"*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"}[r.IntN(7)] + []string{"", "", "?", "+"}[r.IntN(4)]
		return "(?:" + sub() + ")" + q
	default:
		return "(" + sub() + `)\1`
	}
}

func text(r *rand.Rand) string {
	letters := []string{"a", "b", "c", "A", "B", "k", "K", "\u212a", "S", "s", "ſ", "é", "É", "1", ".", " ", "\n", "\xff", "-"}
	var b strings.Builder
	for range r.IntN(9) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func TestRandomPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	engines := map[string]int{}
	short, matched, bad := 0, 0, 0
	for range 6000 {
		p := pattern(r, 4)
		f := Flags{IgnoreCase: r.IntN(3) == 0, MultiLine: r.IntN(3) == 0, DotAll: r.IntN(3) == 0}
		re, err := Compile(p, f)
		if err != nil {
			bad++
			continue
		}
		engines[re.Engine()]++
		if re.words != nil {
			short++
		}
		for range 12 {
			s := text(r)
			everyRoad(t, re, s)
			if ok, _ := re.Match(s); ok {
				matched++
			}
			sequence(t, re, s)
		}
	}
	t.Log(fmt.Sprint(engines), short, "by words,", matched, "matches,", bad, "bad")
	if engines["re2"] < 1000 || engines["backtracking"] < 1000 || short < 200 || matched < 5000 {
		t.Error("the patterns made up do not cover enough")
	}
}

// sequence walks over all matches and checks that the walk is sound and ends.
func sequence(t *testing.T, re *Regexp, s string) {
	t.Helper()
	caps := make([]Span, len(re.groups))
	last, steps := 0, 0
	for from := 0; ; from = Next(s, caps[0]) {
		ok, err := re.Find(s, from, caps)
		if err != nil || !ok {
			return
		}
		for i, c := range caps {
			if i == 0 && c.Start < from || c.Start > c.End || c.End > len(s) || (c.Start < 0) != (c.End < 0) {
				t.Fatalf("/%s/%s on %q from %d: spans %v", re.source, re.flags, s, from, caps)
			}
		}
		if caps[0].Start < last {
			t.Fatalf("/%s/%s on %q: match at %v after one that ends at %d", re.source, re.flags, s, caps[0], last)
		}
		last = caps[0].End
		if steps++; steps > 2*len(s)+2 {
			t.Fatalf("/%s/%s on %q: no end", re.source, re.flags, s)
		}
	}
}

func FuzzCompile(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 60 {
		f.Add(pattern(r, 3), "im", text(r))
	}
	for _, p := range []string{`(?<a[0].b>x)`, `\p{Lu}[[:alpha:]-\d]`, `(?<{x}>a)\k<x>`, `\Q*\E{2}`, `(?x) a # b`, `\u{1F600}\uD83D\uDE00`, `a{2,1}`, `(?P=x)`} {
		f.Add(p, "d", "aax")
	}
	f.Fuzz(func(t *testing.T, p, flags, s string) {
		if len(p) > 60 || len(s) > 60 {
			return
		}
		fl, err := ParseFlags(flags)
		if err != nil {
			fl = Flags{}
		}
		re, err := Compile(p, fl)
		if err != nil {
			e, ok := err.(*Error)
			if !ok || e.Offset < 0 || e.Offset > len(p) || e.Message == "" {
				t.Fatalf("Compile(%q): %#v", p, err)
			}
			if !utf8.ValidString(p[:e.Offset]) {
				t.Fatalf("Compile(%q): offset %d is inside a character", p, e.Offset)
			}
			return
		}
		everyRoad(t, re, s)
		sequence(t, re, s)
		if _, err := re.ReplaceAll(s, p); err != nil {
			return
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	line := `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA`
	for _, c := range []struct{ name, pattern, flags, s string }{
		{"word", `powershell`, "i", line},
		{"words", `^(?:sc|net1?|whoami|nltest)\.exe$`, "i", "svchost.exe"},
		{"private", `^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.|127\.)`, "", "203.0.113.77"},
		{"lacking", `mimikatz.*sekurlsa::\w+`, "i", line},
		{"engine", `\\(?:cmd|powershell)\.exe.*\s-e(?:nc|ncodedcommand)?\s`, "i", line},
		{"lookahead", `^(?!.*svchost).*-enc\s+\S{8}`, "i", line},
	} {
		f, err := ParseFlags(c.flags)
		if err != nil {
			b.Fatal(err)
		}
		re, err := Compile(c.pattern, f)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.s)))
			b.ReportAllocs()
			for b.Loop() {
				re.Match(c.s)
			}
		})
	}
}
