package cqltest_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"harrier/cqltest"
)

// TestProjection puts select() of one field behind every query of the corpus,
// which must give the same rows with nothing but that field. The scan then reads
// no field that the rest of the plan does not ask for, so a function that says
// too little of what it reads or writes is found out here.
func TestProjection(t *testing.T) {
	cases, err := cqltest.Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			for _, field := range visible(c.Want) {
				p := *c
				p.Query = c.Query + "\n| select([" + strconv.Quote(field) + "])"
				p.Want, p.Diagnostics = nil, nil
				for _, row := range c.Want {
					out := cqltest.Row{}
					if v, ok := row[field]; ok {
						out[field] = v
					}
					p.Want = append(p.Want, out)
				}
				out := run(t, &p, variants[2])
				if problem := judge(&p, out, false); problem != "" {
					t.Errorf("%s\n%s", p.Query, problem)
				}
			}
		})
	}
}

// visible lists the fields of rows that a comparison looks at.
func visible(rows []cqltest.Row) []string {
	var names []string
	for _, r := range rows {
		for name := range r {
			if !strings.HasPrefix(name, "@") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
