package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"harrier/cql"

	"harrier"
)

// Commands are started through this program itself; see runCommand.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == launchArg {
		os.Exit(launch(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func TestSameAnswer(t *testing.T) {
	columns := []column{{name: "key"}, {name: "about", tolerance: 0.01}, {name: "some", list: true}}
	want := [][]string{{"a", "100", "x\ny"}, {"b", "", ""}}
	for _, c := range []struct {
		name string
		got  [][]string
		diff string
	}{
		{"the same", [][]string{{"a", "100", "x\ny"}, {"b", "", ""}}, ""},
		{"another order", [][]string{{"b", "", ""}, {"a", "100", "x\ny"}}, ""},
		{"a good estimate, other values in the list", [][]string{{"a", "100.9", "p\nq"}, {"b", "", ""}}, ""},
		{"a bad estimate", [][]string{{"a", "102", "x\ny"}, {"b", "", ""}}, "about"},
		{"an estimate of nothing", [][]string{{"a", "100", "x\ny"}, {"b", "0", ""}}, "about"},
		{"a shorter list", [][]string{{"a", "100", "x"}, {"b", "", ""}}, "some"},
		{"another key", [][]string{{"a", "100", "x\ny"}, {"c", "", ""}}, "key"},
		{"a row less", [][]string{{"a", "100", "x\ny"}}, "1 rows instead of 2"},
		{"a column less", [][]string{{"a", "100"}, {"b", ""}}, "columns"},
	} {
		diff := sameAnswer(want, c.got, columns)
		if (diff == "") != (c.diff == "") || !strings.Contains(diff, c.diff) {
			t.Errorf("%s: the difference is %q", c.name, diff)
		}
	}
}

func TestQueriesCompile(t *testing.T) {
	names := map[string]bool{}
	for _, q := range queries() {
		if names[q.name] {
			t.Errorf("there are two queries %s", q.name)
		}
		names[q.name] = true
		if _, problems := harrier.Compile(q.cql, &harrier.Options{Dialect: cql.LogScale}); problems.HasErrors() {
			t.Errorf("%s: %v", q.name, problems)
		}
		if !strings.Contains(q.duckdb, "'{file}'") || !strings.Contains(q.chdb, "'{file}'") {
			t.Errorf("%s: a peer's query does not name the file", q.name)
		}
	}
	for _, q := range growthQueries {
		if !names[q] {
			t.Errorf("there is no query %s to measure memory with", q)
		}
	}
}

func TestChosen(t *testing.T) {
	some, err := chosen(queries(), "q3, Q1")
	if err != nil || len(some) != 2 || some[0].name != "Q3" || some[1].name != "Q1" {
		t.Errorf("q3, Q1 chooses %v, %v", some, err)
	}
	if _, err := chosen(queries(), "Q99"); err == nil {
		t.Error("Q99 is chosen without an error")
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 2: {2}, 3: {9, 3, 1}, 4: {8, 4}} {
		if got := median(values); got != want {
			t.Errorf("the median of %v is %v", values, got)
		}
	}
}

// An engine that gives another answer is not timed, and the report says so.
func TestDisagreement(t *testing.T) {
	answer := func(seconds float64, rows ...[]string) engine {
		return engine{
			name: "engine", has: func(*query) bool { return true },
			run: func(context.Context, *query, string, runOptions) (measured, error) {
				return measured{seconds: []float64{seconds}, rows: rows}, nil
			},
		}
	}
	q := &query{name: "Q1", columns: one("n")}
	engines := []engine{answer(2, []string{"1"}), answer(1, []string{"2"}), answer(4, []string{"1"}), {name: "other", missing: "it is not there"}}
	engines[0].name, engines[1].name, engines[2].name = "Harrier", "wrong", "right"
	res, err := measure(t.Context(), q, dataset{}, engines, runOptions{runs: 1, budget: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	r := report{engines: engines, results: []result{res}, data: dataset{plainBytes: 1e6}}
	if r.disagreements() != 1 || r.fastest(res) != 2 {
		t.Errorf("%d disagreements, and engine %d is the fastest", r.disagreements(), r.fastest(res))
	}
	var text strings.Builder
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"differs |", "Q1, wrong: **another answer**", "| right | **0.50** |", "- other: skipped, it is not there."} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, text.String())
		}
	}
}

// The whole harness over a few events, without peers.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "report.md")
	err := run(t.Context(), []string{"-events", "5000", "-runs", "1", "-peers=false", "-data", dir, "-o", out})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"5,000, ", "| Q1 |", "| Q2z |", "| Q8 |", "decompress one gzip stream",
		"a rare text anywhere in an event. 24 rows.", "per type: count, two estimated percentiles, up to 100 distinct names. 20 rows.",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}
