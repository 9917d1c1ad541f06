package function

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"harrier/internal/num"
	"harrier/plan"
)

func collectArgs(multival bool, limit float64, fields ...string) map[string]*Arg {
	return lawArgs("fields", lawTexts(fields...), "multival", &Arg{Bool: multival}, "limit", lawNumber(limit), "separator", lawText(","))
}

// selectionAggregates are the aggregates that pick values of events.
func selectionAggregates(t interface{ Fatalf(string, ...any) }) map[string]*Agg {
	last := lawAgg(t, selectLastFunc, lawArgs("fields", lawTexts("k", "x", "@timestamp")))
	joined := lawAgg(t, collectFunc, collectArgs(true, 3, "k", "j"))
	rows := lawAgg(t, collectFunc, collectArgs(false, 3, "k", "x"))
	count := lawAgg(t, countFunc, nil)
	by := func(a ...*Agg) *Agg {
		return lawAgg(t, groupByFunc, lawArgs("field", lawTexts("j"), "function", lawAggs(a...)))
	}
	from := func(f *Function, include ...string) *Agg {
		return lawAgg(t, f, lawArgs("field", lawText("x"), "include", lawTexts(include...)))
	}
	return map[string]*Agg{
		"selectLast":        last,
		"selectFromMin":     from(selectFromMinFunc, "k", "x"),
		"selectFromMax":     from(selectFromMaxFunc, "j", "k"),
		"selectFromMax x":   from(selectFromMaxFunc, "x"),
		"collect":           lawAgg(t, collectFunc, collectArgs(true, maxCollected, "x", "k")),
		"collect limit":     joined,
		"collect rows":      rows,
		"groupBy":           by(count, from(selectFromMinFunc, "k", "x")),
		"groupBy last":      by(last, count),
		"groupBy collect":   by(count, joined),
		"groupBy rows":      by(count, rows),
		"stats of collects": lawAgg(t, statsFunc, lawArgs("function", lawAggs(joined, count))),
	}
}

func TestSelectionLaw(t *testing.T) {
	for name, agg := range selectionAggregates(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkLaw(t, agg, drawRows(t)) })
		})
	}
}

// TestSelections compares with what the functions are said to do, done simply.
func TestSelections(t *testing.T) {
	limited := lawAgg(t, collectFunc, collectArgs(true, 3, "k"))
	last := lawAgg(t, selectLastFunc, lawArgs("fields", lawTexts("k")))
	least := lawAgg(t, selectFromMinFunc, lawArgs("field", lawText("x"), "include", lawTexts("k")))
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		b, group := lawBatch(rows, func(string) int { return 3 }, false)
		for agg, want := range map[*Agg]func(rows []lawRow) (string, bool){
			limited: func(rows []lawRow) (string, bool) {
				var seen []string
				for _, r := range rows {
					if k, ok := r.fields["k"]; ok && len(seen) < 3 && !slices.Contains(seen, k) {
						seen = append(seen, k)
					}
				}
				return strings.Join(seen, ","), len(seen) > 0
			},
			last: func(rows []lawRow) (v string, found bool) {
				best := math.Inf(-1)
				for _, r := range rows {
					at, timed := num.Parse(r.fields["@timestamp"])
					if !timed {
						at = math.Inf(-1)
					}
					if k, ok := r.fields["k"]; ok && at >= best {
						v, found, best = k, true, at
					}
				}
				return v, found
			},
			least: func(rows []lawRow) (v string, found bool) {
				best := math.Inf(1)
				for _, r := range rows {
					x, isNum := num.Parse(r.fields["x"])
					if k, ok := r.fields["k"]; ok && isNum && x < best {
						v, found, best = k, true, x
					}
				}
				return v, found
			},
		} {
			state := agg.New(&plan.Runtime{})
			state.Grow(2)
			if err := state.Add(b, group); err != nil {
				t.Fatal(err)
			}
			for outer := range uint32(2) {
				var mine []lawRow
				for _, r := range rows {
					if r.outer == outer {
						mine = append(mine, r)
					}
				}
				text, found := want(mine)
				if found {
					text = "k=" + text + " \n"
				}
				if got := lawResult(t, state, outer); got != text {
					t.Fatalf("%s, group %d: got %q, want %q", agg.Name, outer, got, text)
				}
			}
		}
	})
}
