package fold

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestRune(t *testing.T) {
	for _, c := range []struct{ in, want rune }{
		{'A', 'a'}, {'z', 'z'}, {'[', '['}, {'É', 'é'}, {'é', 'é'}, {'Σ', 'σ'}, {'ς', 'σ'}, {'\u212a', '\u212a'}, {'ſ', 'ſ'}, {'İ', 'İ'}, {'ß', 'ß'}, {'ẞ', 'ß'}, {'中', '中'},
	} {
		if got := Rune(c.in); got != c.want {
			t.Errorf("Rune(%q) = %q; want %q", c.in, got, c.want)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		f := Rune(r)
		if Rune(f) != f || (r < utf8.RuneSelf) != (f < utf8.RuneSelf) {
			t.Fatalf("Rune(%U) = %U, whose own is %U", r, f, Rune(f))
		}
		if s := unicode.SimpleFold(r); (s < utf8.RuneSelf) == (r < utf8.RuneSelf) && Rune(s) != f {
			t.Fatalf("%U and %U fold to each other but stand for %U and %U", r, s, f, Rune(s))
		}
	}
}

// naive is the definition of Index: try every place, compare character by character.
func naive(s, needle string) (int, int) {
	for i := 0; i <= len(s); i++ {
		if i > 0 && i < len(s) && !utf8.RuneStart(s[i]) && utf8.ValidString(s) {
			continue
		}
		for j := i; j <= len(s); j++ {
			if String(s[i:j]) == String(needle) {
				return i, j
			}
		}
	}
	return -1, -1
}

func checkNeedle(t *testing.T, s, needle string) {
	t.Helper()
	n := NewNeedle(needle)
	ws, we := naive(s, needle)
	if gs, ge := n.Index(s); gs != ws || ge != we {
		t.Fatalf("NewNeedle(%q).Index(%q) = %d, %d; want %d, %d", needle, s, gs, ge, ws, we)
	}
	if got, want := n.Equal(s), String(s) == String(needle); got != want {
		t.Fatalf("NewNeedle(%q).Equal(%q) = %v", needle, s, got)
	}
	if got, want := n.Prefix(s) >= 0, strings.HasPrefix(String(s), String(needle)); got != want {
		t.Fatalf("NewNeedle(%q).Prefix(%q) = %v", needle, s, n.Prefix(s))
	}
	if got, want := n.Suffix(s) >= 0, strings.HasSuffix(String(s), String(needle)); got != want {
		t.Fatalf("NewNeedle(%q).Suffix(%q) = %v", needle, s, n.Suffix(s))
	}
}

func TestNeedle(t *testing.T) {
	for _, c := range [][2]string{
		{"C:\\Windows\\PowerShell.EXE", "powershell"}, {"", ""}, {"x", ""}, {"", "x"}, {"aaab", "AAB"}, {"Kelvin \u212a", "k"},
		{"STRASSE", "strasse"}, {"ÉTÉ été", "Été"}, {"ȺȺx", "ⱥx"}, {"ab\xffCD", "b\xffc"}, {"ΌΣΟΣ", "όσος"},
	} {
		checkNeedle(t, c[0], c[1])
	}
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "A", "b", "B", "c", "é", "É", "\u212a", "-", "Ⱥ", "ⱥ"}
	text := func(n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 50000 {
		checkNeedle(t, text(16), text(5))
	}
	long := strings.Repeat("ab", 300)
	checkNeedle(t, strings.Repeat("x", 50)+strings.ToUpper(long)+"y", long)
}

func FuzzNeedle(f *testing.F) {
	f.Add("PowerShell", "SHELL")
	f.Add("été", "É")
	f.Fuzz(func(t *testing.T, s, needle string) {
		if len(s) > 200 || !utf8.ValidString(s) || !utf8.ValidString(needle) {
			return
		}
		checkNeedle(t, s, needle)
	})
}

func BenchmarkIndex(b *testing.B) {
	for _, s := range []string{
		`C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule`,
		strings.Repeat(`C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule`, 20),
	} {
		n := NewNeedle("powershell")
		b.Run("", func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				n.Index(s)
			}
		})
	}
}
