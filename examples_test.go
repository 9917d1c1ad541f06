package harrier_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harrier"
	"harrier/cqltest"
	"harrier/decode"
	"harrier/event"
	"harrier/function"
)

// exampleTime is the present of examples.
var exampleTime = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// rowsOf runs a query over NDJSON and gives its rows as objects.
func rowsOf(t *testing.T, query, in string, o *harrier.Options) []map[string]string {
	t.Helper()
	q, problems := harrier.Compile(query, o)
	if q == nil {
		t.Fatalf("the query does not compile: %v", problems)
	}
	src, err := decode.Open(nil, decode.Options{Format: "ndjson"})
	if err != nil {
		t.Fatal(err)
	}
	if err := src.AddBytes("example.ndjson", []byte(in)); err != nil {
		t.Fatal(err)
	}
	run := harrier.RunOptions{Now: exampleTime, Report: func(p event.Problem) { t.Errorf("input: %+v", p) }}
	out := []map[string]string{}
	for b, err := range q.Run(context.Background(), src, run) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Selected() {
			row := map[string]string{}
			for i, name := range b.Names() {
				if v, ok := b.Columns()[i].Text(int(r)); ok && !event.Hidden(name) {
					row[name] = v
				}
			}
			out = append(out, row)
		}
	}
	return out
}

// objects reads expected rows.
func objects(t *testing.T, ndjson string) []map[string]string {
	t.Helper()
	out := []map[string]string{}
	for _, line := range strings.Split(ndjson, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		row := map[string]string{}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, row)
	}
	return out
}

// TestExamples runs the documented example of every function.
func TestExamples(t *testing.T) {
	// Small databases of documentation addresses, made by the tests of function.
	opts := harrier.Options{
		CityDB: "function/testdata/city.mmdb", ASNDB: "function/testdata/asn.mmdb",
		Lookups: &function.Lookups{Dirs: []fs.FS{os.DirFS("function/testdata/lookups")}}, Resolver: cqltest.Resolver,
	}
	for _, f := range function.All() {
		t.Run(f.Name, func(t *testing.T) {
			if len(f.Examples) == 0 {
				t.Fatalf("%s() has no example", f.Name)
			}
			for _, ex := range f.Examples {
				opts := opts
				opts.Context = ex.Context
				got, want := rowsOf(t, ex.Query, ex.In, &opts), objects(t, ex.Out)
				if ex.Unordered {
					key := func(a, b map[string]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
					slices.SortFunc(got, key)
					slices.SortFunc(want, key)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s\n%s", ex.Query, d)
				}
			}
		})
	}
}
