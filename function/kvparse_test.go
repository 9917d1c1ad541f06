package function

import (
	"strings"
	"testing"
)

// TestKVPairs has first the table of LogScale's manual, and then what a text may do besides.
func TestKVPairs(t *testing.T) {
	for _, c := range []struct{ text, unknown, yes, no string }{
		{"a = b = c", "a:b", "a: b:c", "a: b:"},
		{"a=b=c", "a:b=c", "a:b=c", "a:b=c"},
		{"a = b=c", "a:b=c", "a:b=c", "a: b:c"},
		{"a=b = c", "a:b", "a: b:", "a:b"},

		{"", "", "", ""},
		{"=", "", "", ""},
		{"no pairs here", "", "", ""},
		{"a=", "a:", "a:", "a:"},
		{"=a b=1", "b:1", "b:1", "b:1"},
		{"a=1,b=2 c=3, d=4,, e=5", "a:1,b=2 c:3 d:4, e:5", "a:1,b=2 c:3 d:4, e:5", "a:1,b=2 c:3 d:4, e:5"},
		{`a="x y" b='q"r' c=""`, `a:x_y b:q"r c:`, `a:x_y b:q"r c:`, `a:x_y b:q"r c:`},
		{`"k 1"=v 'k2' = "w"`, "k_1:v k2:w", "k_1:v k2:w", "k_1:v k2:"},
		{`a="x, b=2`, `a:"x b:2`, `a:"x b:2`, `a:"x b:2`},
		{`a="x"b=2,"c"=3`, "a:x b:2,\"c\"=3", "a:x b:2,\"c\"=3", "a:x b:2,\"c\"=3"},
		{"it's a=1 that isn't b=2", "a:1 b:2", "a:1 b:2", "a:1 b:2"},
		{`"a=1" b=2`, `a:1" b:2`, `a:1" b:2`, `a:1" b:2`},
		{"a=\t1\nb\n=2", "a:1 b:2", "a:1 b:2", "a: b:2"},
		{`a = "b" = c`, "a:b", "a: b:c", "a: b:"},
		{"ä=ö", "ä:ö", "ä:ö", "ä:ö"},
	} {
		for padding, want := range map[string]string{"unknown": c.unknown, "yes": c.yes, "no": c.no} {
			var got []string
			kvPairs{separator: "=", padding: padding}.read(c.text, func(key, value string) {
				got = append(got, strings.ReplaceAll(key+":"+value, " ", "_"))
			})
			if s := strings.Join(got, " "); s != want {
				t.Errorf("%s %q: %q, want %q", padding, c.text, s, want)
			}
		}
	}
}

func FuzzKVPairs(f *testing.F) {
	f.Add("a = 'b' c=\"d\"", "=")
	f.Add("a\xff b", "\xff")
	f.Fuzz(func(t *testing.T, text, separator string) {
		if separator == "" {
			return
		}
		for _, padding := range []string{"no", "unknown", "yes"} {
			kvPairs{separator, padding}.read(text, func(key, value string) {
				if !strings.Contains(text, key) || !strings.Contains(text, value) || key == "" {
					t.Errorf("%q: %q = %q", text, key, value)
				}
			})
		}
	})
}
