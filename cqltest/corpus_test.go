package cqltest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"harrier/cqltest"
	"harrier/diag"
)

// check runs a case in every variant.
func check(t *testing.T, c *cqltest.Case) {
	t.Helper()
	for _, v := range variants {
		out := run(t, c, v)
		if problem := judge(c, out, !v.reprint); problem != "" {
			t.Errorf("%s (%s)\n%s\n%s", c.Name(), v.name, c.Query, problem)
			return
		}
	}
}

// judge tells what is wrong with the outcome of a case; "" when nothing is.
// Places in diagnostics count only in the text as it was written.
func judge(c *cqltest.Case, out outcome, places bool) string {
	if places && len(c.Diagnostics) > 0 {
		got := renderAll(c.Query, out.problems)
		if strings.Join(got, "\n") != strings.Join(c.Diagnostics, "\n") {
			return fmt.Sprintf("want diagnostics\n  %s\ngot\n  %s", strings.Join(c.Diagnostics, "\n  "), strings.Join(got, "\n  "))
		}
	}
	if c.Rejected != "" {
		for _, p := range out.problems {
			if p.Severity == diag.Error && p.Code == c.Rejected {
				return ""
			}
		}
		return fmt.Sprintf("want the error %s, got %v", c.Rejected, renderAll(c.Query, out.problems))
	}
	if out.problems.HasErrors() {
		return fmt.Sprintf("the query does not compile: %v", renderAll(c.Query, out.problems))
	}
	if out.err != nil {
		return fmt.Sprintf("the run failed: %v", out.err)
	}
	return c.Compare(out.rows)
}

func renderAll(query string, l diag.List) []string {
	var out []string
	src := diag.Source{Text: query}
	for _, d := range l {
		line, col := src.Position(d.Span.Start)
		out = append(out, fmt.Sprintf("%d:%d: %s: %s [%s]", line, col, d.Severity, d.Message, d.Code))
	}
	return out
}

// TestCorpus runs the conformance suite.
func TestCorpus(t *testing.T) {
	cases, err := cqltest.Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			check(t, c)
		})
	}
	t.Logf("%d cases in %d variants", len(cases), len(variants))
}
