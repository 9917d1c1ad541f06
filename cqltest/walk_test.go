package cqltest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"harrier/cqltest"
)

// TestRandomWalks runs generated queries over generated events in every variant.
// All must give the same rows in the same order, or fail alike; none may fail
// for a mistake of ours. What is found is made small and printed as a file of
// the corpus: paste it, put right what is wanted, and fix the engine.
//
// The short run takes the same walks every time, so that it cannot fail for
// somebody who has changed nothing. HARRIER_SLOW=1 walks for half a minute, or
// for as long as HARRIER_WALK=10m says, and elsewhere each time unless
// HARRIER_SEED names the first walk.
func TestRandomWalks(t *testing.T) {
	length, seed := time.Duration(0), uint64(1596)
	if os.Getenv("HARRIER_SLOW") != "" {
		length, seed = 30*time.Second, rand.Uint64()
	}
	if d, err := time.ParseDuration(os.Getenv("HARRIER_WALK")); err == nil {
		length = d
	}
	if s, err := strconv.ParseUint(os.Getenv("HARRIER_SEED"), 10, 64); err == nil {
		seed = s
	}
	var queries, accepted, withRows, found int
	for start := time.Now(); (queries < 250 || time.Since(start) < length) && found < 5; queries++ {
		at := seed + uint64(queries)
		w := newWalk(at)
		base := w.run(t, variants[0])
		if base.problems.HasErrors() {
			continue // the generator knows the grammar and not every rule of what may stand where
		}
		accepted++
		if len(base.rows) > 0 {
			withRows++
		}
		for _, v := range variants {
			if w.trouble(t, base, v) != "" {
				small := w.shrink(func(w *walk) bool { return w.trouble(t, w.run(t, variants[0]), v) != "" })
				base := small.run(t, variants[0])
				t.Errorf("HARRIER_SEED=%d: %s\n%s", at, small.trouble(t, base, v), small.archive(base.rows))
				found++
				break
			}
		}
	}
	t.Logf("from HARRIER_SEED=%d: %d queries, %d accepted, %d with rows", seed, queries, accepted, withRows)
	// Walks that go nowhere would find nothing: most queries must compile, and
	// many must have something to show.
	if accepted*10 < queries*8 || withRows*10 < queries*4 {
		t.Errorf("of %d queries %d are accepted and %d give rows: too few", queries, accepted, withRows)
	}
}

// walk is a generated case.
type walk struct {
	events []string // JSON objects
	query  string
}

func newWalk(seed uint64) *walk {
	g := &grammar{rand: rand.New(rand.NewPCG(seed, seed))}
	return &walk{g.events(), g.query()}
}

// run runs the case; a panic is an error.
func (w *walk) run(t *testing.T, v variant) (out outcome) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			out.err = fmt.Errorf("internal error: panic: %v", r)
		}
	}()
	return run(t, w.asCase(t), v)
}

// trouble tells what is wrong with what a variant gives, compared with what the
// first one gave; "" when nothing is, or when the query does not compile.
func (w *walk) trouble(t *testing.T, base outcome, v variant) string {
	t.Helper()
	out := w.run(t, v)
	switch {
	case out.err != nil && strings.Contains(out.err.Error(), "internal error"):
		return fmt.Sprintf("%q fails: %v", v.name, out.err)
	case base.problems.HasErrors():
		return ""
	case out.problems.HasErrors():
		return fmt.Sprintf("%q does not compile: %v", v.name, out.problems)
	}
	if d := differ(base, out); d != "" {
		return fmt.Sprintf("%q and %q differ: %s", variants[0].name, v.name, d)
	}
	return ""
}

// differ tells how two outcomes of a case differ; "" when they do not. Every
// field counts, those of the engine too.
func differ(want, got outcome) string {
	show := func(o outcome) string {
		if o.err != nil { // rows in front of it come as far as they come
			return "\n  error: " + o.err.Error()
		}
		return "\n  " + strings.Join(lines(o.rows), "\n  ")
	}
	a, b := show(want), show(got)
	if a == b {
		return ""
	}
	return a + "\nand" + b
}

// shrink makes a walk as small as it can be while what is found stays: fewer
// events, fewer and plainer members, and less text of the query. Whatever is
// tried need not be sense; what is none does not compile, and finds nothing.
func (w *walk) shrink(found func(*walk) bool) *walk {
	best := *w
	try := func(next walk) bool {
		if !found(&next) {
			return false
		}
		best = next
		return true
	}
	for deadline, again := time.Now().Add(20*time.Second), true; again && time.Now().Before(deadline); {
		again = false
		for i := len(best.events) - 1; i >= 0 && len(best.events) > 1; i-- {
			again = try(walk{slices.Delete(slices.Clone(best.events), i, i+1), best.query}) || again
		}
		for size := len(best.query) / 2; size > 0; size = size * 2 / 3 {
			for i := len(best.query) - size; i >= 0; i-- {
				if i+size <= len(best.query) {
					again = try(walk{best.events, best.query[:i] + best.query[i+size:]}) || again
				}
			}
		}
		for i := range best.events {
			var e map[string]any
			if json.Unmarshal([]byte(best.events[i]), &e) != nil {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(e)) {
				for _, plain := range []any{nil, "a", "1"} {
					next := maps.Clone(e)
					if plain == nil {
						delete(next, name)
					} else if e[name] == "a" || e[name] == "1" || name == "@timestamp" {
						break
					} else {
						next[name] = plain
					}
					data, _ := json.Marshal(next) // it was JSON before
					events := slices.Clone(best.events)
					if events[i] = string(data); try(walk{events, best.query}) {
						e, again = next, true
						break
					}
				}
			}
		}
	}
	return &best
}

// lines writes rows as NDJSON, fields in order of name.
func lines(rows []cqltest.Row) []string {
	var out []string
	for _, r := range rows {
		data, _ := json.Marshal(r) // of texts only, it cannot fail
		out = append(out, string(data))
	}
	return out
}

// archive writes a case as a file of the corpus.
func (w *walk) archive(rows []cqltest.Row) string {
	want := "-- want nothing --\n"
	if len(rows) > 0 {
		var shown []cqltest.Row
		for _, r := range rows {
			r = maps.Clone(r)
			// Fields that begin with @ are compared where they are listed: seldom the point.
			maps.DeleteFunc(r, func(name, _ string) bool { return strings.HasPrefix(name, "@") })
			shown = append(shown, r)
		}
		want = "-- want --\n" + strings.Join(lines(shown), "\n") + "\n"
	}
	lookup := ""
	if strings.Contains(w.query, "look.csv") {
		lookup = "-- lookup look.csv --\n" + walkLookup
	}
	return "Found by a random walk.\n" + lookup + "-- events --\n" + strings.Join(w.events, "\n") + "\n-- query --\n" + w.query + "\n" + want
}

// walkLookup is the lookup file of the walks.
const walkLookup = "k,v,x\na,1,yes\nb,2,\nA,3,no\n1,4,one\na,5,again\n\"x y\",6,z\n"

// asCase makes the case, by way of its text, so that what is printed is what was
// run.
func (w *walk) asCase(t *testing.T) *cqltest.Case {
	t.Helper()
	cases, err := cqltest.Parse("walk.txtar", []byte(w.archive(nil)))
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v:\n%s", len(cases), err, w.archive(nil))
	}
	return cases[0]
}

// TestWalkReports checks that a difference would be found, made small, and
// printed as a file of the corpus that gives the same case again.
func TestWalkReports(t *testing.T) {
	rows := []cqltest.Row{{"a": "1", "@timestamp": "1"}, {"a": "2\n<"}}
	w := &walk{[]string{`{"a":"1","@timestamp":"1"}`, `{"a":"2\n<"}`}, "a=*"}
	text := w.archive(rows)
	cases, err := cqltest.Parse("walk.txtar", []byte(text))
	if err != nil || len(cases) != 1 || cases[0].Query != w.query || len(cases[0].Events) != 2 || cases[0].Compare(rows) != "" {
		t.Errorf("%v, %v of\n%s", cases, err, text)
	}
	one := outcome{rows: rows}
	for _, other := range [][]cqltest.Row{nil, rows[:1], {rows[1], rows[0]}, {{"a": "1"}, rows[1]}} {
		if differ(one, outcome{rows: other}) == "" {
			t.Errorf("%v and %v do not differ", rows, other)
		}
	}
	if d := differ(one, outcome{rows: slices.Clone(rows)}); d != "" {
		t.Error(d)
	}
	// An engine that loses events with an n whenever x is written would be found
	// by this alone.
	w = &walk{[]string{`{"a":"b"}`, `{"m":"q","n":"zz"}`, `{}`}, "a=* or n=*\n| x := 1\n| select([x, n])"}
	small := w.shrink(func(w *walk) bool {
		return !w.run(t, variants[0]).problems.HasErrors() && strings.Contains(w.query, "x") && strings.Contains(strings.Join(w.events, ""), `"n"`)
	})
	if len(small.query) > len("select([x])") || len(small.events) != 1 || small.events[0] != `{"n":"a"}` {
		t.Errorf("shrunk to %s over %s", small.query, small.events)
	}
}
