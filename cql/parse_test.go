package cql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harrier/cql"
	"harrier/diag"
)

// check parses a text and wants these diagnostics and no others, each written as
// severity, code and the bytes it speaks of: "error syntax 3-4".
func check(t *testing.T, d cql.Dialect, in string, want ...string) {
	t.Helper()
	q, problems := cql.Parse(in, d)
	if q == nil || q.Pipeline == nil {
		t.Fatal("no tree")
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s %s %d-%d", p.Severity, p.Code, p.Span.Start, p.Span.End))
		if p.Message == "" || strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message, "\n") {
			t.Errorf("message %q", p.Message)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%.200q\n%s", in, diff)
	}
	cql.Print(q) // a partial tree prints too
	if !problems.HasErrors() && len(in) < 1000 {
		checkPrint(t, in)
	}
}

func TestDiagnostics(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		// What is right stays without a word.
		{"empty", "", nil},
		{"only space", " \t\r\n\f", nil},
		{"only a comment", "// every event", nil},
		{"leading bar", "| host=web", nil},
		{"a field named as a keyword", "and=1 or=2 | not=3 | case=4 | like=5 | in=6", nil},
		{"a function name before an operator", "count > 3 | test=ok", nil},
		{"a slash within a word", "share=docs/a/i b/c m/x/i", nil},
		{"a slash in a quoted pattern", `path="/tmp" share=docs/a/i`, nil},
		{"a comment needs to begin a token", "url=http://example.com/ // the page", nil},
		{"bars, braces and semicolons in strings", `x="a|b;c}" | y="//" | z="/*"`, nil},
		{"clauses end with or without a semicolon", "case { a=1; b=2; } | case { a=1; * }", nil},
		{"trailing comma", "f([a, b,],)", []string{"warning trailing-comma 7-8", "warning trailing-comma 9-10"}},
		{"words of any letters", "größe=1 | 名前=2 | ñ", nil},

		// Strings and quotes.
		{"string without an end", `a="x`, []string{"error unterminated-string 2-3"}},
		{"string that ends in a backslash", `a="x\`, []string{"error unterminated-string 2-3"}},
		{"string that ends in an escaped quote", `a="x\"`, []string{"error unterminated-string 2-3"}},
		{"lone quote", `"`, []string{"error unterminated-string 0-1"}},
		{"odd quotes", `a="x" b=y" | c=1`, []string{"error unterminated-string 9-10"}},
		{"string over two lines", "a=\"x\ny\" | b=1", []string{"error unterminated-string 2-3"}},
		{"the next step is read again", "a=\"x\n| b=\"y\n| c=1", []string{"error unterminated-string 2-3", "error unterminated-string 9-10"}},
		{"brackets behind a string without an end", "f(\"x, [a]\n} ] )\n})", []string{"error unterminated-string 2-3"}},
		{"argument over two lines", "f([\"x\ny\", z])", []string{"warning multiline-string 3-8"}},
		{"argument over four lines", "f(\"{\n  \\\"a\\\": 1,\n  \\\"b\\\": 2\n}\")", []string{"warning multiline-string 2-30"}},
		{"a forgotten quote is no string over lines", "f(\"x)\n| g(\"y\", z)", []string{"error unterminated-string 2-3"}},
		{"single quotes", `a='x'`, []string{"error syntax 2-5"}},
		{"single quote behind a call", `count()'`, []string{"error syntax 7-8"}},
		{"typographic quotes", "a=“x”", []string{"error syntax 2-5"}},
		{"no-break space", "a=1\u00a0b=2", []string{"error syntax 3-5"}},

		// Regular expressions.
		{"regex without an end", "a=/x", []string{"error unterminated-regex 2-3"}},
		{"regex over two lines", "a=/x\ny/", []string{"error unterminated-regex 2-3"}},
		{"unknown flag", "a=/x/is", []string{"error syntax 6-7"}},
		{"slash in a class", `path=/[^\\/|]*$/ | b=1`, []string{"error syntax 10-11"}},
		{"two slashes in a class", `/[/a/]x/i`, []string{"error syntax 2-3"}},
		{"bracket first in a class", `/[]/]/ /[^]/]/`, []string{"error syntax 3-4"}},
		{"escaped slash in a class", `path=/[^\/|]*$/ | b=/\[/ c`, nil},
		{"regex behind an assignment", "a := /x/", []string{"error syntax 5-6"}},
		{"regex behind =~", "a =~ /x/", []string{"error syntax 2-4"}},

		// Steps.
		{"trailing bar", "a=1 |", []string{"error syntax 4-5"}},
		{"trailing bar and a comment", "a=1 | // later", []string{"error syntax 4-5"}},
		{"two bars", "a=1 | | b=2", []string{"error syntax 6-7"}},
		{"a bar too many", "a || b", []string{"error syntax 2-4"}},
		{"no bar behind an assignment", "x := 1\nhost=web", []string{"error syntax 7-11"}},
		{"no bar behind a field call", "ip =~ cidr(\"192.0.2.0/24\") := 3", []string{"error syntax 27-28"}},
		{"colon behind a saved query", `$"names"(): | x=1`, []string{"error syntax 10-11"}},
		{"saved query without parentheses", "$names | x=1", []string{"error syntax 0-6"}},
		{"stray bracket", "a=1 ) | b=2", []string{"error syntax 4-5"}},
		{"of stray brackets the first", "a=1 } ] ) } | b=2", []string{"error syntax 4-5"}},
		{"semicolon for a bar", "a=1; b=2", []string{"error syntax 3-4"}},
		{"a single equals sign in an expression", "x := a = b", []string{"error syntax 7-8"}},
		{"and in an expression", "x := a and b", []string{"error syntax 7-10"}},
		{"comparisons in a row", "x := a < b < c", []string{"error syntax 11-12"}},
		{"case as a value", "x := case { a=1; * }", []string{"error syntax 5-9"}},
		{"quoted field missing", "user-agent=curl", []string{"error syntax 0-10"}},

		// Case and match.
		{"arrow in a case", "case { a=1 => b := 2; * }", []string{"error syntax 11-13"}},
		{"comma between clauses", "case { a=1, * }", []string{"error syntax 10-11"}},
		{"semicolon forgotten", "case { a=1 | x := 1\n a=2 | x := 2; * }", []string{"error syntax 21-22"}},
		{"empty clause", "case { a=1;; * }", []string{"error syntax 11-12"}},
		{"braces not closed", "case { a=1; *", []string{"error syntax 5-6"}},
		{"match without a field", `match { "a" => *; }`, []string{"error syntax 0-5"}},
		{"bar for an arrow", "f match { a | b=1; * => * }", []string{"error syntax 12-13"}},

		// Brackets.
		{"parenthesis not closed", "(a=1", []string{"error syntax 0-1"}},
		{"call not closed", "count(", []string{"error syntax 5-6"}},
		{"array not closed", "table([a, b", []string{"error syntax 6-7"}},
		{"comma forgotten", "table([a b])", []string{"error syntax 9-10"}},
		{"pipeline in parentheses", "(a=1 | b=2)", []string{"error syntax 5-6"}},
		{"what stands behind is read", "f([a b], (c d)) | x := (1 + ) | y := a = b", []string{"error syntax 5-6", "error syntax 28-29", "error syntax 39-40"}},
		{"not closed, twice", "case { a=1 | case { b=2", []string{"error syntax 18-19"}},
		{"nothing before a comma", "f(,a)", []string{"error syntax 2-3"}},

		// Parameters.
		{"question mark alone", "a=? b=1", []string{"error syntax 2-3"}},
		{"question mark as a wildcard", "a=b?", []string{"error syntax 3-4"}},
		{"parameter not closed", "a=?{x=1", []string{"error syntax 7-7"}},

		// What other languages write.
		{"in with brackets", `a in ["x"]`, []string{"warning in-operator 2-4"}},
		{"in with parentheses", `a in ("x")`, []string{"error in-operator 2-4"}},
		{"two equals signs", `a == b`, []string{"warning double-equals 2-4"}},
		{"angles", `a <> b`, []string{"warning angle-not-equal 2-4"}},
		{"a call in a condition", "a=1 or cidr(ip, subnet=\"192.0.2.0/24\")", []string{"warning call-in-filter 7-38"}},
		{"keywords of mixed case", "a Or b", []string{"warning keyword-case 2-4"}},
		{"comment without an end", "a=1 /* b", []string{"error unterminated-comment 4-6"}},

		// What is no text.
		{"zero byte", "a=1\x00b", []string{"error syntax 3-4"}},
		{"only zero bytes", "\x00\x00", []string{"error syntax 0-1"}},
		{"zero byte in a string", "a=\"x\x00y\"", nil},
		{"not UTF-8", "a=1 \xff\xfe b", []string{"error syntax 4-5"}},
		{"not UTF-8 in a name", "na\xc3me=1", []string{"error syntax 2-3"}},
		{"not UTF-8 in a string", "a=\"\xff\"", nil},
		{"cut off within a letter", "a=b\xc3", []string{"error syntax 3-4"}},
		{"byte order mark", "\ufeffa=1", []string{"error syntax 0-3"}},
		{"carriage returns", "a=1\r\n| b=2\r\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, cql.Harrier, c.in, c.want...) })
	}
}

// TestLogScaleRejects checks that what is a warning in one dialect is an error in
// the other.
func TestLogScaleRejects(t *testing.T) {
	for in, want := range map[string]string{
		`a in ["x"]`:              "error in-operator 2-4",
		`a == b`:                  "error double-equals 2-4",
		`a <> b`:                  "error angle-not-equal 2-4",
		"a or cidr(ip, \"::/0\")": "error call-in-filter 5-21",
		"f(\"x\ny\")":             "error unterminated-string 2-3",
	} {
		check(t, cql.LogScale, in, want)
	}
}

// TestFixes applies the fix of the first diagnostic and wants what comes out to be
// without any.
func TestFixes(t *testing.T) {
	for _, c := range [][2]string{
		{"a=1\u00a0b=2", "a=1 b=2"},
		{"a='x' | b=1", `a="x" | b=1`},
		{"a=1 |", "a=1 "},
		{`path=/[^\\/|]*$/`, `path=/[^\\\/|]*$/`},
		{"/[/a/]x/", `/[\/a\/]x/`},
		{"f([\"x\n\ty\"])", `f(["x\n\ty"])`},
		{"a !~ /x/", "a != /x/"},
		{"a=/x/s", "a=/x/d"},
		{`a not in [b, "c"]`, `!in(field=a, values=[b, "c"])`},
		{"f match { a | b=1; * => * }", "f match { a => b=1; * => * }"},
		{"user-agent=curl", `"user-agent"=curl`},
	} {
		_, problems := cql.Parse(c[0], cql.LogScale)
		if len(problems) == 0 || problems[0].Fix == nil {
			t.Errorf("%q: no fix among %v", c[0], problems)
			continue
		}
		got := applyFix(c[0], problems[0].Fix)
		if got != c[1] {
			t.Errorf("%q: fixed it is %q, and not %q", c[0], got, c[1])
		}
		if _, left := cql.Parse(got, cql.LogScale); len(left) > 0 {
			t.Errorf("%q: fixed it still has %v", c[0], left)
		}
	}
}

func applyFix(text string, fix *diag.Fix) string {
	shift := 0
	for _, e := range fix.Edits {
		text = text[:e.Span.Start+shift] + e.Text + text[e.Span.End+shift:]
		shift += len(e.Text) - (e.Span.End - e.Span.Start)
	}
	return text
}

// TestSize reads texts that are large or deep, which must neither overflow the
// stack nor take more than linear time, and says once that they are too deep.
func TestSize(t *testing.T) {
	const deep, mega = 10_000, 1 << 20
	r := strings.Repeat
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"parentheses", r("(", deep) + "a" + r(")", deep), []string{"error syntax 200-200"}},
		{"open parentheses", r("(", deep), []string{"error syntax 200-200"}},
		{"closed parentheses", r(")", deep), []string{"error syntax 0-1"}},
		{"parentheses of an expression", "x := " + r("(", deep) + "1" + r(")", deep), []string{"error syntax 205-205"}},
		{"brackets", r("[", deep), []string{"error syntax 100-100"}},
		{"braces", r("{", deep), []string{"error syntax 0-1"}},
		{"calls", r("f(", deep), []string{"error syntax 201-201"}},
		{"cases", r("case{", deep), []string{"error syntax 1005-1005"}},
		{"negations", r("!", deep) + "a", []string{"error syntax 200-200"}},
		{"signs", "x := " + r("-", deep) + "1", []string{"error syntax 204-204"}},
		{"not", r("not ", deep) + "a", []string{"error syntax 800-800"}},
		{"shallow enough", r("(", 200) + "a" + r(")", 200), nil},
		{"a long word", r("a", mega), nil},
		{"a long string", `a="` + r("x", mega) + `"`, nil},
		{"a long string without an end", `a="` + r("x", mega), []string{"error unterminated-string 2-3"}},
		{"a long regex", "a=/" + r("[a]", mega/3) + "/", nil},
		{"a long comment", "/*" + r("*", mega), []string{"error unterminated-comment 0-2"}},
		{"many words", r("a ", mega/2), nil},
		{"many steps", r("a=1|", mega/4) + "b", nil},
		{"many alternatives", r("a=1 or ", mega/7) + "b", nil},
		{"many elements", "f([" + r("a,", mega/2) + "b])", nil},
		{"many arguments", "f(" + r("a=1,", mega/4) + "b)", nil},
		{"many operands", "x := " + r("a+", mega/2) + "b", []string{"error syntax 2006-2006"}},
		{"few enough operands", "x := " + r("a+", 1000) + "b", nil},
		{"many comments", r("/**/", mega/4), nil},
		{"many clauses", "case{" + r("a=1;", mega/4) + "*}", nil},
		{"many quotes", r(`"`, mega), nil},
		{"many stray brackets", r("}", mega), []string{"error syntax 0-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			check(t, cql.Harrier, c.in, c.want...)
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("%d bytes take %s", len(c.in), d)
			}
		})
	}
}
