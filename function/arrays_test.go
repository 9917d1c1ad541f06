package function

import (
	"slices"
	"strings"
	"testing"

	"harrier/internal/rx"
	"harrier/plan"
)

func TestArrayNames(t *testing.T) {
	for in, want := range map[string]string{
		"ips[]": "ips", "ips": "ips", "a.b[]": "a.b", "a[0].b[]": "a[0].b", "a[0][]": "a[0]", "`log:err`[]": "log:err",
		"user.`e-mail`[]": "user.e-mail", "#tags[]": "#tags", "`a[b]`.c[]": "a[b].c",
	} {
		if got, err := parseArrayName(in); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "[]", "a[][]", "a[x]", "a[01]", "a]", "[0]", "`a", "``[]", "a[1", "a[12345678901]"} {
		if got, err := parseArrayName(in); err == nil {
			t.Errorf("%s: %q; want an error", in, got)
		}
	}
	for field, want := range map[string]string{
		"a[3]": "3 ", "a[0].b[1]": "0 .b[1]", "a[0][1]": "0 [1]", "a": "", "ab[0]": "", "a[]": "", "a[0]x": "", "a[-1]": "", "a.b[0]": "", "a[00]": "",
	} {
		got := ""
		if i, member, ok := cutElement(field, "a"); ok {
			got = string(rune('0'+i)) + " " + member
		}
		if got != want {
			t.Errorf("%s: %q; want %q", field, got, want)
		}
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct{ by, text, want string }{
		{",", "a,b", "a|b"}, {",", "a", "a"}, {",", "", ""}, {",", ",a", "a"}, {",", ",,a", "|a"}, {",", "a,,", "a"}, {",", "a,,b", "a||b"},
		{",", ",", "none"}, {",", ",,", "none"}, {"(?!\\A)(?=.)", "añb", "a|ñ|b"}, {"", "añb", "a|ñ|b"}, {"x*", "axxb", "a||b"}, {"x*", "", ""},
		{"(\\*\\|\\*)", "p*|*q*|*r", "p|q|r"}, {"[<>;]", "<1>2;3", "1|2|3"}, {"$", "ab", "ab"}, {"^", "ab", "ab"}, {"(?i)X", "axbXc", "a|b|c"},
	} {
		re, err := rx.Compile(c.by, rx.Flags{})
		if err != nil {
			t.Fatal(err)
		}
		cut := cutter{by: re, rt: &plan.Runtime{}}
		got := cut.pieces(c.text)
		if c.want == "none" && len(got) == 0 {
			continue
		}
		if !slices.Equal(got, strings.Split(c.want, "|")) {
			t.Errorf("%q by %q: %q; want %q", c.text, c.by, got, c.want)
		}
	}
	re, _ := rx.Compile(",", rx.Flags{})
	rt := &plan.Runtime{}
	if got := (&cutter{by: re, rt: rt}).pieces(strings.Repeat("x,", 9000)); len(got) != maxPieces || len(rt.Warnings()) != 1 {
		t.Errorf("%d pieces and warnings %v", len(got), rt.Warnings())
	}
}

func TestLetterCase(t *testing.T) {
	for _, c := range []struct {
		name     string
		f        func(string) string
		in, want string
	}{
		{"lower", lowerText, "ΟΔΟΣ ΣΑΣ, Σ. ΑΣ'Β", "οδος σας, σ. ασ'β"}, {"lower", lowerText, "\u0130I", "i\u0307i"},
		{"lower tr", lowerTurkish, "\u0130II\u0307", "iıi"}, {"upper", upperText, "straße ﬁx", "STRASSE FIX"}, {"upper tr", upperTurkish, "iıß", "İISS"},
	} {
		if got := c.f(c.in); got != c.want {
			t.Errorf("%s(%q): %q; want %q", c.name, c.in, got, c.want)
		}
	}
}
