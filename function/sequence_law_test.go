package function

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"harrier/event"
	"harrier/internal/num"
	"harrier/plan"
)

// lawCondition is a condition argument: field = value.
func lawCondition(field, value string) *Arg {
	pred := &plan.Test{Field: field, Match: func(s string) (bool, error) { return s == value, nil }, Shown: "= " + value}
	return &Arg{Pipe: &Pipe{Stages: []plan.Stage{&plan.Filter{Pred: pred}}, Effect: plan.Effect{Reads: []string{field}}}}
}

func lawSequence(t interface{ Fatalf(string, ...any) }, f *Function, args map[string]*Arg) *plan.Sequence {
	c := lawCall(t, f, args)
	factory, problems := f.NewSequencer(c)
	if problems.HasErrors() {
		t.Fatalf("%s: %v", f.Name, problems)
	}
	return &plan.Sequence{Name: f.Name, New: factory, Effects: c.FieldEffect()}
}

// timeAggregates are the aggregates over time, edges and whole tables.
func timeAggregates(t interface{ Fatalf(string, ...any) }) map[string]*Agg {
	x := func(f *Function) *Agg { return lawAgg(t, f, lawArgs("field", lawText("x"))) }
	count, sum, high := lawAgg(t, countFunc, nil), x(sumFunc), x(maxFunc)
	by := func(a ...*Agg) *Agg {
		return lawAgg(t, groupByFunc, lawArgs("field", lawTexts("j"), "function", lawAggs(a...)))
	}
	session := lawAgg(t, sessionFunc, lawArgs("maxpause", lawSpan(3*time.Second), "function", lawAggs(count, high)))
	win := func(args ...any) *Agg { return lawAgg(t, windowFunc, lawArgs(args...)) }
	running := lawSequence(t, accumulateFunc, lawArgs("function", lawAggs(count, sum)))
	m := map[string]*Agg{
		"session":          session,
		"session of rows":  lawAgg(t, sessionFunc, lawArgs("maxpause", lawSpan(5*time.Millisecond), "function", lawAggs(by(sum)))),
		"groupBy session":  by(session),
		"series":           lawAgg(t, seriesFunc, lawArgs("collect", lawTexts("k", "x"), "memlimit", lawText("1KiB"))),
		"series cut":       lawAgg(t, seriesFunc, lawArgs("collect", lawTexts("k"), "memlimit", lawText("9"), "maxpause", lawSpan(4*time.Second), "maxduration", lawSpan(9*time.Second))),
		"series matched":   lawAgg(t, seriesFunc, lawArgs("collect", lawTexts("k", "j"), "startmatch", lawCondition("k", "a"), "endmatch", lawCondition("j", "b"))),
		"counterAsRate":    x(counterAsRateFunc),
		"linReg":           lawAgg(t, linRegFunc, lawArgs("x", lawText("@timestamp"), "y", lawText("x"))),
		"linReg x":         by(lawAgg(t, linRegFunc, lawArgs("x", lawText("x"), "y", lawText("j")))),
		"percentage":       by(lawAgg(t, percentageFunc, lawArgs("condition", lawCondition("k", "a")))),
		"callFunction":     lawAgg(t, callFunctionFunc, lawArgs("function", lawText("avg"), "field", lawText("x"))),
		"transpose":        lawAgg(t, transposeFunc, nil),
		"transpose header": lawAgg(t, transposeFunc, lawArgs("header", lawText("k"), "limit", lawNumber(7))),
		"sankey":           lawAgg(t, sankeyFunc, lawArgs("source", lawText("k"), "target", lawText("j"), "weight", lawAggs(sum))),
		"worldMap":         lawAgg(t, worldMapFunc, lawArgs("lat", lawText("x"), "lon", lawText("x"), "precision", lawNumber(2))),
		"in order":         InOrder("accumulate()", sum.At, running),
		"groupBy in order": by(InOrder("accumulate()", sum.At, running)),
	}
	for name, w := range map[string]*Agg{
		"3": win("buckets", lawNumber(3), "function", lawAggs(count, sum)), "20s": win("span", lawSpan(20*time.Second), "function", lawAggs(high, by())),
	} {
		m["window auto "+name] = lawAgg(t, bucketFunc, lawArgs("function", lawAggs(high, w)))
		m["window of 5 buckets "+name] = lawAgg(t, bucketFunc, lawArgs("buckets", lawNumber(5), "function", lawAggs(w), "field", lawTexts("k")))
		m["window span "+name] = lawAgg(t, timeChartFunc, lawArgs("span", lawSpan(8*time.Second), "function", lawAggs(w), "series", lawText("k"), "limit", lawNumber(2)))
	}
	return m
}

func TestTimeLaw(t *testing.T) {
	for name, agg := range timeAggregates(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, agg, drawRows(t)) })
		})
	}
}

// runSequence takes rows through a sequence function, cut into batches at random, and gives what comes out as text.
func runSequence(t *rapid.T, s *plan.Sequence, rows []lawRow) []string {
	var out []string
	seq := s.New(&plan.Runtime{})
	emit := func(b *event.Batch) error {
		for _, r := range b.Selected() {
			out = append(out, fmt.Sprint(rowFields(b, int(r))))
		}
		return nil
	}
	for left := rows; len(left) > 0; {
		n := rapid.IntRange(1, len(left)).Draw(t, "batch")
		b, _ := lawBatch(left[:n], func(string) int { return rapid.IntRange(0, 3).Draw(t, "form") }, false)
		if err := seq.Next(b, emit); err != nil {
			t.Fatal(err)
		}
		left = left[n:]
	}
	if err := seq.End(emit); err != nil {
		t.Fatal(err)
	}
	return out
}

func rowFields(b *event.Batch, row int) map[string]string {
	m := map[string]string{}
	for i, n := range b.Names() {
		if s, ok := b.Columns()[i].Text(row); ok && !event.Hidden(n) {
			m[n] = s
		}
	}
	return m
}

// resultOver is the result of an aggregate over rows that stand in order, as fields.
func resultOver(t *rapid.T, agg *Agg, rows []lawRow) map[string]string {
	state := newState(agg, &plan.Runtime{})
	if len(rows) > 0 {
		b, _ := lawBatch(rows, func(string) int { return 3 }, false)
		pos := make([]uint64, b.Len())
		for i := range pos {
			pos[i] = uint64(i / 2)
		}
		b.SetPositions(pos)
		if err := state.Add(b, plan.ZeroGroups(b.Len())); err != nil {
			t.Fatal(err)
		}
	}
	out, err := resultRows(state, 0)
	if err != nil {
		t.Fatal(err)
	}
	if out == nil {
		return nil
	}
	return rowFields(out, int(out.Selected()[0]))
}

// TestRunningResults compares the sequence functions that add results to rows with what they mean: an aggregate over
// some of the rows before, worked out anew for each row. It also shows that aggregates can go on when they were asked.
func TestRunningResults(t *testing.T) {
	f := func(fn *Function, args ...any) *Agg { return lawAgg(t, fn, lawArgs(args...)) }
	total := f(sumFunc, "field", lawText("_count"), "as", lawText("groups"))
	aggs := []*Agg{
		f(countFunc, "as", lawText("n")), f(countFunc, "field", lawText("k"), "distinct", &Arg{Bool: true}, "as", lawText("d")), f(sumFunc, "field", lawText("x")),
		f(avgFunc, "field", lawText("x")), f(minFunc, "field", lawText("x")), f(rangeFunc, "field", lawText("x")), f(stdDevFunc, "field", lawText("x")),
		f(percentileFunc, "field", lawText("x"), "percentiles", lawTexts("50"), "as", lawText("p")),
		f(selectFromMaxFunc, "field", lawText("x"), "include", lawTexts("j")), f(collectFunc, "fields", lawTexts("k"), "multival", &Arg{Bool: true}, "limit", lawNumber(5), "separator", lawText(",")),
		f(percentageFunc, "condition", lawCondition("k", "a")), f(counterAsRateFunc, "field", lawText("x")),
		Composite(total.At, nil, f(groupByFunc, "field", lawTexts("j")), []plan.Stage{&plan.Aggregate{New: total.New, Effects: plan.Effect{Only: true, Writes: total.Outputs}}}),
		Composite(total.At, nil, f(sessionFunc, "maxpause", lawSpan(4*time.Second), "function", lawAggs(f(countFunc))),
			[]plan.Stage{&plan.Aggregate{New: f(maxFunc, "field", lawText("_count"), "as", lawText("longest")).New, Effects: plan.Effect{Only: true, Writes: []string{"longest"}}}}),
	}
	all := lawAggs(aggs...)
	combined := Combine(aggs)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		exclude := rapid.Bool().Draw(t, "exclude")
		current := lawText("include")
		if exclude {
			current = lawText("exclude")
		}
		size := rapid.IntRange(1, 5).Draw(t, "size")
		check := func(s *plan.Sequence, rows []lawRow, first func(row, end int) int) {
			got := runSequence(t, s, rows)
			if len(got) != len(rows) {
				t.Fatalf("%s: %d rows for %d", s.Name, len(got), len(rows))
			}
			for i, r := range rows {
				end := i + 1
				if exclude {
					end = i
				}
				want := map[string]string{}
				for n, s := range r.fields {
					want[n] = s
				}
				for n, s := range resultOver(t, combined, rows[min(first(i, end), end):end]) {
					want[n] = s
				}
				if got[i] != fmt.Sprint(want) {
					t.Fatalf("%s, row %d of %v\n got %s\nwant %v", s.Name, i, rows, got[i], want)
				}
			}
		}
		check(lawSequence(t, accumulateFunc, lawArgs("function", all, "current", current)), rows, func(int, int) int { return 0 })
		check(lawSequence(t, slidingWindowFunc, lawArgs("function", all, "current", current, "events", lawNumber(float64(size)))), rows,
			func(_, end int) int { return max(0, end-size) })

		// In order of time, for a window of time.
		timed := slices.DeleteFunc(slices.Clone(rows), func(r lawRow) bool { _, ok := r.fields["@timestamp"]; return !ok })
		at := func(i int) float64 { f, _ := num.Parse(timed[i].fields["@timestamp"]); return f }
		slices.SortStableFunc(timed, func(a, b lawRow) int {
			x, _ := num.Parse(a.fields["@timestamp"])
			y, _ := num.Parse(b.fields["@timestamp"])
			return int(math.Copysign(1, x-y)) * min(1, int(math.Abs(x-y)))
		})
		span := time.Duration(size) * 700 * time.Millisecond
		check(lawSequence(t, slidingTimeWindowFunc, lawArgs("function", all, "current", current, "span", lawSpan(span))), timed, func(row, _ int) int {
			first := 0
			for at(first) <= at(row)-float64(span.Milliseconds()) {
				first++
			}
			return first
		})
	})
}

// TestNeighborAndPartition compares with what the functions are said to do, done simply.
func TestNeighborAndPartition(t *testing.T) {
	count := lawAgg(t, countFunc, nil)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		distance := rapid.IntRange(1, 6).Draw(t, "distance")
		direction, sign := "preceding", -1
		if rapid.Bool().Draw(t, "ahead") {
			direction, sign = "succeeding", 1
		}
		s := lawSequence(t, neighborFunc, lawArgs("include", lawTexts("k", "x"), "prefix", lawText("p"), "distance", lawNumber(float64(distance)), "direction", lawText(direction)))
		got := runSequence(t, s, rows)
		for i, r := range rows {
			want := map[string]string{}
			for n, s := range r.fields {
				want[n] = s
			}
			if j := i + sign*distance; j >= 0 && j < len(rows) {
				for _, f := range []string{"k", "x"} {
					if s, ok := rows[j].fields[f]; ok {
						want["p."+f] = s
					}
				}
			}
			if got[i] != fmt.Sprint(want) {
				t.Fatalf("row %d: got %s, want %v", i, got[i], want)
			}
		}

		split := rapid.SampledFrom([]string{"before", "after"}).Draw(t, "split")
		got = runSequence(t, lawSequence(t, partitionFunc, lawArgs("function", lawAggs(count), "condition", lawCondition("k", "a"), "split", lawText(split))), rows)
		var want []string
		n := 0
		cut := func() {
			if n > 0 {
				want = append(want, fmt.Sprintf("map[_count:%d]", n))
			}
			n = 0
		}
		for _, r := range rows {
			hit := r.fields["k"] == "a"
			if hit && split == "before" {
				cut()
			}
			n++
			if hit && split == "after" {
				cut()
			}
		}
		cut()
		if !slices.Equal(got, want) {
			t.Fatalf("partition %s: got %v, want %v", split, got, want)
		}
	})
}

// TestWindowMeaning compares window() with the count of the events in the buckets that it covers.
func TestWindowMeaning(t *testing.T) {
	count := lawAgg(t, countFunc, nil)
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		size := rapid.IntRange(1, 6).Draw(t, "size")
		of := lawArgs("buckets", lawNumber(float64(size)), "function", lawAggs(lawAgg(t, countFunc, lawArgs("as", lawText("w")))))
		agg := lawAgg(t, bucketFunc, lawArgs("span", lawSpan(2*time.Second), "function", lawAggs(count, lawAgg(t, windowFunc, of))))
		b, _ := lawBatch(rows, func(string) int { return 3 }, false)
		state := newState(agg, &plan.Runtime{})
		if err := state.Add(b, plan.ZeroGroups(b.Len())); err != nil {
			t.Fatal(err)
		}
		out, err := resultRows(state, 0)
		if err != nil {
			t.Fatal(err)
		}
		if out == nil {
			return
		}
		// Where there are too many buckets, only those with events are shown.
		var counts, starts []float64
		for r := range out.Len() {
			n, _ := out.Field("_count").Number(r)
			start, _ := out.Field("_bucket").Number(r)
			counts, starts = append(counts, n), append(starts, start)
			want := ""
			if back := start - float64(size-1)*2000; back >= starts[0] {
				sum := 0.0
				for i, c := range counts {
					if starts[i] >= back {
						sum += c
					}
				}
				want = fmt.Sprint(sum)
			}
			if got, _ := out.Text("w", r); got != want {
				t.Fatalf("bucket %d of %v: window of %d has %q, want %q", r, counts, size, got, want)
			}
		}
	})
}

func TestGeohash(t *testing.T) {
	for _, c := range []struct {
		lat, lon float64
		want     string
	}{{0, 0, "s00000000000"}, {90, 180, "zzzzzzzzzzzz"}, {-90, -180, "000000000000"}, {57.64911, 10.40744, "u4pruydqqvj8"}} {
		got := geohashOf(c.lat, c.lon, maxGeohash)
		if got != c.want {
			t.Errorf("%v %v: %s, want %s", c.lat, c.lon, got, c.want)
		}
		lat, lon := geohashCentre(got)
		if math.Abs(lat-c.lat) > 1e-6 || math.Abs(lon-c.lon) > 1e-6 || !strings.HasPrefix(got, geohashOf(lat, lon, 5)) {
			t.Errorf("%s has its centre at %v %v", got, lat, lon)
		}
	}
}
