package cql_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harrier/cql"
	"harrier/diag"
	"harrier/internal/markdown"
)

// sameTree ignores where nodes stand.
var sameTree = cmp.Options{
	cmpopts.IgnoreTypes(diag.Span{}),
	cmpopts.IgnoreFields(cql.Query{}, "Source"),
	cmpopts.EquateEmpty(),
}

// checkPrint checks that a text that parses prints as something that means the
// same, has the same comments, and prints as itself.
func checkPrint(t *testing.T, src string) {
	t.Helper()
	q, problems := cql.Parse(src, cql.Harrier)
	if problems.HasErrors() {
		return
	}
	printed := cql.Print(q)
	again, problems := cql.Parse(printed, cql.Harrier)
	if problems.HasErrors() {
		t.Fatalf("printed text does not parse: %v\n--- source\n%s\n--- printed\n%s", problems, src, printed)
	}
	if d := cmp.Diff(q, again, sameTree); d != "" {
		t.Fatalf("printed text means something else\n--- source\n%s\n--- printed\n%s\n--- difference\n%s", src, printed, d)
	}
	if twice := cql.Print(again); twice != printed {
		t.Fatalf("printing again changes the text\n--- source\n%q\n--- once\n%s\n--- twice\n%s", src, printed, twice)
	}
}

var canonical = []struct{ name, in, want string }{
	{"steps stand on lines", `a=1|b=2 | count()`, "a=1\n| b=2\n| count()"},
	{"implicit and explicit and", `a  b and  c or d`, `a b and c or d`},
	{"negation", `!a=1 | ! in(f, values=[x]) | NOT foo`, "not a=1\n| !in(f, values=[x])\n| not foo"},
	{"comparison", `n>3 m <=  4 x != "y" z like foo`, `n > 3 m <= 4 x!="y" z like foo`},
	{"strings keep their spelling", `a="\d+\\x" b="q\"q"`, `a="\d+\\x" b="q\"q"`},
	{"regexes", `f=/a\/b/i /x/`, `f=/a\/b/i /x/`},
	{"assignment", `x:=1+2*-y`, `x := 1 + 2 * -y`},
	{"a sign of an argument stays an expression", `f(- x) | f(-x)`, "f(- x)\n| f(-x)"},
	{"field call", `f=~!cidr("10.0.0.0/8")`, `f =~ !cidr("10.0.0.0/8")`},
	{"arrays", `[ count() ,n:=sum(x) ]`, `[count(), n := sum(x)]`},
	{"case", `case{a=1|x:=1;*|x:=2}`, "case {\n  a=1 | x := 1;\n  * | x := 2;\n}"},
	{"match", `f match{"a"=>x:=1;/b/ => *;* => x:=2|y:=3;}`, "f match {\n  \"a\" => x := 1;\n  /b/ => *;\n  * => x := 2 | y := 3;\n}"},
	{"case in case", `case{a|case{b;c};*}`, "case {\n  a\n    | case {\n      b;\n      c;\n    };\n  *;\n}"},
	{"comments stay", "// top\na=1 // first\n// own\n| b=2 /* mid */ c=3\n// end", "// top\na=1 // first\n// own\n| b=2 /* mid */ c=3\n// end"},
	{"comments in a call", "f(a, // one\n b // two\n)", "f(\n  a, // one\n  b // two\n)"},
	{"comments in a case", "case { // choose\n a=1; // first\n // other\n * }", "case { // choose\n  a=1; // first\n  // other\n  *;\n}"},
	{"parameters", `a=?x b=?{y=1} c=?{z="a b"}`, `a=?x b=?{y=1} c=?{z="a b"}`},
	{"saved query", `$foo(a=1)|$"my query"()`, "$foo(a=1)\n| $\"my query\"()"},
	{"subquery", `join({a=1|b=2},field=x)`, `join({ a=1 | b=2 }, field=x)`},
	{"long calls break", `groupBy([aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb], function=[count(as=total), collect([cccccccccccccccc])])`,
		"groupBy(\n  [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb],\n  function=[count(as=total), collect([cccccccccccccccc])]\n)"},
	{"backtick", "`k` := 1", "`k` := 1"},
	{"link", `correlate(A: { x=1 } include: [y], B: { a <=> A.b }, within=1h)`, `correlate(A: { x=1 } include: [y], B: { a <=> A.b }, within=1h)`},
}

func TestPrint(t *testing.T) {
	for _, c := range canonical {
		t.Run(c.name, func(t *testing.T) {
			q, problems := cql.Parse(c.in, cql.Harrier)
			if problems.HasErrors() {
				t.Fatal(problems)
			}
			if d := cmp.Diff(c.want, cql.Print(q)); d != "" {
				t.Error(d)
			}
			checkPrint(t, c.in)
		})
	}
}

func TestQuoteString(t *testing.T) {
	for _, s := range []string{"", "a", `a"b`, `a\b`, `a\nb`, "a\nb", `end\`, `\\`, `\"`, "\r\t", `a\d`, "\\\n", "\\\t", "\\\r"} {
		q, problems := cql.Parse("x="+cql.QuoteString(s), cql.Harrier)
		if len(problems) > 0 {
			t.Errorf("%q: %v", s, problems)
			continue
		}
		got := q.Pipeline.Steps[0].(*cql.FilterStep).Filter.(*cql.Comparison).Value.Text
		if got != s {
			t.Errorf("quoted and read again %q is %q", s, got)
		}
	}
}

// TestPrintPublished prints published queries, where they are at hand.
func TestPrintPublished(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "content", "cql")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no published queries at hand")
	}
	n := 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts := []string{string(data)}
		if strings.HasSuffix(path, ".md") {
			texts = nil
			for _, b := range markdown.CQL(string(data)) {
				texts = append(texts, b.Text)
			}
		}
		for _, text := range texts {
			n++
			t.Run(filepath.Base(path), func(t *testing.T) { checkPrint(t, text) })
		}
		return nil
	})
	t.Logf("%d texts", n)
}

func FuzzParsePrint(f *testing.F) {
	for _, c := range canonical {
		f.Add(c.in)
	}
	for _, s := range []string{
		`#event_simpleName in ["A", "B"] | not X = /^(10\.)/`, `a and (b or !c) d`, `x := if(a == 1, then="b", else=c)`, `"user agent"=foo*`,
		`f(1 hour, 10.0.0.0/8, -5m, a[0], "x")`, `|a`, `a |`, `{`, `case {`, `"`, `/`, `?{`, "\xff", `a not in [1]`, `x=>y`, `$`, "`",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, d := range []cql.Dialect{cql.Harrier, cql.LogScale} {
			q, problems := cql.Parse(src, d)
			if q == nil || q.Pipeline == nil {
				t.Fatal("no tree")
			}
			for _, p := range problems {
				if p.Span.Start < 0 || p.Span.End < p.Span.Start || p.Span.End > len(src) {
					t.Fatalf("%+v stands outside of the text", p)
				}
			}
			cql.Print(q) // a partial tree prints too
		}
		checkPrint(t, src)
	})
}
