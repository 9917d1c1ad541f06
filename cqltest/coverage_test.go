package cqltest_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"harrier/cqltest"
	"harrier/function"
)

// TestEveryFunctionHasCases insists that each function of the catalogue has a
// file of the corpus named after it, in lower case and without the colon, in
// which it runs, as errors alone show no behaviour; and that some query of the
// corpus gives it each of its parameters. Further files of a function have names
// that start with its own (groupbylimit.txtar). A file that is named after no
// function is one whose function was renamed or taken out.
func TestEveryFunctionHasCases(t *testing.T) {
	cases, err := cqltest.Load(os.DirFS("testdata/function"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{} // whether a function owns it
	for _, c := range cases {
		files[c.File] = false
	}
	for _, f := range function.All() {
		stem := strings.ReplaceAll(strings.ToLower(f.Name), ":", "")
		runs := 0 // in its own file
		var queries []string
		for _, c := range cases {
			if !strings.Contains(strings.ToLower(c.Query), strings.ToLower(f.Name)+"(") {
				continue
			}
			if strings.HasPrefix(c.File, stem) {
				files[c.File] = true
			}
			if c.Rejected != "" {
				continue
			}
			queries = append(queries, c.Query)
			if c.File == stem+".txtar" {
				runs++
			}
		}
		if runs == 0 {
			t.Errorf("%s(): no case in testdata/function/%s.txtar runs it", f.Name, stem)
		}
		for _, p := range f.Params {
			if !slices.ContainsFunc(queries, func(q string) bool { return gives(q, f, p.Name) }) {
				t.Errorf("%s(): no case gives it %s", f.Name, p.Name)
			}
		}
	}
	for name, owned := range files {
		if !owned {
			t.Errorf("testdata/function/%s is named after no function that it calls", name)
		}
	}
}

// gives tells whether a query that calls a function seems to give it an
// argument: by name, without one, or in front of the call.
func gives(query string, f *function.Function, param string) bool {
	switch {
	case regexp.MustCompile(`\b` + regexp.QuoteMeta(param) + `\s*=[^=~]`).MatchString(query):
		return true
	case param == f.Unnamed || slices.Contains(f.Positional, param):
		return !strings.Contains(strings.ToLower(query), strings.ToLower(f.Name)+"()")
	case param == "as":
		return strings.Contains(query, ":=")
	case param == "field":
		return strings.Contains(query, "=~")
	}
	return false
}
