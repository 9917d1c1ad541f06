package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"harrier"
	"harrier/bench/generate"
	"harrier/decode"
	"harrier/event"
	"harrier/internal/rx"
)

var update = flag.Bool("update", false, "record the work that the queries take")

// workEvents is the number of events over which the work is counted.
const workEvents = 20_000

// work is what a query takes, counted rather than timed.
type work struct {
	name                            string
	read, rejected, parsed, regexes int64
	allocs                          int64 // in hundreds: a few depend on what the runtime does
}

func (w work) String() string {
	return fmt.Sprintf("%-4s events %d  rejected %d  bytes parsed %d  regex calls %d  allocations %d hundred", w.name, w.read, w.rejected, w.parsed, w.regexes, w.allocs)
}

// TestWork counts what each query of the benchmark takes over a small set of
// events, and fails when it has become more than what is recorded. Times are not
// looked at: they are the machine's, these counts are ours.
func TestWork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := generate.Write(f, generate.Config{Events: workEvents}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, q := range queries() {
		if !q.gzip {
			w := workOf(t, q, path)
			t.Log(w)
			lines = append(lines, w.String())
		}
	}
	const file = "testdata/work.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	recorded, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Split(strings.TrimSpace(string(recorded)), "\n")
	if len(before) != len(lines) {
		t.Fatalf("%d queries are recorded, and there are %d: run with -update", len(before), len(lines))
	}
	for i, l := range lines {
		was, is := parseWork(t, before[i]), parseWork(t, l)
		worse := is.name != was.name || is.read != was.read || is.rejected < was.rejected || is.parsed > was.parsed || is.regexes > was.regexes ||
			is.allocs > was.allocs+was.allocs/20+2
		if worse {
			t.Errorf("more work than is recorded\n  is  %s\n  was %s", l, before[i])
		}
	}
}

func parseWork(t *testing.T, line string) (w work) {
	t.Helper()
	_, err := fmt.Sscanf(line, "%s events %d rejected %d bytes parsed %d regex calls %d allocations %d hundred", &w.name, &w.read, &w.rejected, &w.parsed, &w.regexes, &w.allocs)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return w
}

func workOf(t *testing.T, q query, path string) work {
	t.Helper()
	compiled, problems := harrier.Compile(q.cql, nil)
	if compiled == nil {
		t.Fatalf("%s: %v", q.name, problems)
	}
	src, err := decode.Open([]string{path}, decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var st event.Stats
	run := func() {
		st = event.Stats{}
		for _, err := range compiled.Run(context.Background(), src, harrier.RunOptions{Workers: 1, Stats: &st}) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	run() // pools are filled
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	regexes := rx.CountCalls(run)
	runtime.ReadMemStats(&after)
	return work{q.name, st.Events.Load(), st.Rejected.Load(), st.Parsed.Load(), regexes, int64(after.Mallocs-before.Mallocs) / 100}
}
