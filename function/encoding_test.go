package function

import (
	"slices"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestDecodeUTF8 compares with the table of Unicode's chapter 3.9 on the longest cut-off beginnings.
func TestDecodeUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"a\xf1\x80\x80\xe1\x80\xc2b":   "a���b",
		"\xc0\xaf\xe0\x80\xbf\xf0\x81": "�������",
		"\xed\xa0\x80":                 "���",
		"\xf4\x91\x92\x93\xff\x41":     "�����A",
		"\xe2\x82":                     "�",
		"\xf0\x9f\x98\x80":             "😀",
	} {
		if got := decodeUTF8([]byte(in)); got != want {
			t.Errorf("%x is %q, and not %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")
		if got := decodeUTF8(s); !utf8.ValidString(got) {
			t.Fatalf("%x gives %q", s, got)
		}
	})
}

// plainDistance is the definition, without any bound: every way of editing is tried.
func plainDistance(a, b []rune, transpose bool) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if transpose && i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestEditDistance(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 14)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		d := &editDistance{most: rapid.IntRange(1, 12).Draw(t, "most"), transpose: rapid.Bool().Draw(t, "transpose")}
		want := min(plainDistance(a, b, d.transpose), d.most)
		if got := d.distance(slices.Clone(a), slices.Clone(b)); got != want {
			t.Fatalf("%q and %q are %d apart, and not %d", string(a), string(b), want, got)
		}
	})
}

// TestCharacterIndex compares the search in ASCII with that among grapheme clusters, which a letter in front makes happen.
func TestCharacterIndex(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		s, what := text.Draw(t, "s"), text.Draw(t, "what")
		begin, nth := rapid.IntRange(0, 14).Draw(t, "begin"), rapid.IntRange(1, 5).Draw(t, "nth")
		at, ok := characterIndex(s, what, begin, nth)
		other, found := characterIndex("é"+s, what, begin+1, nth)
		if ok != found || ok && at+1 != other {
			t.Fatalf("%d, %v is %d, %v behind a letter", at, ok, other, found)
		}
		if from, ok := characterOffset("é"+s, begin+1); ok != (begin <= len(s)) || ok && from != begin+len("é") {
			t.Fatalf("character %d is at %d, %v", begin+1, from, ok)
		}
	})
}

func TestCutNumber(t *testing.T) {
	for in, want := range map[string][2]string{
		"5":            {"5", ""},
		"-5.25 MB":     {"-5.25", "MB"},
		"5e3B":         {"5e3", "B"},
		"5e-3 B":       {"5e-3", "B"},
		"5 eggs":       {"5", "eggs"},
		"5e":           {"5", "e"},
		"5e+":          {"5", "e+"},
		"7E":           {"7", "E"},
		"1/s":          {"1", "/s"},
		"3%":           {"3", "%"},
		"3 µs":         {"3", "µs"},
		"1,000 B":      {},
		"10.0.0.1":     {},
		"1-2":          {},
		"":             {},
		"MB":           {"", "MB"},
		"1e5e":         {"1e5", "e"},
		"2 \"quoted\"": {},
	} {
		number, unit := cutNumber(in)
		if got := [2]string{number, unit}; got != want {
			t.Errorf("%q is %q, and not %q", in, got, want)
		}
	}
}

// TestUnitRounding wants decimal numbers to stay what they look like.
func TestUnitRounding(t *testing.T) {
	plain := &unitConverter{}
	for in, want := range map[string]string{
		"2.3 k": "2300", "0.1 da": "1", "1.005 k": "1005", "514 us": "0.000514", "1e-300 k": "1e-297", "1e308 k": "", "0e999999999 k": "0",
		"1e-999999999 k": "0", "3 ms/min": "5e-05", "9 YiB": "1.0880332376531663e+25",
	} {
		if got, _ := plain.convert(in); got != want {
			t.Errorf("%s is %q, and not %q", in, got, want)
		}
	}
}

// TestHashSpread wants neighbouring texts to fall into all groups.
func TestHashSpread(t *testing.T) {
	var groups [10]int
	for i := range 10000 {
		groups[uint32(textHash(0, string(rune('a'+i%26)), string(rune(i+1))))%10]++
	}
	for g, n := range groups {
		if n < 850 || n > 1150 {
			t.Errorf("group %d of 10 has %d of 10000", g, n)
		}
	}
}

// TestSalts wants the secret of a salt to be used, by a test vector of RFC 4231, and its name when there is none.
func TestSalts(t *testing.T) {
	call := func(env Env) *Call {
		return &Call{Function: hashRewriteFunc, Env: &env, Args: map[string]*Arg{
			"salt": {Text: "pier", Given: true}, "bits": {Number: 256}, "hash": {Text: "sha256"},
		}}
	}
	const text, want = "what do ya want for nothing?", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM"
	h, problems := call(Env{Salts: map[string]string{"pier": "Jefe", "Jefe": "pier"}}).saltedHash()
	if got := h.maker()(text); got != want || len(problems) > 0 {
		t.Errorf("the hash with a secret is %s, and not %s; %v", got, want, problems)
	}
	h, problems = call(Env{Salts: map[string]string{"quay": "Jefe"}}).saltedHash()
	if got := h.maker()(text); got == want || len(problems) != 1 || problems[0].Code != "unknown-salt" {
		t.Errorf("the hash without a secret is %s, with %v", got, problems)
	}
	if _, problems = call(Env{Check: true}).saltedHash(); len(problems) > 0 {
		t.Errorf("a check without secrets gives %v", problems)
	}
}
